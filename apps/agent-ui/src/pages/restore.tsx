import { useState } from 'preact/hooks'
import { useAction } from '../api/action.ts'
import { backup, databases, type RestoreOrder, restore } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { upload, uploadType } from '../api/upload.ts'
import { formatBytes, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Choices } from '../parts/choices.tsx'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { goTo, placeLink } from '../router.ts'

interface Chosen {
  readonly source: RestoreOrder['source']
  readonly title: string
  readonly detail: string
  readonly encrypted: boolean
  readonly database: string
}

/** Restoring, step by step: first what, then whereto and how, then watching the job. */
export function RestorePage({ name }: { name: string | undefined }) {
  const { restore: words, app } = useMessages()
  const [uploaded, setUploaded] = useState<Chosen>()
  return (
    <section class="stack">
      <h1>{words.title}</h1>
      {name !== undefined ? (
        <StoredBackup name={name} />
      ) : uploaded !== undefined ? (
        <Target chosen={uploaded} />
      ) : (
        <>
          <p>{words.choose}</p>
          <p>
            <a class="button button-main" href={placeLink('backups')}>
              {app.backups}
            </a>
          </p>
          <UploadForm onUploaded={setUploaded} />
        </>
      )}
    </section>
  )
}

function StoredBackup({ name }: { name: string }) {
  const { app, language } = useMessages()
  const found = useResource(name, signal => backup(name, signal))
  if (found.error) return <Failure error={found.error} onRetry={found.reload} />
  if (found.value === undefined) return <p class="soft">{app.loading}</p>
  const { database, takenAt, sizeBytes, encrypted, odooVersion } = found.value
  return (
    <Target
      chosen={{
        source: { kind: 'stored', backup: name },
        title: `${database}, ${formatMoment(takenAt, language)}`,
        detail: [
          name,
          formatBytes(sizeBytes, language),
          ...(odooVersion === undefined ? [] : [`Odoo ${odooVersion}`]),
        ].join(' · '),
        encrypted,
        database,
      }}
    />
  )
}

function UploadForm({ onUploaded }: { onUploaded: (chosen: Chosen) => void }) {
  const { restore: words, language } = useMessages()
  const [share, setShare] = useState<number>()
  const [refused, setRefused] = useState(false)
  const sending = useAction(async (file: File) => {
    const type = uploadType(file.name)
    setRefused(type === undefined)
    if (type === undefined) return
    setShare(0)
    const id = await upload(file, type, setShare)
    onUploaded({
      source: { kind: 'upload', upload: id },
      title: file.name,
      detail: formatBytes(file.size, language),
      encrypted: type.endsWith('.enc'),
      database: file.name.split('.')[0] ?? '',
    })
  })
  return (
    <div class="card stack">
      <h2>{words.upload}</h2>
      <Field label={words.uploadFile} error={refused ? words.uploadFile : undefined}>
        <input
          type="file"
          disabled={sending.busy}
          accept=".zip,.dump,.enc"
          onChange={event => {
            const [file] = event.currentTarget.files ?? []
            if (file !== undefined) void sending.run(file)
          }}
        />
      </Field>
      {sending.busy && (
        <p role="status" class="number">
          {words.uploading} {share === undefined ? '' : `${Math.floor(share * 100)} %`}
        </p>
      )}
      {sending.error && <Failure error={sending.error} />}
    </div>
  )
}

const NEW_NAME = '[a-zA-Z0-9][a-zA-Z0-9_.\\-]+'

/** Asks only once it is known which databases there are: what is proposed must not change under the reader's hands. */
function Target({ chosen }: { chosen: Chosen }) {
  const { app } = useMessages()
  const known = useResource('databases', databases)
  if (known.value !== undefined) {
    return <TargetForm chosen={chosen} present={new Set(known.value.items.map(item => item.name))} />
  }
  return known.error ? (
    <Failure error={known.error} onRetry={known.reload} />
  ) : (
    <p class="soft">{app.loading}</p>
  )
}

