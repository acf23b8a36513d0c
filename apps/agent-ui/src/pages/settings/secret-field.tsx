import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
import { Field } from '../../parts/field.tsx'
import type { SecretDraft } from './database-draft.ts'

/** An address that is a secret itself: its origin alone is shown once it is saved; it can be replaced or removed. */
export function SecretField(props: {
  label: string
  help: string
  present: string | undefined
  fault?: string | undefined
  draft: SecretDraft
  onChange: (draft: SecretDraft) => void
}) {
  const { settings: words } = useMessages()
  const { present, draft } = props
  return (
    <>
      <Field label={props.label} help={props.help} error={props.fault}>
        <input
          type="url"
          autocomplete="off"
          disabled={draft.removed}
          placeholder={present === undefined ? 'https://' : `${present}/…`}
          value={draft.text}
          onInput={event => props.onChange({ text: event.currentTarget.value, removed: false })}
        />
      </Field>
      {present !== undefined && (
        <CheckBox
          label={words.removeAddress(present)}
          checked={draft.removed}
          onChange={checked => props.onChange({ text: '', removed: checked })}
        />
      )}
    </>
  )
}
