import type { StorageView } from '@odoo-backup/protocol'
import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
import { Field } from '../../parts/field.tsx'
import type { FaultAt } from '../../parts/field-faults.ts'
import { type StorageDraft, withEndpoint } from './storage-draft.ts'

const KINDS = ['broker', 'own', 'directory'] as const
const TO_FOLLOW = ['Dropbox', 'Google Drive'] as const
const TEXTS = ['endpoint', 'region', 'bucket', 'folder', 'accessKeyId'] as const

/** The places where backups can go, and what each of them needs. Secrets go in and are never shown. */
export function StorageFields(props: {
  current: StorageView
  draft: StorageDraft
  /** The present secret key cannot be kept: the place is saved as a whole. */
  anew?: boolean
  /** By the member's name, such as `bucket`. */
  faultAt: FaultAt
  onChange: (draft: StorageDraft) => void
}) {
  const { storage: words } = useMessages()
  const { current, draft, anew = false } = props
  const asksForKeys = anew || current.kind !== 'own'
  const put = (change: Partial<StorageDraft>) => props.onChange({ ...draft, ...change })
  return (
    <>
      <fieldset class="stack">
        <legend>{words.where}</legend>
        {KINDS.map(kind => (
          <label key={kind} class="choice">
            <input type="radio" name="storage" checked={draft.kind === kind} onChange={() => put({ kind })} />
            <span>
              {words.kinds[kind]}
              <br />
              <span class="small soft">{words.kindHelp[kind]}</span>
            </span>
          </label>
        ))}
        {TO_FOLLOW.map(name => (
          <label key={name} class="choice soft">
            <input type="radio" name="storage" disabled />
            <span>
              {name} <span class="badge">{words.toFollow}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {draft.kind === 'own' && (
        <div class="fields">
          {TEXTS.map(name => (
            <Field
              key={name}
              label={words[name]}
              help={words.help[name] || undefined}
              error={props.faultAt(name)}
            >
              <input
                autocomplete="off"
                spellcheck={false}
                {...(name === 'endpoint' ? { inputMode: 'url', pattern: 'https?://.+' } : {})}
                required={name === 'bucket' || (name === 'accessKeyId' && asksForKeys)}
                value={draft[name]}
                onInput={({ currentTarget: { value } }) =>
                  name === 'endpoint' ? props.onChange(withEndpoint(draft, value)) : put({ [name]: value })
                }
              />
            </Field>
          ))}
          <Field
            label={words.secretAccessKey}
            error={props.faultAt('secretAccessKey')}
            help={
              asksForKeys
                ? current.kind === 'own'
                  ? words.secretAgain
                  : words.secretNever
                : words.secretHelp
            }
          >
            <input
              type="password"
              autocomplete="off"
              required={asksForKeys}
              value={draft.secretAccessKey}
              onInput={event => put({ secretAccessKey: event.currentTarget.value })}
            />
          </Field>
          <CheckBox
            label={words.pathStyle}
            checked={draft.pathStyle}
            onChange={checked => put({ pathStyle: checked })}
          />
        </div>
      )}
      {draft.kind === 'directory' && (
        <>
          <Field label={words.path} help={words.pathHelp} error={props.faultAt('folder')}>
            <input
              required
              pattern="/.*"
              autocomplete="off"
              spellcheck={false}
              value={draft.path}
              onInput={event => put({ path: event.currentTarget.value })}
            />
          </Field>
          <p class="card tone-warn">{words.sameMachine}</p>
        </>
      )}
    </>
  )
}
