import type { JobId, JobView } from '@odoo-backup/protocol'
import { AgentError, agentErrorCode } from '../errors.ts'
import type { Agent } from '../operations.ts'
import { formatBytes, formatSeconds } from '../wording/amounts.ts'
import { afterCancelling, isOver, jobTitle } from '../wording/job.ts'
import { ExitStatus } from './exit-status.ts'
import type { Invocation } from './invocation.ts'
import { plainText } from './plain-text.ts'
import { createProgressShow } from './progress-bar.ts'

/**
 * Shows a job until it ends. A failed job throws its own error, so that the exit status says what it was. With
 * `--json` every state is one line, the last one final. Ctrl-C cancels a job that is worked off here and waits for it to
 * clean up; one that the service works off goes on, and it is told how to cancel it.
 */
export async function followJob(invocation: Invocation, agent: Agent, id: JobId): Promise<JobView> {
  const { world, json, quiet } = invocation
  const progress = json || quiet ? undefined : createProgressShow(world.stderr)
  const stop = new AbortController()
  const interrupted = async () => {
    progress?.end()
    // A queue that does not answer could not be told to cancel it either.
    if (await invocation.isLeftToOthers(id).catch(() => true)) return stop.abort()
    if (!json) world.stderr.write('Cancelling: what was begun is being removed …\n')
    agent.cancel(id).catch(() => undefined)
  }
  if (world.signal.aborted) await interrupted()
  else world.signal.addEventListener('abort', interrupted, { once: true })
  let last: JobView | undefined
  try {
    for await (const job of agent.follow(id, stop.signal)) {
      last = job
      invocation.tell(job)
      if (!isOver(job)) progress?.show(job)
    }
  } finally {
    progress?.end()
    world.signal.removeEventListener('abort', interrupted)
  }
  if (stop.signal.aborted && (last === undefined || !isOver(last))) return leaveRunning(invocation, id)
  if (last === undefined || !isOver(last)) last = await agent.job(id)
  // With --json the final state holds them.
  if (!json) for (const { message } of last.warnings) world.stderr.write(plainText(`Warning: ${message}\n`))
  if (last.state === 'failed')
    throw new AgentError(
      agentErrorCode(last.failure?.code ?? 'internal'),
      last.failure?.message ?? 'The job failed.',
    )
  if (last.state === 'cancelled')
    throw new AgentError('cancelled', `${jobTitle(last)} was cancelled. ${afterCancelling(last)}`)
  return last
}

/** As a shell shows the end of a program that Ctrl-C ended. */
const INTERRUPTED = 130

function leaveRunning({ world, json }: Invocation, id: JobId): never {
  const message = `Job ${id} goes on without you: see it with "odoo-backup jobs ${id}", cancel it with "odoo-backup cancel ${id}".`
  world.stderr.write(json ? `${JSON.stringify({ warning: message })}\n` : `${message}\n`)
  throw new ExitStatus(INTERRUPTED)
}

/** What a finished job did, in one line. */
export function outcomeLine(job: JobView): string {
  if (job.state === 'skipped') return plainText(`${jobTitle(job)} was skipped.`)
  const seconds =
    job.startedAt === undefined || job.finishedAt === undefined
      ? undefined
      : (Date.parse(job.finishedAt) - Date.parse(job.startedAt)) / 1000
  const size = job.progress?.totalBytes ?? job.progress?.doneBytes
  const facts = [
    ...(job.backup === undefined ? [] : [job.backup]),
    ...(size === undefined || size === 0 ? [] : [formatBytes(size)]),
    ...(seconds === undefined ? [] : [formatSeconds(seconds)]),
  ]
  // Of a trial restore it matters how it went; one that did not pass has failed.
  const end = job.kind === 'verify' ? 'passed' : 'is done'
  return plainText(`${jobTitle(job)} ${end}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}.`)
}