function TargetForm({ chosen, present }: { chosen: Chosen; present: ReadonlySet<string> }) {
  const { restore: words } = useMessages()
  const taken = (candidate: string) => present.has(candidate)
  const [typedName, setTypedName] = useState<string>()
  const [copy, setCopy] = useState<boolean>()
  const [neutralise, setNeutralise] = useState<boolean>()
  const [replace, setReplace] = useState(false)
  const [confirmation, setConfirmation] = useState('')
  const [password, setPassword] = useState('')
  const [masterPassword, setMasterPassword] = useState('')
  const start = useAction(async (order: RestoreOrder) => goTo('jobs', (await restore(order)).id))

  const database = typedName ?? (taken(chosen.database) ? `${chosen.database}-restored` : chosen.database)
  const nameTaken = taken(database)
  const ready = !nameTaken || (replace && confirmation === database)

  return (
    <form
      class="stack"
      onSubmit={event => {
        event.preventDefault()
        void start.run({
          source: chosen.source,
          database,
          ...(copy === undefined ? {} : { copy }),
          ...(neutralise === undefined ? {} : { neutralise }),
          ...(nameTaken && replace ? { replace } : {}),
          ...(chosen.encrypted ? { encryptionPassword: password } : {}),
          masterPassword,
        })
      }}
    >
      <div class="card stack-tight">
        <h2>{words.chosen}</h2>
        <p dir="auto">{chosen.title}</p>
        <p class="soft small" dir="auto">
          {chosen.detail}
        </p>
        <p>
          <a href={placeLink('backups')}>{words.change}</a>
        </p>
      </div>
      <div class="card stack">
        <Field
          label={words.target}
          help={words.targetHelp}
          error={nameTaken && !replace ? words.exists : undefined}
        >
          <input
            required
            pattern={NEW_NAME}
            maxLength={63}
            autocomplete="off"
            spellcheck={false}
            value={database}
            onInput={event => setTypedName(event.currentTarget.value)}
          />
        </Field>
        {nameTaken && (
          <>
            <label class="choice">
              <input
                type="checkbox"
                checked={replace}
                onChange={event => setReplace(event.currentTarget.checked)}
              />
              <span>
                {words.replace}
                <br />
                <span class="small soft">{words.replaceHelp}</span>
              </span>
            </label>
            {replace && (
              <Field label={words.typeName(database)}>
                <input
                  autocomplete="off"
                  spellcheck={false}
                  value={confirmation}
                  onInput={event => setConfirmation(event.currentTarget.value)}
                />
              </Field>
            )}
          </>
        )}
        <Choices
          legend={words.kind}
          value={copy}
          onChange={setCopy}
          options={[
            { value: undefined, label: words.asDefault, help: words.asDefaultHelp },
            { value: true, label: words.asCopy, help: words.asCopyHelp },
            { value: false, label: words.moved, help: words.movedHelp },
          ]}
        />
        <Choices
          legend={words.outside}
          value={neutralise}
          onChange={setNeutralise}
          options={[
            { value: undefined, label: words.outsideDefault },
            { value: true, label: words.neutralise },
            { value: false, label: words.live },
          ]}
        />
        {chosen.encrypted && (
          <Field label={words.password}>
            <input
              type="password"
              required
              autocomplete="off"
              value={password}
              onInput={event => setPassword(event.currentTarget.value)}
            />
          </Field>
        )}
        <Field label={words.masterPassword} help={words.masterPasswordHelp}>
          <input
            type="password"
            required
            autocomplete="current-password"
            value={masterPassword}
            onInput={event => setMasterPassword(event.currentTarget.value)}
          />
        </Field>
      </div>
      {start.error && <Failure error={start.error} />}
      <div>
        <button class="button button-main" type="submit" disabled={!ready || start.busy}>
          {words.start}
        </button>
      </div>
    </form>
  )
}
