import type { DatabaseOverview } from '@odoo-backup/protocol'
import { useState } from 'preact/hooks'
import { useAction } from '../api/action.ts'
import { notices, overview, rechargeLink, startBackup, usage, type Who } from '../api/calls.ts'
import type { ApiError } from '../api/client.ts'
import { useResource } from '../api/resource.ts'
import { formatBytes, formatMoment, formatRelative } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Bars } from '../parts/bars.tsx'
import { Failure, LongText } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { goTo, placeLink } from '../router.ts'
import { Banner } from './dashboard/banner.tsx'

/** One look that answers "am I safe?", then what there is for each database. */
export function DashboardPage({ who }: { who: Who }) {
  const { dashboard: words, app } = useMessages()
  const all = useResource('overview', overview, 30)
  const [filter, setFilter] = useState('')
  if (all.value === undefined) return <NotYet error={all.error} onRetry={all.reload} />
  const shown = all.value.databases.filter(item => item.database.toLowerCase().includes(filter.toLowerCase()))
  return (
    <section class="stack">
      <h1 class="visually-hidden">{app.dashboard}</h1>
      <Banner overview={all.value} error={all.error} />
      {all.error && <Failure error={all.error} onRetry={all.reload} />}
      <NoticeList />
      <div class="row row-spread">
        <h2>{words.databases}</h2>
        {all.value.databases.length > 6 && (
          <Field label={words.filter}>
            <input type="search" value={filter} onInput={event => setFilter(event.currentTarget.value)} />
          </Field>
        )}
      </div>
      <div class="grid">
        {shown.map(item => (
          <DatabaseCard key={item.database} item={item} mayOperate={who.role !== 'look'} />
        ))}
      </div>
      <StorageChart />
      <Account />
    </section>
  )
}

/** Before there is anything to show: it loads, or it failed, most often because nothing is set up yet. */
function NotYet({ error, onRetry }: { error: ApiError | undefined; onRetry: () => void }) {
  const { dashboard: words, app } = useMessages()
  return (
    <section class="stack">
      <h1>{app.dashboard}</h1>
      {error === undefined && <p class="soft">{app.loading}</p>}
      {error?.code === 'login_required' && (
        <div class="verdict tone-warn" role="status">
          <Icon name="warn" />
          <div class="stack-tight">
            <strong>{words.verdicts.nothing}</strong>
            <span>{words.nothingDetail}</span>
            <span>
              <a class="button button-main" href={placeLink('setup')}>
                {words.setUp}
              </a>
            </span>
          </div>
        </div>
      )}
      {error !== undefined && error.code !== 'login_required' && <Failure error={error} onRetry={onRetry} />}
    </section>
  )
}

function NoticeList() {
  const { dashboard: words, language } = useMessages()
  const list = useResource('notices', notices, 60)
  const standing = list.value?.items.filter(notice => notice.clearedAt === undefined) ?? []
  if (standing.length === 0) return null
  return (
    <div class="stack-tight">
      <h2>{words.notices}</h2>
      {standing.map(notice => (
        <div
          key={notice.id}
          class={`card stack-tight tone-${notice.severity === 'error' ? 'bad' : notice.severity === 'warning' ? 'warn' : 'good'}`}
        >
          <LongText text={notice.message} />
          <p class="small">{formatMoment(notice.raisedAt, language)}</p>
        </div>
      ))}
    </div>
  )
}

function DatabaseCard({ item, mayOperate }: { item: DatabaseOverview; mayOperate: boolean }) {
  const { dashboard: words, language } = useMessages()
  const now = new Date()
  const start = useAction(async () => goTo('jobs', (await startBackup(item.database)).id))
  const moment = (iso: string) => (
    <time dateTime={iso} title={formatMoment(iso, language)}>
      {formatRelative(iso, now, language)}
    </time>
  )
  return (
    <article class="card stack">
      <h3 class="row row-spread">
        <a href={placeLink('backups', undefined, { database: item.database })}>
          <bdi>{item.database}</bdi>
        </a>
        <span class={`badge tone-${item.tone}`}>
          {item.lastBackup === undefined
            ? words.never
            : formatRelative(item.lastBackup.takenAt, now, language)}
        </span>
      </h3>
      <dl class="facts small">
        <dt>{words.lastVerified}</dt>
        <dd>{item.lastVerifiedAt === undefined ? words.notVerified : moment(item.lastVerifiedAt)}</dd>
        <dt>{words.nextRun}</dt>
        <dd>{item.nextRunAt === undefined ? words.noSchedule : moment(item.nextRunAt)}</dd>
      </dl>
      <p class="small soft">
        {words.count(item.backups)}, {formatBytes(item.storedBytes, language)}
      </p>
      {item.lastFailure && <LongText text={item.lastFailure.message} />}
      <Bars
        title={words.sizes}
        bars={item.days.map(day => ({
          label: day.day,
          value: day.sizeBytes,
          words: formatBytes(day.sizeBytes, language),
        }))}
      />
      {start.error && <Failure error={start.error} />}
      <div class="row">
        {mayOperate && item.exists && (
          <button type="button" class="button button-main" disabled={start.busy} onClick={() => start.run()}>
            {words.backUpNow}
          </button>
        )}
        <a class="button" href={placeLink('settings', item.database)}>
          {words.set}
        </a>
      </div>
    </article>
  )
}

function StorageChart() {
  const { dashboard: words, language } = useMessages()
  const days = useResource('usage', signal => usage(30, signal))
  if (days.value === undefined) return null
  return (
    <div class="card">
      <Bars
        title={words.storage}
        bars={days.value.items.map(point => ({
          label: point.day,
          value: point.sizeBytes,
          words: formatBytes(point.sizeBytes, language),
        }))}
      />
    </div>
  )
}

function Account() {
  const { dashboard: words } = useMessages()
  const open = useAction(async () => {
    const { rechargeLink: link } = await rechargeLink()
    if (link !== undefined && /^https?:\/\//i.test(link)) window.open(link, '_blank', 'noreferrer')
  })
  return (
    <div class="row">
      <button type="button" class="button" disabled={open.busy} onClick={() => open.run()}>
        {words.recharge}
      </button>
      {open.error && <Failure error={open.error} />}
    </div>
  )
}
