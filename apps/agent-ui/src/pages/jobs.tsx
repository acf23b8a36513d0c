import type { FailureView, JobView } from '@odoo-backup/protocol'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { jobs } from '../api/calls.ts'
import { isFinished, useLiveJobs } from '../api/job-events.ts'
import { useResource } from '../api/resource.ts'
import { formatDuration, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Failure } from '../parts/failure.tsx'
import { Field } from '../parts/field.tsx'
import { JobState } from '../parts/job-state.tsx'
import { Pages } from '../parts/pages.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { placeLink } from '../router.ts'
import { useSettled } from '../settled.ts'

const PAGE_SIZE = 50
const REASON_LENGTH = 300

interface Filter {
  readonly database: string
  readonly kind: string
  readonly state: string
}

/** What runs and waits, live, and what has run, newest first, with the reason of every failure. */
export function JobsPage({ database }: { database: string | undefined }) {
  const { jobs: words, app } = useMessages()
  const [filter, setFilter] = useState<Filter>({ database: database ?? '', kind: '', state: '' })
  const [page, setPage] = useState(1)
  const wanted = useSettled(filter)
  const { jobs: live, connected, round } = useLiveJobs()
  const query = {
    page,
    pageSize: PAGE_SIZE,
    ...(wanted.database === '' ? {} : { database: wanted.database }),
    ...(wanted.kind === '' ? {} : { kind: wanted.kind }),
    ...(wanted.state === '' ? {} : { state: wanted.state }),
  }
  const list = useResource(JSON.stringify({ query, round }), signal => jobs(query, signal))
  // Whether there is any at all, however the list is narrowed.
  const any = useResource('any', signal => jobs({ page: 1, pageSize: 1 }, signal))
  const running = useMemo(
    () =>
      [...live.values()]
        .filter(job => !isFinished(job))
        .sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1)),
    [live],
  )
  // A job that ended, or came, changes what the list holds.
  const moved = [...live.values()].map(job => `${job.id} ${isFinished(job)}`).join()
  const { reload } = list
  const { reload: lookForAny } = any
  useEffect(() => {
    if (moved === '') return
    reload()
    lookForAny()
  }, [moved, reload, lookForAny])

  const change = (next: Partial<Filter>) => {
    setPage(1)
    setFilter({ ...filter, ...next })
  }
  const isFiltered = wanted.database !== '' || wanted.kind !== '' || wanted.state !== ''
  const ended = list.value?.items.filter(job => isFiltered || isFinished(job)) ?? []
  return (
    <section class="stack">
      <h1>{words.title}</h1>
      {!connected && <p class="card tone-warn">{words.reconnecting}</p>}
      {running.length > 0 && (
        <div class="stack">
          <h2>{words.running}</h2>
          <ul class="plain-list">
            {running.map(job => (
              <li key={job.id} class="card stack-tight">
                <div class="row row-spread">
                  <JobLink job={job} />
                  <JobState job={job} />
                </div>
                {job.progress && job.state === 'active' && <ProgressBar progress={job.progress} />}
                {job.failure && <Reason failure={job.failure} />}
              </li>
            ))}
          </ul>
        </div>
      )}
      <h2>{words.history}</h2>
      {any.value?.total !== 0 && (
        <search class="row row-fields">
          <Field label={words.database}>
            <input
              type="search"
              value={filter.database}
              onInput={event => change({ database: event.currentTarget.value })}
            />
          </Field>
          <Field label={words.kind}>
            <select value={filter.kind} onChange={event => change({ kind: event.currentTarget.value })}>
              <option value="">{words.allKinds}</option>
              {Object.entries(words.kinds).map(([kind, name]) => (
                <option key={kind} value={kind}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field label={words.state}>
            <select value={filter.state} onChange={event => change({ state: event.currentTarget.value })}>
              <option value="">{words.allStates}</option>
              {Object.entries(words.states).map(([state, name]) => (
                <option key={state} value={state}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
        </search>
      )}
      {list.error && <Failure error={list.error} onRetry={list.reload} />}
      {list.value === undefined && list.loading && <p class="soft">{app.loading}</p>}
      {list.value !== undefined && ended.length === 0 && (
        <p class="card soft">{isFiltered ? words.noneFits : words.empty}</p>
      )}
      {ended.length > 0 && <History jobs={ended.map(job => live.get(job.id) ?? job)} />}
      <Pages page={page} total={list.value?.total ?? 0} pageSize={PAGE_SIZE} onPage={setPage} />
    </section>
  )
}

function JobLink({ job }: { job: JobView }) {
  const { jobs: words } = useMessages()
  return (
    <a href={placeLink('jobs', job.id)}>
      {words.kindsOf[job.kind]} <bdi>{job.database}</bdi>
    </a>
  )
}

function Reason({ failure: { code, message } }: { failure: FailureView }) {
  const { failures } = useMessages()
  const own = failures.ofCode(code)
  const others = message.length > REASON_LENGTH ? `${message.slice(0, REASON_LENGTH)} …` : message
  return (
    <div class="small field-error">
      {own !== '' && <p>{own}</p>}
      <p dir="auto" {...(own === '' ? {} : { lang: 'en' })}>
        {others}
      </p>
    </div>
  )
}

function History({ jobs: items }: { jobs: readonly JobView[] }) {
  const { jobs: words, language } = useMessages()
  const took = ({ startedAt, finishedAt }: JobView) =>
    startedAt === undefined || finishedAt === undefined
      ? ''
      : formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)
  return (
    <div class="table-wrap">
      <table class="table-cards job-cards">
        <thead>
          <tr>
            <th scope="col">{words.job}</th>
            <th scope="col">{words.asked}</th>
            <th scope="col" class="amount">
              {words.took}
            </th>
            <th scope="col">{words.state}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(job => (
            <tr key={job.id}>
              <td>
                <JobLink job={job} />
                {job.failure && <Reason failure={job.failure} />}
                {job.warnings.length > 0 && (
                  <p class="small warning-text">{words.warnings(job.warnings.length)}</p>
                )}
              </td>
              <td data-label={words.asked} class="number">
                {formatMoment(job.createdAt, language)}
              </td>
              <td data-label={words.took} class="number amount">
                {took(job)}
              </td>
              <td class="beside">
                <JobState job={job} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
