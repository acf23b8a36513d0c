import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeDatabaseSettings } from '../../api/calls.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'

/** When backups are made, how long they stay, and whether they are encrypted; sensible unless changed. */
export function ChoosePlan({ databases, onDone }: { databases: readonly string[]; onDone: () => void }) {
  const { setup: words, settings, schedules, app } = useMessages()
  const [at, setAt] = useState('02:00')
  const [daily, setDaily] = useState(7)
  const [weekly, setWeekly] = useState(4)
  const [monthly, setMonthly] = useState(12)
  const [encrypted, setEncrypted] = useState(false)
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [kept, setKept] = useState(false)
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const save = useAction(async () => {
    for (const database of databases) {
      await changeDatabaseSettings(database, {
        enabled: true,
        schedules: [{ kind: 'every', every: 1, unit: 'days', at, timeZone }],
        retention: { daily, weekly, monthly },
        encrypted,
        ...(encrypted ? { encryptionPassword: password, passwordKeptElsewhere: kept } : {}),
      })
    }
    onDone()
  })
  const differs = again !== '' && again !== password
  const count = (label: string, value: number, set: (value: number) => void) => (
    <Field label={label}>
      <input
        type="number"
        min={1}
        max={1000}
        required
        value={value}
        onInput={event => set(event.currentTarget.valueAsNumber || 1)}
      />
    </Field>
  )
  return (
    <form
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        if (!differs) void save.run()
      }}
    >
      <fieldset class="stack">
        <legend>{words.nightly}</legend>
        <Field label={`${schedules.at} (${timeZone})`}>
          <input type="time" required value={at} onInput={event => setAt(event.currentTarget.value)} />
        </Field>
      </fieldset>
      <fieldset class="stack">
        <legend>{settings.retention}</legend>
        <p class="small soft">{settings.retentionHelp}</p>
        {count(settings.daily, daily, setDaily)}
        {count(settings.weekly, weekly, setWeekly)}
        {count(settings.monthly, monthly, setMonthly)}
      </fieldset>
      <fieldset class="stack">
        <legend>{settings.encryption}</legend>
        <label class="choice">
          <input
            type="checkbox"
            checked={encrypted}
            onChange={event => setEncrypted(event.currentTarget.checked)}
          />
          <span>{settings.encrypt}</span>
        </label>
        {encrypted && (
          <>
            <p class="card tone-warn">{settings.lostPassword}</p>
            <Field label={settings.password}>
              <input
                type="password"
                autocomplete="new-password"
                required
                value={password}
                onInput={event => setPassword(event.currentTarget.value)}
              />
            </Field>
            <Field label={words.passwordAgain} error={differs ? words.passwordsDiffer : undefined}>
              <input
                type="password"
                autocomplete="new-password"
                required
                value={again}
                onInput={event => setAgain(event.currentTarget.value)}
              />
            </Field>
            <label class="choice">
              <input
                type="checkbox"
                required
                checked={kept}
                onChange={event => setKept(event.currentTarget.checked)}
              />
              <span>{settings.keptElsewhere}</span>
            </label>
          </>
        )}
      </fieldset>
      {save.error && <Failure error={save.error} />}
      <div>
        <button class="button button-main" type="submit" disabled={save.busy || differs}>
          {app.next}
        </button>
      </div>
    </form>
  )
}
