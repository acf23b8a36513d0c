import { useAction } from '../api/action.ts'
import { cancelJob } from '../api/calls.ts'
import { ApiError } from '../api/client.ts'
import { isFinished, useJob } from '../api/job-events.ts'
import { formatDuration, formatMoment } from '../format.ts'
import { useMessages } from '../messages/index.ts'
import { Failure, LongText } from '../parts/failure.tsx'
import { Neutralised } from '../parts/neutralised.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { placeLink } from '../router.ts'
import { JobState } from './jobs.tsx'

/** One job, live until it ends. */
export function JobPage({ id }: { id: string }) {
  const { jobs: words, backups, language, app } = useMessages()
  const { job, connected } = useJob(id)
  const cancel = useAction(async () => {
    await cancelJob(id)
  })
  if (job === undefined) return <p class="soft">{connected ? app.loading : words.reconnecting}</p>
  const { failure, startedAt, finishedAt } = job
  const tookSeconds =
    startedAt === undefined
      ? undefined
      : (new Date(finishedAt ?? Date.now()).getTime() - new Date(startedAt).getTime()) / 1000
  return (
    <section class="stack">
      <p>
        <a href={placeLink('jobs')}>{words.title}</a>
      </p>
      <div class="row row-spread">
        <h1>
          {words.kinds[job.kind]} <bdi>{job.database}</bdi>
        </h1>
        <span role="status">
          <JobState job={job} />
        </span>
      </div>
      {!connected && !isFinished(job) && <p class="card tone-warn">{words.reconnecting}</p>}
      {job.progress && !isFinished(job) && (
        <div class="card">
          <ProgressBar progress={job.progress} />
        </div>
      )}
      {failure && <Failure error={new ApiError(failure.code, 0, failure.message)} />}
      {job.warnings.map(warning => (
        <div key={warning} class="card tone-warn">
          <LongText text={warning} />
        </div>
      ))}
      {job.neutralised && <Neutralised report={job.neutralised} />}
      <dl class="facts card">
        {startedAt !== undefined && (
          <>
            <dt>{words.started}</dt>
            <dd>{formatMoment(startedAt, language)}</dd>
          </>
        )}
        {tookSeconds !== undefined && finishedAt !== undefined && (
          <>
            <dt>{words.took}</dt>
            <dd>{formatDuration(tookSeconds)}</dd>
          </>
        )}
        {job.backup !== undefined && (
          <>
            <dt>{backups.title}</dt>
            <dd>
              {job.state === 'completed' && job.kind !== 'delete' ? (
                <a href={placeLink('backups', job.backup)}>{job.backup}</a>
              ) : (
                job.backup
              )}
            </dd>
          </>
        )}
      </dl>
      {!isFinished(job) && (
        <div>
          <button
            type="button"
            class="button button-danger"
            disabled={cancel.busy}
            onClick={() => cancel.run()}
          >
            {cancel.busy ? words.cancelling : words.cancel}
          </button>
        </div>
      )}
      {cancel.error && <Failure error={cancel.error} />}
    </section>
  )
}
