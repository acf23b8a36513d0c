import { RetentionChange } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import { AgentError } from '../../errors.ts'
import { formatBytes } from '../../wording/amounts.ts'
import { nest, readChange } from '../assignments.ts'
import { confirm } from '../confirmation.ts'
import { followJob, outcomeLine } from '../follow-job.ts'
import { invocationOf } from '../invocation.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'

interface RotateOptions {
  readonly dryRun?: boolean
  readonly limits?: string[]
  readonly yes?: boolean
}

export function addRotate(program: Command, world: World): void {
  program
    .command('rotate')
    .summary('delete the backups that the retention settings let go')
    .description(
      'Deletes backups of a database by its retention settings; only complete backups of this server, never pinned ones, and never the last that passed a drill while a later one failed. With --dry-run it tells what would stay, what would go, and why, and touches nothing.',
    )
    .argument('<database>', 'name of the database')
    .option('-n, --dry-run', 'only tell')
    .option('--limits <frame=number...>', 'with --dry-run: by these instead of the settings, such as daily=7')
    .option('--yes', 'do not ask')
    .action(async (database: string, options: RotateOptions, command: Command) => {
      const invocation = invocationOf(command, world)
      const { limits } = options
      if (limits !== undefined && options.dryRun !== true)
        throw new AgentError('invalid_request', 'Limits that are not saved rotate nothing: add --dry-run.')
      const proposed = limits === undefined ? undefined : readChange(RetentionChange, nest(limits))
      await invocation.withAgent(options.dryRun === true ? 'never' : 'if-none-lives', async agent => {
        const plan = await agent.rotationPlan(database, proposed)
        if (options.dryRun === true || plan.rotated.length === 0) invocation.tell(plan)
        const rows = [
          ...plan.kept.map(({ backup, reasons }) => ['keep', backup, reasons.join(', ')] as const),
          ...plan.rotated.map(({ backup, reason }) => ['delete', backup, reason] as const),
        ].sort((a, b) => (a[1].takenAt < b[1].takenAt ? 1 : -1))
        invocation.say(
          rows.length === 0
            ? 'There are no backups to rotate.'
            : formatTable(
                ['', 'BACKUP', 'SIZE', 'WHY'],
                rows.map(([verdict, backup, why]) => [
                  verdict,
                  backup.name,
                  formatBytes(backup.sizeBytes),
                  why,
                ]),
              ),
        )
        if (options.dryRun === true || plan.rotated.length === 0) return
        const count = plan.rotated.length
        await confirm(
          invocation,
          options.yes,
          `Delete ${count} ${count === 1 ? 'backup' : 'backups'} for good?`,
        )
        invocation.say(outcomeLine(await followJob(invocation, agent, await agent.startRotate(database))))
      })
    })
}

export function addAdopt(program: Command, world: World): void {
  program
    .command('adopt')
    .summary('take backups that no instance claims, or a former server made, under rotation')
    .description(
      'Takes backups of a database that carry no instance, such as those of the former Odoo module, for backups of this server, so that its retention settings count for them. So it does with the backups that this configuration made on another server, whose place this one took. Backups of other servers are never touched.',
    )
    .argument('<database>', 'name of the database')
    .action(async (database: string, _options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const adopted = await agent.adoptBackups(database)
        invocation.tell({ database, adopted })
        invocation.say(`${adopted} ${adopted === 1 ? 'backup was' : 'backups were'} adopted.`)
      })
    })
}
