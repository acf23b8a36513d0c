import type { AgentSettings } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeSettings, settings } from '../../api/calls.ts'
import { connectStorage } from '../../api/log-in-return.ts'
import { useResource } from '../../api/resource.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'

/**
 * Where backups go. Secrets can be set here, and are never shown. With `onConnected`, as in the first set-up, one
 * button saves and connects, and what follows opens only when the storage really answers.
 */
export function StorageForm({ onConnected }: { onConnected?: () => void }) {
  const found = useResource('agent-settings', settings)
  if (found.error) return <Failure error={found.error} onRetry={found.reload} />
  if (found.value === undefined) return null
  return (
    <Form
      key={JSON.stringify(found.value.storage)}
      current={found.value}
      onSaved={found.reload}
      onConnected={onConnected}
    />
  )
}

const TEXTS = ['endpoint', 'region', 'bucket', 'folder', 'accessKeyId'] as const

function Form({
  current,
  onSaved,
  onConnected,
}: {
  current: AgentSettings
  onSaved: () => void
  onConnected: (() => void) | undefined
}) {
  const { settings: words, storage: labels, setup, app } = useMessages()
  const [storage, setStorage] = useState(current.storage)
  const [secret, setSecret] = useState('')
  const [passed, setPassed] = useState(false)
  const save = useAction(async () => {
    await changeSettings({
      storage: {
        kind: storage.kind,
        ...(storage.kind === 'own'
          ? {
              ...Object.fromEntries(TEXTS.map(name => [name, storage[name] || null])),
              pathStyle: storage.pathStyle ?? null,
              ...(secret === '' ? {} : { secretAccessKey: secret }),
            }
          : {}),
      },
    })
    if (onConnected === undefined) onSaved()
    else if (await connectStorage()) onConnected()
  })
  const test = useAction(async () => {
    setPassed(false)
    setPassed(await connectStorage())
  })
  const error = save.error ?? test.error
  return (
    <form
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        void save.run()
      }}
    >
      <h2>{words.storage}</h2>
      {(['broker', 'own'] as const).map(kind => (
        <label key={kind} class="choice">
          <input
            type="radio"
            name="storage"
            checked={storage.kind === kind}
            onChange={() => setStorage({ ...storage, kind })}
          />
          <span>{labels[kind]}</span>
        </label>
      ))}
      {storage.kind === 'own' && (
        <>
          {TEXTS.map(name => (
            <Field key={name} label={labels[name]}>
              <input
                autocomplete="off"
                required={name === 'bucket'}
                value={storage[name] ?? ''}
                onInput={event => setStorage({ ...storage, [name]: event.currentTarget.value })}
              />
            </Field>
          ))}
          <Field label={labels.secretAccessKey} help={labels.secretHelp}>
            <input
              type="password"
              autocomplete="off"
              value={secret}
              onInput={event => setSecret(event.currentTarget.value)}
            />
          </Field>
          <label class="choice">
            <input
              type="checkbox"
              checked={storage.pathStyle ?? false}
              onChange={event => setStorage({ ...storage, pathStyle: event.currentTarget.checked })}
            />
            <span>{labels.pathStyle}</span>
          </label>
        </>
      )}
      {error && <Failure error={error} />}
      <div class="row">
        <button class="button button-main" type="submit" disabled={save.busy}>
          {onConnected === undefined ? app.save : setup.connect}
        </button>
        {onConnected === undefined && (
          <button type="button" class="button" disabled={test.busy} onClick={() => test.run()}>
            {words.test}
          </button>
        )}
        <span role="status">{passed ? words.testOk : ''}</span>
      </div>
    </form>
  )
}
