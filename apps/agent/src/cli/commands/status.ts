import type { BackupView, JobView } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import type { Agent, ConnectionState } from '../../operations.ts'
import { formatBytes, formatTime } from '../../wording/amounts.ts'
import { isOver, jobTitle, progressLine } from '../../wording/job.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'

export function addStatus(program: Command, world: World): void {
  program
    .command('status')
    .summary('show the connection, the last backups and what runs now')
    .description(
      'Answers "am I safe?": whether storage is reached, the last backup of each database, and what runs now.',
    )
    .action(async (_options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const status = await collect(agent)
        invocation.tell(status)
        invocation.say(`${connectionLine(status.connection)}\n`)
        if (status.databases.length > 0)
          invocation.say(
            formatTable(
              ['DATABASE', 'LAST BACKUP', 'SIZE', 'BACKUPS'],
              status.databases.map(({ name, last, backups }) => [
                name,
                last === undefined ? 'never' : formatTime(last.takenAt),
                last === undefined ? '' : formatBytes(last.sizeBytes),
                backups,
              ]),
            ),
          )
        for (const job of status.running)
          invocation.say(plainText(`\n${job.id}  ${jobTitle(job)}: ${progressLine(job)}`))
      })
    })
}

interface Status {
  readonly connection: ConnectionState
  readonly databases: readonly { name: string; last?: BackupView; backups: number }[]
  readonly running: readonly JobView[]
}

async function collect(agent: Agent): Promise<Status> {
  const connection = await agent.connect()
  const databases = await agent.databases()
  const backups = connection.state === 'connected' ? await agent.backups() : []
  const running = (await agent.jobs()).filter(job => !isOver(job))
  const names = new Set([
    ...databases.map(database => database.name),
    ...backups.map(backup => backup.database),
  ])
  return {
    connection,
    running,
    databases: [...names].sort().map(name => {
      const own = backups.filter(backup => backup.database === name)
      return { name, backups: own.length, ...(own[0] === undefined ? {} : { last: own[0] }) }
    }),
  }
}

function connectionLine(connection: ConnectionState): string {
  if (connection.state === 'login_required') return 'Not connected: run odoo-backup login.'
  if (connection.state === 'payment_required') return plainText(connection.message)
  const account = connection.account === undefined ? '' : `, account ${connection.account}`
  return plainText(`Connected: folder ${connection.folder}${account}.`)
}
