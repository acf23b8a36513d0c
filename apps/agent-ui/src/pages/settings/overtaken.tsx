import { useMessages } from '../../messages/index.ts'

/** Settings were changed here and elsewhere: what, that nothing was lost yet, and the two ways on. */
export function Overtaken(props: {
  /** The names of the settings, as the form has them. */
  names: readonly string[]
  onLoad: () => void
  onInsist: () => void
}) {
  const { settings: words } = useMessages()
  return (
    <div class="card tone-warn stack-tight" role="alert">
      <p>
        <strong>{words.overtaken}</strong>
      </p>
      <ul>
        {[...new Set(props.names)].map(name => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <p>{words.overtakenHelp}</p>
      <div class="row">
        <button type="button" class="button button-main" onClick={props.onLoad}>
          {words.loadNew}
        </button>
        <button type="button" class="button" onClick={props.onInsist}>
          {words.insist}
        </button>
      </div>
    </div>
  )
}
