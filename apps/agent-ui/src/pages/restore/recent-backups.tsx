import { backups } from '../../api/calls.ts'
import { useResource } from '../../api/resource.ts'
import { formatBytes, formatMoment } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { BackupBadges } from '../../parts/backup-badges.tsx'
import { Failure } from '../../parts/failure.tsx'
import { placeLink } from '../../router.ts'

const SHOWN = 8

/** The newest backups, each with the way to restore it: what is wanted in a hurry is mostly among them. */
export function RecentBackups() {
  const { restore: words, backups: list, app, language } = useMessages()
  const found = useResource('recent', signal => backups({ pageSize: SHOWN }, signal))
  if (found.error) return <Failure error={found.error} onRetry={found.reload} />
  if (found.value === undefined) return <p class="soft">{app.loading}</p>
  if (found.value.items.length === 0) return <p class="card soft">{list.noneYet}</p>
  return (
    <ul class="card plain-rows">
      {found.value.items.map(item => (
        <li key={item.name} class="beside-each-other">
          <span class="lines">
            <bdi>{item.database}</bdi>
            <span class="small soft">
              <span class="whole">{formatMoment(item.takenAt, language)}</span>,{' '}
              <span class="whole">{formatBytes(item.sizeBytes, language)}</span>
            </span>
            <BackupBadges backup={item} />
          </span>
          <a class="button" href={placeLink('restore', item.name)} aria-label={words.restoreOne(item.name)}>
            {words.start}
          </a>
        </li>
      ))}
    </ul>
  )
}
