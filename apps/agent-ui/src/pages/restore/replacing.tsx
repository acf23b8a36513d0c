import { useMessages } from '../../messages/index.ts'
import { Field } from '../../parts/field.tsx'

/** The name is taken: another one, or the database goes aside, which asks for its name to be typed. */
export function Replacing(props: {
  database: string
  replace: boolean
  keepSchedules: boolean
  confirmation: string
  onReplace: (replace: boolean) => void
  onKeepSchedules: (keep: boolean) => void
  onConfirmation: (typed: string) => void
}) {
  const { restore: words } = useMessages()
  return (
    <div class="card tone-warn stack">
      <p role="alert">{words.exists}</p>
      <label class="choice">
        <input
          type="checkbox"
          checked={props.replace}
          onChange={event => props.onReplace(event.currentTarget.checked)}
        />
        <span>
          {words.replace}
          <br />
          <span class="small">{words.replaceHelp}</span>
        </span>
      </label>
      {props.replace && (
        <label class="choice">
          <input
            type="checkbox"
            checked={props.keepSchedules}
            onChange={event => props.onKeepSchedules(event.currentTarget.checked)}
          />
          <span>
            {words.keepSchedules}
            <br />
            <span class="small">{words.keepSchedulesHelp}</span>
          </span>
        </label>
      )}
      {props.replace && (
        <Field label={words.typeName(isolated(props.database))}>
          <input
            autocomplete="off"
            spellcheck={false}
            value={props.confirmation}
            onInput={event => props.onConfirmation(event.currentTarget.value)}
          />
        </Field>
      )}
    </div>
  )
}

/** Between Unicode's isolates, so that a name of the other direction does not turn the sentence around. */
function isolated(name: string): string {
  return `\u2068${name}\u2069`
}
