import type { DatabaseOverview, JobView, Notice, Overview, Tone } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import type { NoticeBoard } from '../../http/api/context.ts'
import type { Agent, ConnectionState } from '../../operations.ts'
import { overviewOf } from '../../overview/overview.ts'
import { someInventory, unreachablePlaces } from '../../overview/some-inventory.ts'
import { formatBytes, formatTime } from '../../wording/amounts.ts'
import { isOver, jobTitle, progressLine } from '../../wording/job.ts'
import { verdictLines } from '../../wording/verdict.ts'
import { ExitStatus } from '../exit-status.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'
import { noticeLine } from './notices.ts'

export function addStatus(program: Command, world: World): void {
  program
    .command('status')
    .summary('am I safe? the last backups, what is overdue, what failed, what runs now')
    .description(
      'Answers "am I safe?": whether storage is reached, how each database stands, what the agent gave notice of, and what runs now. Backups that another server of the account made count for nothing here. Exit status 0 means safe, 1 that something needs attention or is not known, 2 that you are not safe.',
    )
    .action(async (_options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async (agent, notices) => {
        const status = await collect(agent, notices, new Date(world.clock()))
        invocation.tell(status)
        for (const line of verdictLines(status)) invocation.say(plainText(line))
        invocation.say(`\n${connectionLine(status.connection)}`)
        if (status.databases.length > 0)
          invocation.say(
            `\n${formatTable(
              ['DATABASE', 'LAST BACKUP', 'SIZE', 'BACKUPS', ''],
              status.databases.map(database => [
                database.database,
                database.lastBackup === undefined ? 'never' : formatTime(database.lastBackup.takenAt),
                database.lastBackup === undefined ? '' : formatBytes(database.lastBackup.sizeBytes),
                database.backups,
                remarkOn(database),
              ]),
            )}`,
          )
        for (const notice of status.notices) invocation.say(plainText(`\n${noticeLine(notice)}`))
        for (const job of status.running)
          invocation.say(plainText(`\n${job.id}  ${jobTitle(job)}: ${progressLine(job)}`))
        const exit = EXIT[status.verdict.tone]
        if (exit !== 0) throw new ExitStatus(exit)
      })
    })
}

interface Status extends Overview {
  readonly connection: ConnectionState
  readonly running: readonly JobView[]
  /** Those that stand. */
  readonly notices: readonly Notice[]
}

/** What cannot be asked is unknown to the verdict, and never good; storage that does not answer is an error. */
async function collect(agent: Agent, board: NoticeBoard, now: Date): Promise<Status> {
  const connection = await agent.connect()
  const notices = (await board.list()).filter(notice => notice.clearedAt === undefined)
  const [inventory, settings, jobs, existing] = await Promise.all([
    connection.state === 'connected' ? someInventory(agent) : agent.inventory(),
    agent.databaseSettings(),
    agent.jobs().catch(() => undefined),
    agent.databases().catch(() => undefined),
  ])
  const overview = overviewOf({
    backups: inventory.backups,
    unreachable: unreachablePlaces(inventory),
    settings,
    jobs,
    existing: existing && new Set(existing.map(({ name }) => name)),
    watchedSince: database => board.watchedSince(database),
    now,
  })
  return { ...overview, connection, notices, running: (jobs ?? []).filter(job => !isOver(job)) }
}

/** What a program that asks may go by: the tone of the verdict. */
const EXIT: Readonly<Record<Tone, 0 | 1 | 2>> = { good: 0, warn: 1, bad: 2 }

function remarkOn({ included, lastBackup, lastVerifiedAt, nextRunAt, exists }: DatabaseOverview): string {
  return [
    ...(included ? [] : ['left out']),
    ...(lastVerifiedAt === undefined ? [] : [`verified ${formatTime(lastVerifiedAt)}`]),
    ...(nextRunAt === undefined ? [] : [`next ${formatTime(nextRunAt)}`]),
    ...(lastBackup?.foreign === true && !exists ? ['of another server'] : []),
  ].join(', ')
}

function connectionLine(connection: ConnectionState): string {
  if (connection.state === 'login_required') return 'Not connected: run odoo-backup login.'
  if (connection.state === 'payment_required') return plainText(connection.message)
  const account = connection.account === undefined ? '' : `, account ${connection.account}`
  const { refusal } = connection
  const hindrance = refusal === undefined ? '' : ` ${refusal.message}`
  const place = connection.place ?? `folder ${connection.folder}`
  return plainText(`Connected: ${place}${account}.${hindrance}`)
}
