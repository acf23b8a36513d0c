import type { BackupDetails } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../api/action.ts'
import { administersAll, backup, downloadAddress, setPinned, verify, type Who } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { ArchiveName } from '../parts/archive-name.tsx'
import { BackupBadges } from '../parts/backup-badges.tsx'
import { Failure } from '../parts/failure.tsx'
import { NotThere } from '../parts/not-there.tsx'
import { WarningWords } from '../parts/warning-words.tsx'
import { goTo, placeLink } from '../router.ts'
import { Contents } from './backup/contents.tsx'
import { DeleteDialog } from './backup/delete-dialog.tsx'
import { VerifyDialog } from './backup/verify-dialog.tsx'

/** One backup: what is in it, and all that can be done with it. */
export function BackupPage({ name, who }: { name: string; who: Who }) {
  const { backups, backup: words, app, language } = useMessages()
  const found = useResource(name, signal => backup(name, signal))
  const { value } = found
  if (found.error?.code === 'backup_unknown') return <NotThere what="backup" />
  return (
    <section class="stack">
      <p>
        <a href={placeLink('backups')}>{backups.title}</a>
      </p>
      {value === undefined && found.loading && <p class="soft">{app.loading}</p>}
      {found.error && <Failure error={found.error} onRetry={found.reload} />}
      {value !== undefined && (
        <>
          <div class="stack-tight">
            <h1>
              <bdi>{value.database}</bdi>, <span class="whole">{formatMoment(value.takenAt, language)}</span>
            </h1>
            <p class="soft small">
              <ArchiveName name={name} />
            </p>
            <BackupBadges backup={value} />
          </div>
          <Verified backup={value} />
          {value.lone && <p class="card tone-warn">{words.lone}</p>}
          {value.warnings.map(warning => (
            <div key={warning.message} class="tone-warn card">
              <WarningWords warning={warning} />
            </div>
          ))}
          <Actions backup={value} who={who} onChange={found.reload} />
          <Contents backup={value} />
        </>
      )}
    </section>
  )
}

function Verified({ backup: { verification } }: { backup: BackupDetails }) {
  const { backup: words, language } = useMessages()
  if (verification === undefined) return <p class="soft">{words.neverVerified}</p>
  const at = formatMoment(verification.at, language)
  return verification.passed ? (
    <p class="soft">{words.verifiedAt(at)}</p>
  ) : (
    <p class="card tone-bad">{words.failedAt(at)}</p>
  )
}

function Actions(props: { backup: BackupDetails; who: Who; onChange: () => void }) {
  const { backup: words } = useMessages()
  const { backup: value, who, onChange } = props
  const { name } = value
  const [asking, setAsking] = useState<'delete' | 'verify'>()
  const pin = useAction(async (pinned: boolean) => {
    await setPinned(name, pinned)
    onChange()
  })
  const drill = useAction(async () => goTo('jobs', (await verify(name)).id))
  const mayAdminister = who.role === 'administer'
  const error = pin.error ?? drill.error
  const close = () => setAsking(undefined)
  return (
    <>
      <div class="row">
        {administersAll(who) && (
          <a class="button button-main" href={placeLink('restore', name)}>
            {words.restore}
          </a>
        )}
        {who.role !== 'look' && (
          <button
            type="button"
            class="button"
            aria-disabled={drill.busy}
            onClick={() => (value.encrypted ? setAsking('verify') : drill.run())}
          >
            {words.verify}
          </button>
        )}
        {mayAdminister && (
          <>
            <button
              type="button"
              class="button"
              aria-disabled={pin.busy}
              title={words.pinHelp}
              onClick={() => pin.run(!value.pinned)}
            >
              {value.pinned ? words.unpin : words.pin}
            </button>
            <a class="button" href={downloadAddress(name)} download={name}>
              {words.download}
            </a>
            <button type="button" class="button button-danger" onClick={() => setAsking('delete')}>
              {words.delete}
            </button>
          </>
        )}
      </div>
      {error && <Failure error={error} />}
      {asking === 'delete' && <DeleteDialog backup={value} onClose={close} />}
      {asking === 'verify' && <VerifyDialog backup={value} onClose={close} />}
    </>
  )
}
