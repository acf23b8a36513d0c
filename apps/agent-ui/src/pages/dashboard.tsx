import type { DatabaseOverview, JobView } from '@odoo-backup/protocol'
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { account, administersAll, databaseSettings, notices, overview, type Who } from '../api/calls.ts'
import type { ApiError } from '../api/client.ts'
import { isFinished, useLiveJobs } from '../api/job-events.ts'
import { useResource } from '../api/resource.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { useWaitedFor } from '../parts/waited-for.ts'
import { WithCommands } from '../parts/with-commands.tsx'
import { placeLink } from '../router.ts'
import { AccountCard } from './dashboard/account.tsx'
import { Banner } from './dashboard/banner.tsx'
import { DatabaseCard } from './dashboard/database-card.tsx'
import { inOrder } from './dashboard/database-order.ts'
import { Figures } from './dashboard/figures.tsx'
import { NoticeList } from './dashboard/notice-list.tsx'
import { StorageChart } from './dashboard/storage-chart.tsx'
import { BannerToCome, DatabasesToCome } from './dashboard/to-come.tsx'

const FEW = 6
const AT_FIRST = 24
/** The agent said at once what it knew, and lists the storage meanwhile. */
const SOON_SECONDS = 2
/** So long, and no longer, the notices are waited for: the agent may be looking anew. */
const NOTICES_MS = 1000
/** Who does not administer the whole server is not told of it. */
const NO_ACCOUNT = Promise.resolve({ connected: false })

/** One look that answers "am I safe?", then what there is for each database. */
export function DashboardPage({ who }: { who: Who }) {
  const { app } = useMessages()
  const [isRefreshing, setRefreshing] = useState(false)
  const all = useResource('overview', overview, isRefreshing ? SOON_SECONDS : 30)
  const refreshing = all.value?.refreshing === true
  useEffect(() => setRefreshing(refreshing), [refreshing])
  const ofAll = administersAll(who)
  const credit = useResource(`account ${ofAll}`, signal => (ofAll ? account(signal) : NO_ACCOUNT), 600)
  const told = useResource('notices', notices, 20)
  // What is to be told comes with the rest: it would push away what somebody is about to press.
  const mayBeShown = useWaitedFor(NOTICES_MS) || told.value !== undefined || told.error !== undefined
  const { jobs } = useLiveJobs()
  const running = useMemo(() => [...jobs.values()].filter(job => !isFinished(job)), [jobs])
  // A job that began or ended changes how the databases stand.
  const moved = [...jobs.values()].map(job => `${job.id} ${isFinished(job)}`).join()
  const { reload } = all
  useEffect(() => {
    if (moved !== '') reload()
  }, [moved, reload])

  const { error } = all
  if (all.value === undefined && error !== undefined)
    return <NotYet error={error} onRetry={reload} who={who} />
  const value = mayBeShown ? all.value : undefined
  return (
    <section class="stack">
      <h1 class="visually-hidden">{app.dashboard}</h1>
      {value === undefined ? (
        <BannerToCome />
      ) : (
        <Banner
          overview={value}
          account={credit.value}
          isAccountAwaited={credit.value === undefined && credit.error === undefined}
          error={error}
          onRetry={reload}
        />
      )}
      {/* Of an agent that cannot be reached the verdict says all. */}
      {error && error.code !== 'offline' && <Failure error={error} onRetry={reload} />}
      <NoticeList list={told} account={credit.value} isTold={error !== undefined} />
      <Figures overview={value} running={running} />
      {value === undefined ? (
        <DatabasesToCome few={FEW} most={AT_FIRST} />
      ) : (
        <Databases items={value.databases} running={running} who={who} onChange={reload} />
      )}
      {value !== undefined && <StorageChart storedBytes={value.storedBytes} isTold={error !== undefined} />}
      {value !== undefined && ofAll && <AccountCard found={credit} isTold={error !== undefined} />}
    </section>
  )
}

/** The worst first: with two hundred databases nobody looks at the last ones. */
function Databases(props: {
  items: readonly DatabaseOverview[]
  running: readonly JobView[]
  who: Who
  onChange: () => void
}) {
  const { dashboard: words, setup } = useMessages()
  const { items, running, who, onChange } = props
  const [filter, setFilter] = useState('')
  const [showsAll, setShowsAll] = useState(false)
  const found = inOrder(items).filter(item => item.database.toLowerCase().includes(filter.toLowerCase()))
  const shown = showsAll ? found : found.slice(0, AT_FIRST)
  const jobOf = new Map(running.filter(job => job.kind === 'backup').map(job => [job.database, job]))
  return (
    <section class="stack" aria-labelledby="databases">
      <div class="row row-spread row-fields">
        <h2 id="databases">{words.databases}</h2>
        {items.length > FEW && (
          <Field label={words.filter}>
            <input type="search" value={filter} onInput={event => setFilter(event.currentTarget.value)} />
          </Field>
        )}
      </div>
      {items.length === 0 && (
        <p class="card soft">
          <WithCommands text={setup.noDatabases} />
        </p>
      )}
      <div class="grid">
        {shown.map((item, index) => (
          <DatabaseCard
            key={item.database}
            item={item}
            isOnRequest={index >= AT_FIRST}
            who={who}
            job={jobOf.get(item.database)}
            onChange={onChange}
          />
        ))}
      </div>
      {shown.length < found.length && (
        <div>
          <button type="button" class="button" onClick={() => setShowsAll(true)}>
            {words.showAll(found.length)}
          </button>
        </div>
      )}
    </section>
  )
}

/** There is nothing to show, most often because nothing is set up yet. */
function NotYet({ error, onRetry, who }: { error: ApiError; onRetry: () => void; who: Who }) {
  const { dashboard: words, app } = useMessages()
  return (
    <section class="stack">
      <h1>{app.dashboard}</h1>
      {error.code === 'broker_unreachable' && administersAll(who) && (
        // Whoever has set up nothing yet need not wait for a broker that they may never use.
        <IfNew>
          <SetUp detail={words.elsewhereDetail} />
        </IfNew>
      )}
      {error.code === 'login_required' && administersAll(who) ? (
        // Backups that only a log-in would show are not "none".
        <IfNew otherwise={<Failure error={error} onRetry={onRetry} />}>
          <SetUp detail={words.nothingDetail} />
        </IfNew>
      ) : (
        <Failure error={error} onRetry={onRetry} />
      )}
    </section>
  )
}

/** For whoever has set up nothing yet; `otherwise` for all others, also where that is not known. */
function IfNew(props: { children: ComponentChildren; otherwise?: ComponentChildren }) {
  const known = useResource('databases/settings', databaseSettings)
  if (known.value === undefined && known.error === undefined) return null
  const isNew = known.value?.items.every(({ schedules }) => schedules.length === 0) === true
  return <>{isNew ? props.children : props.otherwise}</>
}

function SetUp({ detail }: { detail: string }) {
  const { dashboard: words } = useMessages()
  return (
    <div class="verdict tone-warn" role="status">
      <Icon name="warn" />
      <div class="stack-tight">
        <strong>{words.verdicts.nothing}</strong>
        <span>{detail}</span>
        <span>
          <a class="button button-main" href={placeLink('setup')}>
            {words.setUp}
          </a>
        </span>
      </div>
    </div>
  )
}
