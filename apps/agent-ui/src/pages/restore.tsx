import { useState } from 'preact/hooks'
import { administersAll, backup, type Who } from '../api/calls.ts'
import { useResource } from '../api/resource.ts'
import { formatBytes, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { NotThere } from '../parts/not-there.tsx'
import { placeLink } from '../router.ts'
import { type Chosen, GuidedRestore } from './restore/guided-restore.tsx'
import { RecentBackups } from './restore/recent-backups.tsx'
import { UploadForm } from './restore/upload-form.tsx'

/** Restoring, step by step: what, the checks, as what, the confirmation; then the job is watched. */
export function RestorePage({ name, who }: { name: string | undefined; who: Who }) {
  const { restore: words } = useMessages()
  const [uploaded, setUploaded] = useState<Chosen>()
  const mayRestore = administersAll(who)
  if (mayRestore && name !== undefined) return <StoredBackup name={name} />
  return (
    <section class="stack">
      <h1>{words.title}</h1>
      {!mayRestore ? (
        <p class="card">{words.notYours}</p>
      ) : uploaded !== undefined ? (
        <GuidedRestore chosen={uploaded} onOther={() => setUploaded(undefined)} />
      ) : (
        <>
          <h2>{words.choose}</h2>
          <RecentBackups />
          <p>
            <a class="button" href={placeLink('backups')}>
              {words.allBackups}
            </a>
          </p>
          <UploadForm onUploaded={setUploaded} />
        </>
      )}
    </section>
  )
}

function StoredBackup({ name }: { name: string }) {
  const { restore: words, app, language } = useMessages()
  const { value, error, reload } = useResource(name, signal => backup(name, signal))
  if (error?.code === 'backup_unknown') return <NotThere what="backup" />
  return (
    <section class="stack">
      <h1>{words.title}</h1>
      {error !== undefined ? (
        <Failure error={error} onRetry={reload} />
      ) : value === undefined ? (
        <p class="soft">{app.loading}</p>
      ) : (
        <GuidedRestore
          chosen={{
            source: { kind: 'stored', backup: name },
            title: `${value.database}, ${formatMoment(value.takenAt, language)}`,
            detail: formatBytes(value.sizeBytes, language),
          }}
        />
      )}
    </section>
  )
}
