import type { BackupDetails } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../api/action.ts'
import { backup, deleteBackup, downloadAddress, setPinned, verify } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { formatBytes, formatDuration, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Failure, LongText } from '../parts/failure.tsx'
import { goTo, placeLink } from '../router.ts'
import { BackupBadges } from './backups.tsx'

/** One backup: what is in it, and all that can be done with it. */
export function BackupPage({ name }: { name: string }) {
  const { backups, backup: words, app, language } = useMessages()
  const found = useResource(name, signal => backup(name, signal))
  const [asking, setAsking] = useState(false)
  const pin = useAction(async (pinned: boolean) => {
    await setPinned(name, pinned)
    found.reload()
  })
  const drill = useAction(async () => goTo('jobs', (await verify(name)).id))
  const removal = useAction(async () => goTo('jobs', (await deleteBackup(name)).id))
  const value = found.value
  const error = found.error ?? pin.error ?? drill.error ?? removal.error
  return (
    <section class="stack">
      <p>
        <a href={placeLink('backups')}>{backups.title}</a>
      </p>
      {value === undefined && found.loading && <p class="soft">{app.loading}</p>}
      {error && <Failure error={error} onRetry={found.reload} />}
      {value !== undefined && (
        <>
          <h1>
            <bdi>{value.database}</bdi>, {formatMoment(value.takenAt, language)}
          </h1>
          <p class="soft">
            {name} · {formatBytes(value.sizeBytes, language)}
          </p>
          <BackupBadges backup={value} />
          {value.lone && <p class="card tone-warn">{words.lone}</p>}
          <div class="row">
            <a class="button button-main" href={placeLink('restore', name)}>
              {words.restore}
            </a>
            <button type="button" class="button" disabled={drill.busy} onClick={() => drill.run()}>
              {words.verify}
            </button>
            <button
              type="button"
              class="button"
              disabled={pin.busy}
              title={words.pinHelp}
              onClick={() => pin.run(!value.pinned)}
            >
              {value.pinned ? words.unpin : words.pin}
            </button>
            <a class="button" href={downloadAddress(name)} download={name}>
              {words.download}
            </a>
            <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
              {words.delete}
            </button>
          </div>
          <Contents backup={value} />
        </>
      )}
      {asking && value !== undefined && (
        <Dialog title={words.deleteTitle} onClose={() => setAsking(false)}>
          <p>{words.deleteText(name, formatBytes(value.sizeBytes, language))}</p>
          <div class="row">
            <button
              type="button"
              class="button button-danger"
              disabled={removal.busy}
              onClick={() => removal.run()}
            >
              {words.deleteAction}
            </button>
            <button type="button" class="button" onClick={() => setAsking(false)}>
              {app.cancel}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  )
}

function Contents({ backup }: { backup: BackupDetails }) {
  const { backup: words, language } = useMessages()
  const number = new Intl.NumberFormat(language)
  const facts: readonly (readonly [string, string | undefined])[] = [
    [words.odooVersion, backup.odooVersion],
    [words.postgresVersion, backup.postgresVersion],
    [words.modules, backup.modules && number.format(Object.keys(backup.modules).length)],
    [words.tables, backup.tables === undefined ? undefined : number.format(backup.tables)],
    [words.rows, backup.rows === undefined ? undefined : number.format(backup.rows)],
    [words.dump, backup.dumpBytes === undefined ? undefined : formatBytes(backup.dumpBytes, language)],
    [
      words.files,
      backup.files === undefined
        ? undefined
        : `${number.format(backup.files)} (${formatBytes(backup.filesBytes ?? 0, language)})`,
    ],
    [words.missingFiles, backup.missingFiles ? number.format(backup.missingFiles) : undefined],
    [
      words.duration,
      backup.durationSeconds === undefined ? undefined : formatDuration(backup.durationSeconds),
    ],
    [words.instance, backup.instanceId],
  ]
  return (
    <div class="card stack">
      <h2>{words.contents}</h2>
      <dl class="facts">
        {facts.map(([label, value]) =>
          value === undefined ? null : (
            <>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </>
          ),
        )}
      </dl>
      {backup.modules && (
        <details>
          <summary>{words.modules}</summary>
          <ul>
            {Object.entries(backup.modules).map(([module, version]) => (
              <li key={module}>
                {module} {version}
              </li>
            ))}
          </ul>
        </details>
      )}
      {backup.warnings.map(warning => (
        <div key={warning} class="tone-warn card">
          <LongText text={warning} />
        </div>
      ))}
    </div>
  )
}
