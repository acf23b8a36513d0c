import type { DatabaseOverview, JobView } from '@odoo-backup/protocol'
import { useAction } from '../../api/action.ts'
import { administersAll, changeDatabaseSettings, startBackup, type Who } from '../../api/calls.ts'
import { dateFormat, formatBytes, formatMoment, formatRelative } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Bars } from '../../parts/bars.tsx'
import { Failure, FailureWords } from '../../parts/failure.tsx'
import { Icon } from '../../parts/icon.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import { goTo, placeLink } from '../../router.ts'

interface CardProps {
  readonly item: DatabaseOverview
  readonly who: Who
  /** It is one of the many that are shown only on request. */
  readonly isOnRequest: boolean
  /** The backup that runs now. */
  readonly job: JobView | undefined
  readonly onChange: () => void
}

/** One database: how it stands, its last and next backup, its week, and what can be done. */
export function DatabaseCard({ item, who, isOnRequest, job, onChange }: CardProps) {
  const { dashboard: words, language } = useMessages()
  const { worry, lastBackup, lastFailure } = item
  // A tick beside what nobody backs up would say that it is safe.
  const tone = item.included && item.exists ? item.tone : 'none'
  return (
    <article class={`card stack database-card edge-${tone}${isOnRequest ? ' on-request' : ''}`}>
      <h3 class="row">
        <span class={tone === 'none' ? 'soft' : `tone-text-${tone}`}>
          <Icon name={tone} />
        </span>
        <a href={placeLink('backups', undefined, { database: item.database })}>
          <bdi>{item.database}</bdi>
        </a>
      </h3>
      {worry !== undefined && <p class={`tone-text-${item.tone}`}>{words.worries[worry]}</p>}
      {!item.exists && worry === undefined && <p class="soft">{words.notHere}</p>}
      {item.exists && !item.included && <p class="soft">{words.leftOut}</p>}
      {lastFailure && <FailureWords failure={lastFailure} most={160} />}
      <dl class="facts small">
        <dt>{words.lastBackup}</dt>
        <dd>{lastBackup === undefined ? words.never : <Moment iso={lastBackup.takenAt} />}</dd>
        <dt>{words.lastVerified}</dt>
        <dd>
          {item.lastVerifiedAt === undefined ? words.notVerified : <Moment iso={item.lastVerifiedAt} />}
        </dd>
        <dt>{words.nextRun}</dt>
        <dd>{item.nextRunAt === undefined ? words.noSchedule : <Moment iso={item.nextRunAt} />}</dd>
        <dt>{words.storedHere}</dt>
        <dd>
          {words.count(item.backups)}, {formatBytes(item.storedBytes, language)}
        </dd>
      </dl>
      {item.backups > 0 && (
        <Bars
          title={words.sizes}
          bars={item.days.map(({ day, sizeBytes }) => ({
            label: dayName(day, language),
            value: sizeBytes,
            words: formatBytes(sizeBytes, language),
          }))}
        />
      )}
      {job?.progress && job.state === 'active' && <ProgressBar progress={job.progress} />}
      <Actions item={item} who={who} onChange={onChange} />
    </article>
  )
}

function Actions({ item, who, onChange }: Omit<CardProps, 'job' | 'isOnRequest'>) {
  const { dashboard: words, restore } = useMessages()
  const start = useAction(async () => goTo('jobs', (await startBackup(item.database)).id))
  const leaveOut = useAction(async () => {
    await changeDatabaseSettings(item.database, { enabled: false, schedules: [], drills: [] })
    onChange()
  })
  const mayLeaveOut =
    who.role === 'administer' &&
    item.exists &&
    item.included &&
    item.nextRunAt === undefined &&
    item.worry !== 'damaged'
  return (
    <>
      <div class="row card-actions">
        {item.job !== undefined ? (
          <a class="button" href={placeLink('jobs', item.job)}>
            {words.watch}
          </a>
        ) : (
          who.role !== 'look' &&
          item.exists && (
            <button type="button" class="button" aria-disabled={start.busy} onClick={() => start.run()}>
              {words.backUpNow}
            </button>
          )
        )}
        {!item.exists && item.lastBackup !== undefined && administersAll(who) && (
          <a class="button" href={placeLink('restore', item.lastBackup.name)}>
            {restore.start}
          </a>
        )}
        {who.role === 'administer' && (
          <a class="button button-plain" href={placeLink('settings', item.database)}>
            {words.set}
          </a>
        )}
        {mayLeaveOut && (
          <button
            type="button"
            class="button button-plain"
            title={words.leaveOutHelp}
            aria-disabled={leaveOut.busy}
            onClick={() => leaveOut.run()}
          >
            {words.leaveOut}
          </button>
        )}
      </div>
      {start.error && <Failure error={start.error} />}
      {leaveOut.error && <Failure error={leaveOut.error} />}
    </>
  )
}

function Moment({ iso }: { iso: string }) {
  const { language } = useMessages()
  return (
    <time dateTime={iso} title={formatMoment(iso, language)}>
      {formatRelative(iso, new Date(), language)}
    </time>
  )
}

function dayName(day: string, language: string): string {
  return dateFormat(language, { weekday: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(day))
}
