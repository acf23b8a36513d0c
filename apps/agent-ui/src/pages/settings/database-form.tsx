import type { DatabaseSettings, RetentionLimit, RetentionSettings, Schedule } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeDatabaseSettings, rotationPlan } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { ScheduleEditor } from './schedule-editor.tsx'

const FRAMES = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

/** When one database is backed up, which of its backups stay, and whether they are encrypted. */
export function DatabaseForm({ settings, onSaved }: { settings: DatabaseSettings; onSaved: () => void }) {
  const { settings: words, app, language } = useMessages()
  const [enabled, setEnabled] = useState(settings.enabled)
  const [schedules, setSchedules] = useState<readonly Schedule[]>(settings.schedules)
  const [retention, setRetention] = useState<RetentionSettings>(settings.retention)
  const [encrypted, setEncrypted] = useState(settings.encrypted)
  const [password, setPassword] = useState('')
  const [kept, setKept] = useState(false)
  const [saved, setSaved] = useState(false)
  const save = useAction(async () => {
    await changeDatabaseSettings(settings.database, {
      enabled,
      schedules: [...schedules],
      retention,
      encrypted,
      ...(password === '' ? {} : { encryptionPassword: password }),
      ...(encrypted ? { passwordKeptElsewhere: kept } : {}),
    })
    setSaved(true)
    setPassword('')
    onSaved()
  })
  const asksPassword = encrypted && settings.passwordFingerprint === undefined
  return (
    <form
      class="stack"
      onSubmit={event => {
        event.preventDefault()
        setSaved(false)
        void save.run()
      }}
    >
      <h2>
        <bdi>{settings.database}</bdi>
      </h2>
      <fieldset class="stack">
        <legend>{words.schedules}</legend>
        <label class="choice">
          <input
            type="checkbox"
            checked={enabled}
            onChange={event => setEnabled(event.currentTarget.checked)}
          />
          <span>{words.enabled}</span>
        </label>
        <ScheduleEditor schedules={schedules} onChange={setSchedules} />
        {settings.nextRuns.length > 0 && (
          <p class="small soft">
            {words.nextRuns}: {settings.nextRuns.map(run => formatMoment(run, language)).join(', ')}
          </p>
        )}
      </fieldset>
      <fieldset class="stack">
        <legend>{words.retention}</legend>
        <p class="small soft">{words.retentionHelp}</p>
        {FRAMES.map(frame => (
          <LimitField
            key={frame}
            label={words[frame]}
            limit={retention[frame]}
            onChange={limit => setRetention({ ...retention, [frame]: limit })}
          />
        ))}
        <RetentionPreview database={settings.database} />
      </fieldset>
      <fieldset class="stack">
        <legend>{words.encryption}</legend>
        <label class="choice">
          <input
            type="checkbox"
            checked={encrypted}
            onChange={event => setEncrypted(event.currentTarget.checked)}
          />
          <span>{words.encrypt}</span>
        </label>
        {encrypted && (
          <>
            <p class="tone-warn card">{words.lostPassword}</p>
            <Field label={words.password}>
              <input
                type="password"
                autocomplete="new-password"
                required={asksPassword}
                value={password}
                onInput={event => setPassword(event.currentTarget.value)}
              />
            </Field>
            <label class="choice">
              <input
                type="checkbox"
                required={asksPassword || password !== ''}
                checked={kept}
                onChange={event => setKept(event.currentTarget.checked)}
              />
              <span>{words.keptElsewhere}</span>
            </label>
          </>
        )}
      </fieldset>
      {save.error && <Failure error={save.error} />}
      <div class="row">
        <button class="button button-main" type="submit" disabled={save.busy}>
          {app.save}
        </button>
        <span role="status">{saved && !save.busy ? app.saved : ''}</span>
      </div>
    </form>
  )
}

function LimitField(props: {
  label: string
  limit: RetentionLimit
  onChange: (limit: RetentionLimit) => void
}) {
  const { backups } = useMessages()
  const { limit } = props
  return (
    <div class="row">
      <Field label={props.label}>
        <input
          type="number"
          min={0}
          max={1_000_000}
          disabled={limit === 'all'}
          value={typeof limit === 'number' ? limit : 0}
          onInput={event => {
            const count = event.currentTarget.valueAsNumber
            props.onChange(count >= 1 ? Math.floor(count) : 'off')
          }}
        />
      </Field>
      <label class="choice">
        <input
          type="checkbox"
          checked={limit === 'all'}
          onChange={event => props.onChange(event.currentTarget.checked ? 'all' : 'off')}
        />
        <span>{backups.allOfThem}</span>
      </label>
    </div>
  )
}

function RetentionPreview({ database }: { database: string }) {
  const { settings: words } = useMessages()
  const plan = useResource(database, signal => rotationPlan(database, signal))
  if (plan.error) return <Failure error={plan.error} onRetry={plan.reload} />
  if (plan.value === undefined) return null
  const { kept, rotated } = plan.value
  return (
    <details>
      <summary>
        {words.preview}: {words.previewText(kept.length, rotated.length)}
      </summary>
      <ul>
        {rotated.map(({ backup, reason }) => (
          <li key={backup.name}>
            {backup.name}: {reason}
          </li>
        ))}
      </ul>
    </details>
  )
}
