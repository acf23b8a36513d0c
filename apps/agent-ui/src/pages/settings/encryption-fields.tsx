import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
import { Field } from '../../parts/field.tsx'
import { type EncryptionDraft, mustConfirm, passwordsDiffer } from './database-draft.ts'

/** Encrypt or not, with what a lost password means; the password twice where there is none yet, or a new one. */
export function EncryptionFields(props: {
  /** As it is now; `hasPassword`: an empty field keeps the present one. */
  base: { readonly encrypted: boolean; readonly hasPassword: boolean }
  draft: EncryptionDraft
  onChange: (draft: EncryptionDraft) => void
}) {
  const { settings: words } = useMessages()
  const { base, draft, onChange } = props
  const put = (change: Partial<EncryptionDraft>) => onChange({ ...draft, ...change })
  const mismatch = draft.again !== '' && passwordsDiffer(draft)
  return (
    <fieldset class="stack">
      <legend>{words.encryption}</legend>
      <p class="small soft">{words.encryptionHelp}</p>
      <CheckBox
        label={words.encrypt}
        checked={draft.encrypted}
        onChange={checked => put({ encrypted: checked })}
      />
      {draft.encrypted && (
        <>
          <p class="tone-warn card">{words.lostPassword}</p>
          <Field
            label={base.hasPassword ? words.newPassword : words.password}
            help={base.hasPassword ? words.passwordStays : undefined}
          >
            <input
              type="password"
              autocomplete="new-password"
              required={!base.hasPassword}
              value={draft.password}
              onInput={event => put({ password: event.currentTarget.value })}
            />
          </Field>
          {draft.password !== '' && (
            <Field label={words.passwordAgain} error={mismatch ? words.passwordsDiffer : undefined}>
              <input
                type="password"
                autocomplete="new-password"
                required
                value={draft.again}
                onInput={event => put({ again: event.currentTarget.value })}
              />
            </Field>
          )}
          {mustConfirm(base, draft) && (
            <CheckBox
              label={words.keptElsewhere}
              checked={draft.keptElsewhere}
              required
              onChange={checked => put({ keptElsewhere: checked })}
            />
          )}
        </>
      )}
    </fieldset>
  )
}
