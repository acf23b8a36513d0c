import type { DatabaseName, JobView } from '@odoo-backup/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useAction } from '../../api/action.ts'
import { jobs as listJobs, startBackup, verify } from '../../api/calls.ts'
import { ApiError } from '../../api/client.ts'
import { isFinished, useLiveJobs } from '../../api/job-events.ts'
import { formatDuration } from '../../format.ts'
import { useMessages } from '../../messages/index.ts'
import { Failure, FailureWords } from '../../parts/failure.tsx'
import { JobState } from '../../parts/job-state.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import { placeLink } from '../../router.ts'
import { beginningOnce, type SuchJobs } from './begin-once.ts'
import { hasFailed, passedSeconds, standingOf } from './first-standing.ts'
import { useMissedEnds } from './missed-ends.ts'

type Started = ReadonlyMap<DatabaseName, { readonly backup: JobView; readonly drill?: JobView }>

/** Nobody gives up these questions. */
const untilAnswered = () => new AbortController().signal

const backupsOf = (database: DatabaseName): SuchJobs => ({
  start: () => startBackup(database),
  list: async () => (await listJobs({ kind: 'backup', database }, untilAnswered())).items,
})

const drillsOf = (database: DatabaseName, archive: string): SuchJobs => ({
  start: () => verify(archive),
  list: async () => {
    const drills = await listJobs({ kind: 'verify', database }, untilAnswered())
    return drills.items.filter(({ backup }) => backup === archive)
  },
})

/** Makes the first backup of each chosen database, restores each into a hidden place to try it, and shows it happen. */
export function FirstBackup(props: { databases: readonly DatabaseName[]; onVerified: () => void }) {
  const { databases, onVerified } = props
  const { setup: words, dashboard, jobs: jobWords, app } = useMessages()
  const [started, setStarted] = useState<Started>(new Map())
  const { jobs, connected, round } = useLiveJobs()
  const begun = [...started.values()].flatMap(({ backup, drill }) => [backup, drill ?? []].flat())
  const ended = useMissedEnds(
    begun.map(job => jobs.get(job.id) ?? job),
    round,
  )
  const latest = (job: JobView) => ended.get(job.id) ?? jobs.get(job.id) ?? job
  const pairs = [...started].map(([database, { backup, drill }]) => ({
    database,
    backup: latest(backup),
    drill: drill === undefined ? undefined : latest(drill),
  }))

  const [begin] = useState(beginningOnce)
  const start = useAction(async () => {
    for (const database of databases) {
      if (started.has(database)) continue
      const backup = await begin(database, backupsOf(database))
      setStarted(before => new Map(before).set(database, { backup }))
    }
  })
  const asked = useRef(new Set<string>())
  const [notTried, setNotTried] = useState<ReadonlyMap<string, ApiError>>(new Map())
  const tryOut = async (database: DatabaseName, backup: JobView) => {
    try {
      const archive = backup.backup ?? ''
      const drill = await begin(archive, drillsOf(database, archive))
      setStarted(before => new Map(before).set(database, { backup, drill }))
    } catch (error) {
      const why = error instanceof ApiError ? error : new ApiError('unknown', 0, String(error))
      setNotTried(before => new Map(before).set(backup.id, why))
    }
  }
  useEffect(() => {
    for (const { database, backup, drill } of pairs) {
      const due = backup.state === 'completed' && backup.backup !== undefined && drill === undefined
      if (!due || asked.current.has(backup.id)) continue
      asked.current.add(backup.id)
      void tryOut(database, backup)
    }
  })

  const again = useAction(async () => {
    for (const { database, backup, drill } of pairs)
      if (hasFailed(backup)) {
        const next = await begin(database, backupsOf(database))
        setStarted(before => new Map(before).set(database, { backup: next }))
      } else if (drill !== undefined && hasFailed(drill)) await tryOut(database, backup)
  })
  const tryOutAgain = () => {
    for (const id of notTried.keys()) asked.current.delete(id)
    setNotTried(new Map())
  }
  const [drillError] = notTried.values()
  const isMoving = pairs.some(({ backup, drill }) => !isFinished(drill ?? backup))
  const standing = standingOf(databases.length, pairs)
  useEffect(() => {
    if (standing === 'verified') onVerified()
  }, [standing])
  return (
    <div class="stack">
      {started.size < databases.length && (
        <div class="card stack">
          <p>{words.ready}</p>
          <div>
            <button
              type="button"
              class="button button-main"
              aria-disabled={start.busy}
              onClick={() => start.run()}
            >
              {dashboard.backUpNow}
            </button>
          </div>
        </div>
      )}
      {start.error && <Failure error={start.error} />}
      {again.error && <Failure error={again.error} />}
      {drillError && <Failure error={drillError} onRetry={tryOutAgain} />}
      {!connected && <p role="status">{jobWords.reconnecting}</p>}
      <div role="status">
        {standing === 'verified' && (
          <div class="verdict tone-good">
            <div class="stack-tight">
              <strong>{words.verified(databases.length)}</strong>
              <span>{words.tookInAll(formatDuration(passedSeconds(pairs)))}</span>
              <a href={placeLink('settings')}>{words.tellWhom}</a>
            </div>
          </div>
        )}
        {standing === 'failed' && (
          <div class="verdict tone-bad">
            <div class="stack-tight">
              <strong>{words.firstFailed}</strong>
              <span>{words.firstFailedHelp}</span>
              <span>
                <button
                  type="button"
                  class="button button-main"
                  aria-disabled={again.busy}
                  onClick={() => again.run()}
                >
                  {app.retry}
                </button>
              </span>
            </div>
          </div>
        )}
        {standing === 'running' && (isMoving || drillError === undefined) && <p>{words.running}</p>}
      </div>
      {pairs.map(({ database, backup, drill }) => (
        <div key={database} class="card stack-tight">
          <h3>
            <bdi>{database}</bdi>
          </h3>
          <Watched job={backup} />
          {drill && <Watched job={drill} />}
        </div>
      ))}
      <p>
        <a class={`button ${standing === 'verified' ? 'button-main' : ''}`} href={placeLink('dashboard')}>
          {app.toOverview}
        </a>
      </p>
    </div>
  )
}

function Watched({ job }: { job: JobView }) {
  const { jobs: words } = useMessages()
  return (
    <div class="stack-tight">
      <div class="row row-spread">
        <a href={placeLink('jobs', job.id)}>{words.kinds[job.kind]}</a>
        <JobState job={job} />
      </div>
      {job.progress && job.state === 'active' && <ProgressBar progress={job.progress} />}
      {job.failure && <FailureWords failure={job.failure} />}
    </div>
  )
}
