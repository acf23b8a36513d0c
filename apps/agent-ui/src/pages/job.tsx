import type { JobView } from '@odoo-backup/protocol'
import { useRef } from 'preact/hooks'
import { useAction } from '../api/action.ts'
import { administersAll, cancelJob, startBackup, verify, type Who } from '../api/calls.ts'
import { ApiError } from '../api/client.ts'
import { isFinished, useJob } from '../api/job-events.ts'
import { formatDuration, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { ArchiveName } from '../parts/archive-name.tsx'
import { BuyCredit } from '../parts/buy-credit.tsx'
import { Failure } from '../parts/failure.tsx'
import { JobState } from '../parts/job-state.tsx'
import { Neutralised } from '../parts/neutralised.tsx'
import { NotBackedUp } from '../parts/not-backed-up.tsx'
import { NotThere } from '../parts/not-there.tsx'
import { OpenDatabase } from '../parts/open-database.tsx'
import { PhaseList } from '../parts/phase-list.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { WarningWords } from '../parts/warning-words.tsx'
import { goTo, placeLink } from '../router.ts'
import { JobLogCard } from './job/job-log.tsx'
import { NextTry } from './job/next-try.tsx'

/** One job, live until it ends. */
export function JobPage({ id, who }: { id: string; who: Who }) {
  const { jobs: words, app } = useMessages()
  const { job, error, connected } = useJob(id)
  if (error?.code === 'job_unknown') return <NotThere what="job" />
  return (
    <section class="stack">
      <p>
        <a href={placeLink('jobs')}>{words.title}</a>
      </p>
      {job === undefined && error === undefined && (
        <p class="soft">{connected ? app.loading : words.reconnecting}</p>
      )}
      {error && <Failure error={error} />}
      {job && <Job job={job} connected={connected} who={who} />}
    </section>
  )
}

function Job({ job, connected, who }: { job: JobView; connected: boolean; who: Who }) {
  const { jobs: words } = useMessages()
  const finished = isFinished(job)
  const { failure } = job
  const heading = useRef<HTMLHeadingElement>(null)
  return (
    <>
      <div class="row row-spread">
        <h1 ref={heading} tabIndex={-1}>
          {words.kindsOf[job.kind]} <bdi>{job.database}</bdi>
        </h1>
        <span role="status">
          <JobState job={job} />
        </span>
      </div>
      {!connected && !finished && <p class="card tone-warn">{words.reconnecting}</p>}
      {failure && !finished && (
        <NextTry
          job={job}
          who={who}
          isAtHand={!storageIsMissing(job)}
          onTried={() => heading.current?.focus()}
        />
      )}
      {failure && <Failure error={new ApiError(failure.code, 0, failure.message)} />}
      {administersAll(who) && failure?.code === 'payment_required' && <BuyCredit />}
      {administersAll(who) && failure?.code === 'login_required' && (
        <p>
          <a class="button button-main" href={placeLink('setup')}>
            {words.connectStorage}
          </a>
        </p>
      )}
      {job.kind === 'verify' && job.state === 'completed' && <p class="card tone-good">{words.passed}</p>}
      {job.kind === 'restore' && job.state === 'completed' && (
        <div class="card tone-good stack">
          <p>
            <strong>{words.restored(job.database)}</strong>
          </p>
          <p>
            <OpenDatabase database={job.database} />
          </p>
          {who.role === 'administer' && <NotBackedUp database={job.database} />}
        </div>
      )}
      {job.warnings.length > 0 && (
        <div class="card tone-warn stack-tight">
          <h2>{words.toKnow}</h2>
          <ul>
            {job.warnings.map(warning => (
              <li key={warning.message}>
                <WarningWords warning={warning} />
              </li>
            ))}
          </ul>
        </div>
      )}
      {job.neutralised && <Neutralised report={job.neutralised} />}
      {(job.phases.length > 0 || (job.progress && job.state === 'active')) && (
        <div class="card stack">
          {job.progress && job.state === 'active' && <ProgressBar progress={job.progress} />}
          <PhaseList job={job} />
        </div>
      )}
      <Facts job={job} />
      <JobLogCard job={job} />
      {who.role !== 'look' && <Actions job={job} who={who} />}
    </>
  )
}

/** The way to the storage comes before another try. */
function storageIsMissing({ failure }: JobView): boolean {
  return failure?.code === 'login_required' || failure?.code === 'payment_required'
}

function Facts({ job }: { job: JobView }) {
  const { jobs: words, backup: backupWords, language } = useMessages()
  const { startedAt, finishedAt } = job
  return (
    <dl class="facts card">
      <dt>{words.asked}</dt>
      <dd>{formatMoment(job.createdAt, language)}</dd>
      {startedAt !== undefined && (
        <>
          <dt>{words.started}</dt>
          <dd>
            {formatMoment(startedAt, language)}
            {job.attempt > 1 && `, ${words.attempt(job.attempt)}`}
          </dd>
        </>
      )}
      {startedAt !== undefined && finishedAt !== undefined && (
        <>
          <dt>{words.took}</dt>
          <dd>{formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}</dd>
        </>
      )}
      {job.backup !== undefined && (
        <>
          <dt>{backupWords.one}</dt>
          <dd>
            {job.kind === 'verify' || (job.state === 'completed' && job.kind !== 'delete') ? (
              <a href={placeLink('backups', job.backup)}>
                <ArchiveName name={job.backup} />
              </a>
            ) : (
              <ArchiveName name={job.backup} />
            )}
          </dd>
        </>
      )}
      {job.next !== undefined && (
        <>
          <dt>{words.next}</dt>
          <dd>
            <a href={placeLink('jobs', job.next)}>{words.kinds.rotate}</a>
          </dd>
        </>
      )}
    </dl>
  )
}

function Actions({ job, who }: { job: JobView; who: Who }) {
  const { jobs: words } = useMessages()
  const cancel = useAction(async () => {
    await cancelJob(job.id)
  })
  const again = useAction(async () => {
    const started =
      job.kind === 'verify' && job.backup !== undefined
        ? await verify(job.backup)
        : await startBackup(job.database)
    goTo('jobs', started.id)
  })
  const cameToNothing = job.state === 'failed' || job.state === 'cancelled'
  const mayTryAgain =
    cameToNothing && (job.kind === 'backup' || (job.kind === 'verify' && job.backup !== undefined))
  return (
    <>
      <div class="row">
        {!isFinished(job) && (
          <button
            type="button"
            class="button button-danger"
            aria-disabled={cancel.busy}
            onClick={() => cancel.run()}
          >
            {cancel.busy ? words.cancelling : words.cancel}
          </button>
        )}
        {mayTryAgain && (
          <button
            type="button"
            class={`button ${storageIsMissing(job) ? '' : 'button-main'}`}
            aria-disabled={again.busy}
            onClick={() => again.run()}
          >
            {words.again}
          </button>
        )}
        {cameToNothing && job.kind === 'restore' && job.backup !== undefined && administersAll(who) && (
          <a
            class={`button ${storageIsMissing(job) ? '' : 'button-main'}`}
            href={placeLink('restore', job.backup)}
          >
            {words.restoreAgain}
          </a>
        )}
      </div>
      {cancel.error && <Failure error={cancel.error} />}
      {again.error && <Failure error={again.error} />}
    </>
  )
}
