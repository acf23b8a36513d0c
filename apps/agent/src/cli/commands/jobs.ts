import type { JobId } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import type { Agent } from '../../operations.ts'
import { formatTime } from '../../wording/amounts.ts'
import { isOver, jobTitle, progressLine } from '../../wording/job.ts'
import { count, jobId } from '../arguments.ts'
import { followJob, outcomeLine } from '../follow-job.ts'
import { type Invocation, invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'

export function addJobs(program: Command, world: World): void {
  program
    .command('jobs')
    .summary('show what runs, waits and has run')
    .description('Shows jobs, newest first: those that wait and run, and the last that ended.')
    .argument('[job]', 'follow this one to its end; with no agent running it is worked off here')
    .option('--log', 'show what this job says of itself instead')
    .option('--limit <number>', 'at most this many', count, 20)
    .action(async (id: string | undefined, options: { limit: number; log?: true }, command: Command) => {
      const invocation = invocationOf(command, world)
      if (id !== undefined && options.log !== true) return follow(invocation, jobId(id))
      await invocation.withAgent('never', async agent => {
        if (id !== undefined) return showLog(invocation, agent, jobId(id))
        const jobs = (await agent.jobs()).slice(0, options.limit)
        invocation.tell(jobs)
        const rows = jobs.map(job => [
          job.id,
          formatTime(job.createdAt),
          jobTitle(job),
          job.state,
          isOver(job) ? (job.failure?.message ?? job.backup ?? '') : progressLine(job),
        ])
        invocation.say(
          rows.length === 0 ? 'There are no jobs.' : formatTable(['JOB', 'ADDED', 'WHAT', 'STATE', ''], rows),
        )
      })
    })
  program
    .command('retry')
    .summary('try a job again at once')
    .description(
      'Tries a job again at once whose last try failed, instead of at the end of its pause, and follows it; that counts as one of its six tries. With no agent running it is worked off here.',
    )
    .argument('<job>', 'its id, as "odoo-backup jobs" shows it')
    .action(async (id: string, _options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      const job = jobId(id)
      await invocation.withAgent('never', agent => agent.tryAgain(job))
      await follow(invocation, job)
    })
  program
    .command('cancel')
    .summary('cancel a job')
    .description(
      'Cancels a job that waits or runs. What a backup or restore had begun is removed; what a rotation had deleted by then is gone.',
    )
    .argument('<job>', 'its id, as "odoo-backup jobs" shows it')
    .action(async (id: string, _options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const job = jobId(id)
        await agent.cancel(job)
        invocation.tell(await agent.job(job))
        invocation.say(`Job ${id} was told to stop.`)
      })
    })
}

/** One that has not ended is worked off here where no service lives: it would be followed for ever. */
async function follow(invocation: Invocation, id: JobId): Promise<void> {
  const ended = await invocation.withAgent('never', async agent => isOver(await agent.job(id)))
  await invocation.withAgent(ended ? 'never' : 'if-none-lives', async agent =>
    invocation.say(outcomeLine(await followJob(invocation, agent, id))),
  )
}

async function showLog(invocation: Invocation, agent: Agent, id: JobId): Promise<void> {
  const log = await agent.jobLog(id)
  invocation.tell(log)
  if (log.full) invocation.say('(Older lines may have gone.)')
  for (const { at, text } of log.lines) invocation.say(plainText(`${formatTime(at)}  ${text}`))
}
