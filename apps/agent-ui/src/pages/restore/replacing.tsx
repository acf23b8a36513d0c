import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
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
      <CheckBox
        label={words.replace}
        help={words.replaceHelp}
        checked={props.replace}
        onChange={props.onReplace}
      />
      {props.replace && (
        <CheckBox
          label={words.keepSchedules}
          help={words.keepSchedulesHelp}
          checked={props.keepSchedules}
          onChange={props.onKeepSchedules}
        />
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
