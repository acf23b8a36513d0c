import type { Schedule } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeDatabaseSettings } from '../../api/calls.ts'
import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Field } from '../../parts/field.tsx'
import { NO_ENCRYPTION, passwordsDiffer } from '../settings/database-draft.ts'
import { EncryptionFields } from '../settings/encryption-fields.tsx'
import { NextRuns, useUpcoming } from '../settings/next-runs.tsx'
import type { ChosenDatabases } from './choose-databases.tsx'

/** So that several backups of one day, as before and after an upgrade, do not replace each other at once. */
const NEWEST = 3
const FRAMES = ['daily', 'weekly', 'monthly'] as const

/** When backups are made, how long they stay, and whether they are encrypted; sensible unless changed. */
export function ChoosePlan({ databases, onDone }: { databases: ChosenDatabases; onDone: () => void }) {
  const { setup: words, settings, schedules, app } = useMessages()
  const [at, setAt] = useState('02:00')
  const [limits, setLimits] = useState({ daily: 7, weekly: 4, monthly: 12 })
  const [drills, setDrills] = useState(true)
  const [encryption, setEncryption] = useState(NO_ENCRYPTION)
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const nightly: Schedule = { kind: 'every', every: 1, unit: 'days', at, timeZone }
  const upcoming = useUpcoming(at === '' ? [] : [nightly])
  const save = useAction(async () => {
    for (const database of databases.unplanned) {
      await changeDatabaseSettings(database, {
        enabled: true,
        schedules: [nightly],
        retention: { ...limits, keepAtLeast: NEWEST },
        drills: drills ? [{ kind: 'every', every: 1, unit: 'weeks', at: drillTime(at), timeZone }] : [],
        ...(encryption.encrypted
          ? {
              encrypted: true,
              encryptionPassword: encryption.password,
              passwordKeptElsewhere: encryption.keptElsewhere,
            }
          : {}),
      })
    }
    onDone()
  })
  if (databases.unplanned.length === 0)
    return (
      <div class="card stack">
        <p>{words.allPlanned}</p>
        <div>
          <button type="button" class="button button-main" onClick={onDone}>
            {app.next}
          </button>
        </div>
      </div>
    )
  return (
    <form
      class="card stack"
      onSubmit={event => {
        event.preventDefault()
        if (!passwordsDiffer(encryption)) void save.run()
      }}
    >
      {databases.unplanned.length < databases.all.length && (
        <p class="small soft">{words.planFor(databases.unplanned.join(', '))}</p>
      )}
      <fieldset class="stack">
        <legend>{words.nightly}</legend>
        <Field label={`${schedules.at} (${timeZone})`} error={upcoming.faultAt('0')}>
          <input type="time" required value={at} onInput={event => setAt(event.currentTarget.value)} />
        </Field>
        {at !== '' && <NextRuns upcoming={upcoming} />}
      </fieldset>
      <fieldset class="stack">
        <legend>{settings.retention}</legend>
        <p class="small soft">{words.retentionHelp}</p>
        <div class="limits limits-few">
          {FRAMES.map(frame => (
            <Field key={frame} label={settings[frame]} unit={settings.units[frame](limits[frame])}>
              <input
                type="number"
                min={1}
                max={1000}
                required
                value={limits[frame]}
                onInput={event =>
                  setLimits({ ...limits, [frame]: Math.floor(event.currentTarget.valueAsNumber) || 1 })
                }
              />
            </Field>
          ))}
        </div>
      </fieldset>
      <EncryptionFields
        base={{ encrypted: false, hasPassword: false }}
        draft={encryption}
        onChange={setEncryption}
      />
      <CheckBox
        label={words.weeklyDrill}
        help={settings.drillsHelp}
        checked={drills}
        onChange={checked => setDrills(checked)}
      />
      {save.error && <Failure error={save.error} />}
      <div>
        <button
          class="button button-main"
          type="submit"
          aria-disabled={save.busy || (encryption.again !== '' && passwordsDiffer(encryption))}
        >
          {words.savePlan}
        </button>
      </div>
    </form>
  )
}

/** Two hours after the backup, when it is long done as a rule. */
function drillTime(at: string): string {
  const [hour = 0, minute = 0] = at.split(':').map(Number)
  return `${String((hour + 2) % 24).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}
