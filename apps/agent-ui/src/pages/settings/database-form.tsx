import type { DatabaseSettings, DatabaseSettingsChange, DestinationChange } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { changeDatabaseSettings, databaseSettings, tryDestination } from '../../api/calls.ts'
import { ApiError } from '../../api/client.ts'
import { changedElsewhere, saveChange } from '../../api/save-change.ts'
import { useMessages } from '../../messages/index.ts'
import { CheckBox } from '../../parts/check-box.tsx'
import { Choices } from '../../parts/choices.tsx'
import { useFaultAt, useFirstFault } from '../../parts/field-faults.ts'
import { changeOf, type DatabaseDraft, draftOf, passwordsDiffer } from './database-draft.ts'
import { DestinationFields } from './destination-fields.tsx'
import { EncryptionFields } from './encryption-fields.tsx'
import { nameOfSetting } from './names.ts'
import { NextRuns, useUpcoming } from './next-runs.tsx'
import { NotSaved } from './not-saved.tsx'
import { RetentionEditor } from './retention-editor.tsx'
import { RetentionPreview } from './retention-preview.tsx'
import { ScheduleEditor } from './schedule-editor.tsx'
import { SecretField } from './secret-field.tsx'

/** Who confirms it means the encryption as it was then. */
const SHOWN_AS = { passwordKeptElsewhere: 'encrypted' }

async function latestOf(database: string): Promise<DatabaseSettings> {
  const found = (await databaseSettings()).items.find(item => item.database === database)
  if (found === undefined) throw new ApiError('database_unknown', 404, '')
  return found
}

/** A place that does not work is not saved by mistake: every later backup would fail. */
function isPlaceToTry(destination: DatabaseSettingsChange['destination']): destination is DestinationChange {
  return destination != null && destination.kind !== 'broker'
}

function memberOf(index: number, member: string | undefined): string {
  return member === undefined ? String(index) : `${index}.${member}`
}

/** When one database is backed up, which of its backups stay, whether they are encrypted, and how they are tried. */
export function DatabaseForm({ settings, mayMove }: { settings: DatabaseSettings; mayMove: boolean }) {
  const { settings: words, storage, app } = useMessages()
  const [base, setBase] = useState(settings)
  const [draft, setDraft] = useState(() => draftOf(settings))
  const [saved, setSaved] = useState(false)
  const put = (change: Partial<DatabaseDraft>) => {
    setSaved(false)
    setDraft({ ...draft, ...change })
  }
  const change = changeOf(base, draft)
  const [conflict, setConflict] = useState<{ latest: DatabaseSettings; paths: readonly string[] }>()
  const show = (now: DatabaseSettings) => {
    setConflict(undefined)
    setBase(now)
    setDraft(draftOf(now))
  }
  /** `over`: the state that somebody was told of, and wants to write over. */
  const save = useAction(async (over: DatabaseSettings, untried = false) => {
    setConflict(undefined)
    if (isPlaceToTry(change.destination) && !untried) await tryDestination(base.database, change.destination)
    const outcome = await saveChange({
      base: over,
      send: revision => changeDatabaseSettings(base.database, change, revision),
      latest: () => latestOf(base.database),
      conflicts: (before, latest) => changedElsewhere(change, before, latest, SHOWN_AS),
    })
    if (outcome.kind === 'conflict') {
      setConflict(outcome)
      return
    }
    show(outcome.view)
    setSaved(true)
  })
  const faultAt = useFaultAt(save.error)
  const form = useFirstFault(save.error)
  const runs = useUpcoming(draft.schedules)
  const drills = useUpcoming(draft.drills)
  const unchanged = Object.keys(change).length === 0
  return (
    <form
      ref={form}
      class="stack form-of-cards"
      onSubmit={event => {
        event.preventDefault()
        if (!unchanged && !passwordsDiffer(draft.encryption)) void save.run(base)
      }}
    >
      <fieldset class="stack">
        <legend>{words.schedules}</legend>
        <CheckBox
          label={words.enabled}
          checked={draft.enabled}
          onChange={checked => put({ enabled: checked })}
        />
        <ScheduleEditor
          schedules={draft.schedules}
          faultAt={(index, member) =>
            runs.faultAt(memberOf(index, member)) ?? faultAt(`schedules.${memberOf(index, member)}`)
          }
          onChange={schedules => put({ schedules })}
        />
        {draft.enabled && draft.schedules.length > 0 && <NextRuns upcoming={runs} />}
        {(!draft.enabled || draft.schedules.length === 0) && <p class="card tone-warn">{words.byHandOnly}</p>}
      </fieldset>
      <fieldset class="stack">
        <legend>{words.retention}</legend>
        <RetentionEditor retention={draft.retention} onChange={retention => put({ retention })} />
        <RetentionPreview base={base} retention={draft.retention} />
      </fieldset>
      <EncryptionFields
        base={{ encrypted: base.encrypted, hasPassword: base.passwordFingerprint !== undefined }}
        draft={draft.encryption}
        onChange={encryption => put({ encryption })}
      />
      <fieldset class="stack">
        <legend>{words.drills}</legend>
        <p class="small soft">{words.drillsHelp}</p>
        <ScheduleEditor
          schedules={draft.drills}
          faultAt={(index, member) =>
            drills.faultAt(memberOf(index, member)) ?? faultAt(`drills.${memberOf(index, member)}`)
          }
          drills
          onChange={drills => put({ drills })}
        />
        {draft.enabled && draft.drills.length > 0 && <NextRuns upcoming={drills} />}
      </fieldset>
      <Choices
        legend={words.format}
        value={draft.format}
        onChange={format => put({ format })}
        options={[
          { value: 'zip', label: words.formatZip, help: words.formatZipHelp },
          { value: 'dump', label: words.formatDump, help: words.formatDumpHelp },
        ]}
      />
      {mayMove && (
        <DestinationFields
          base={base}
          draft={draft.destination}
          error={save.error}
          onChange={destination => put({ destination })}
        />
      )}
      <fieldset class="stack">
        <legend>{words.ping}</legend>
        <SecretField
          label={words.pingUrl}
          help={words.pingHelp}
          present={base.pingUrl}
          fault={faultAt('pingUrl')}
          draft={draft.ping}
          onChange={ping => put({ ping })}
        />
      </fieldset>
      <div class="save-bar stack">
        <NotSaved
          error={save.error}
          overtaken={
            conflict && {
              names: conflict.paths.map(path => nameOfSetting(words, path)),
              onLoad: () => show(conflict.latest),
              onInsist: () => save.run(conflict.latest),
            }
          }
        />
        <div class="row">
          <button class="button button-main" type="submit" aria-disabled={save.busy || unchanged}>
            {app.save}
          </button>
          {save.error && isPlaceToTry(change.destination) && (
            <button
              type="button"
              class="button button-danger"
              aria-disabled={save.busy}
              onClick={() => save.run(base, true)}
            >
              {storage.saveUntried}
            </button>
          )}
          <span role="status">{saved ? app.saved : unchanged ? '' : words.unsaved}</span>
        </div>
      </div>
    </form>
  )
}
