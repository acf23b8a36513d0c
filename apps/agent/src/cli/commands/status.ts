import type { DatabaseOverview, JobView, Notice, Overview, Verdict, Worry } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import type { NoticeBoard } from '../../http/api/context.ts'
import type { Agent, ConnectionState } from '../../operations.ts'
import { overviewOf } from '../../overview/overview.ts'
import { formatBytes, formatTime } from '../../wording/amounts.ts'
import { isOver, jobTitle, progressLine } from '../../wording/job.ts'
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
      'Answers "am I safe?": whether storage is reached, how each database stands, what the agent gave notice of, and what runs now. Backups that another server of the account made count for nothing here.',
    )
    .action(async (_options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async (agent, notices) => {
        const status = await collect(agent, notices, new Date(world.clock()))
        invocation.tell(status)
        invocation.say(`${VERDICTS[status.verdict.word]}\n${connectionLine(status.connection)}\n`)
        if (status.databases.length > 0)
          invocation.say(
            formatTable(
              ['DATABASE', 'LAST BACKUP', 'SIZE', 'BACKUPS', ''],
              status.databases.map(database => [
                database.database,
                database.lastBackup === undefined ? 'never' : formatTime(database.lastBackup.takenAt),
                database.lastBackup === undefined ? '' : formatBytes(database.lastBackup.sizeBytes),
                database.backups,
                remarkOn(database),
              ]),
            ),
          )
        for (const notice of status.notices) invocation.say(plainText(`\n${noticeLine(notice)}`))
        for (const job of status.running)
          invocation.say(plainText(`\n${job.id}  ${jobTitle(job)}: ${progressLine(job)}`))
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
  const [backups, settings, jobs, existing] = await Promise.all([
    connection.state === 'connected' ? agent.backups() : [],
    agent.databaseSettings(),
    agent.jobs().catch(() => undefined),
    agent.databases().catch(() => undefined),
  ])
  const overview = overviewOf({
    backups,
    settings,
    jobs,
    existing: existing && new Set(existing.map(({ name }) => name)),
    watchedSince: database => board.watchedSince(database),
    now,
  })
  return { ...overview, connection, notices, running: (jobs ?? []).filter(job => !isOver(job)) }
}

const VERDICTS: Readonly<Record<Verdict['word'], string>> = {
  safe: 'Safe: every database that is to be backed up has a backup as recent as its schedule wants.',
  attention: 'Something needs attention.',
  unsafe: 'NOT SAFE: see below.',
  nothing: 'Nothing is backed up yet, and nothing is scheduled.',
  all_gone: 'NOT SAFE: none of the databases that have backups is on this server.',
}

const WORRIES: Readonly<Record<Worry, string>> = {
  never: 'NO BACKUP',
  damaged: 'DOES NOT RESTORE',
  overdue: 'OVERDUE',
  stale: 'OLD, and not scheduled',
  gone: 'scheduled, but not on this server',
  hung: 'a backup hangs',
  failed: 'the last try failed',
  unscheduled: 'not scheduled',
  awaited: 'the first one is awaited',
}

function remarkOn({ worry, lastBackup, exists }: DatabaseOverview): string {
  return [
    ...(worry === undefined ? [] : [WORRIES[worry]]),
    ...(lastBackup?.foreign === true && !exists ? ['of another server'] : []),
  ].join(', ')
}

function connectionLine(connection: ConnectionState): string {
  if (connection.state === 'login_required') return 'Not connected: run odoo-backup login.'
  if (connection.state === 'payment_required') return plainText(connection.message)
  const account = connection.account === undefined ? '' : `, account ${connection.account}`
  return plainText(`Connected: folder ${connection.folder}${account}.`)
}
