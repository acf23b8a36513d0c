import type { BackupView } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import { formatBytes, formatTime } from '../../wording/amounts.ts'
import { count } from '../arguments.ts'
import { invocationOf } from '../invocation.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'

export function addList(program: Command, world: World): void {
  program
    .command('list')
    .summary('list stored backups')
    .description('Lists complete backups, newest first.')
    .argument('[database]', 'only those of this database')
    .option('--all', 'archives without .info too, which may be halves')
    .option('--limit <number>', 'at most this many', count)
    .action(
      async (database: string | undefined, options: { all?: boolean; limit?: number }, command: Command) => {
        const invocation = invocationOf(command, world)
        await invocation.withAgent('never', async agent => {
          const pairs = await agent.backups(database === undefined ? {} : { database })
          const lone = options.all === true ? await agent.loneArchives() : []
          const all = [
            ...pairs,
            ...lone.filter(backup => database === undefined || backup.database === database),
          ]
          const shown = options.limit === undefined ? all : all.slice(0, options.limit)
          const backups = await agent.withMissingFiles(shown)
          invocation.tell(backups)
          const rows = backups.map(backup => [
            backup.name,
            formatTime(backup.takenAt),
            formatBytes(backup.sizeBytes),
            marks(backup),
          ])
          invocation.say(
            rows.length === 0 ? 'There are no backups.' : formatTable(['BACKUP', 'MADE', 'SIZE', ''], rows),
          )
        })
      },
    )
}

function marks(backup: BackupView): string {
  const marks = [
    ...(backup.encrypted ? ['encrypted'] : []),
    ...(backup.pinned === true ? ['pinned'] : []),
    ...(backup.verification === undefined
      ? []
      : [backup.verification.passed ? 'verified' : 'VERIFICATION FAILED']),
    ...(backup.lone === true ? ['no .info'] : []),
    ...(backup.foreign === true ? ['of another server'] : []),
    ...(backup.missingFiles ? [`${backup.missingFiles} FILES MISSING`] : []),
  ]
  return marks.join(', ')
}
