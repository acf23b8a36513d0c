import type { BackupView } from '@odoo-backup/protocol'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { AgentError } from '../../errors.ts'
import type { Inventory } from '../../operations.ts'
import { BackupSelection, selectBackups } from '../../overview/select-backups.ts'
import { someInventory } from '../../overview/some-inventory.ts'
import { formatBytes, formatTime } from '../../wording/amounts.ts'
import { count } from '../arguments.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'

interface ListOptions {
  readonly all?: boolean
  readonly limit?: number
  readonly search?: string
  readonly from?: string
  readonly to?: string
  readonly encrypted?: boolean
  readonly pinned?: boolean
  readonly verified?: boolean
  readonly sort?: string
  readonly order?: string
}

export function addList(program: Command, world: World): void {
  program
    .command('list')
    .summary('list stored backups')
    .description('Lists complete backups, newest first.')
    .argument('[database]', 'only those of this database')
    .option('--all', 'archives without .info too, which may be halves')
    .option('--search <text>', 'only those whose name holds this')
    .option(
      '--from <time>',
      'only those made then or later, such as 2026-01-31 or 2026-01-31T04:00:00Z',
      moment,
    )
    .option('--to <time>', 'only those made then or earlier', moment)
    .option('--encrypted', 'only encrypted ones')
    .option('--pinned', 'only pinned ones')
    .option('--verified', 'only those that passed a drill')
    .addOption(
      new Option('--sort <by>', 'in this order').choices(BackupSelection.shape.sort.unwrap().options),
    )
    .addOption(
      new Option('--order <order>', 'up or down').choices(BackupSelection.shape.order.unwrap().options),
    )
    .option('--limit <number>', 'at most this many', count)
    .action(async (database: string | undefined, options: ListOptions, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const inventory = await someInventory(agent)
        const lone = options.all === true ? inventory.loneArchives : []
        const wanted = selectBackups([...inventory.backups, ...lone], selectionOf(database, options))
        const backups = await agent.withMissingFiles(wanted.slice(0, options.limit))
        invocation.tell(backups)
        const rows = backups.map(backup => [
          backup.name,
          formatTime(backup.takenAt),
          formatBytes(backup.sizeBytes),
          marks(backup),
        ])
        invocation.say(
          rows.length === 0
            ? plainText(noneOf(database, options))
            : formatTable(['BACKUP', 'MADE', 'SIZE', ''], rows),
        )
        requireWhole(inventory)
      })
    })
}

/** What is known was told; the exit status says that it is not all. */
export function requireWhole({ unreachable }: Inventory): void {
  const [first] = unreachable
  if (first === undefined) return
  const places = unreachable.map(({ place, error }) => `${place} (${error.message})`).join('; ')
  throw new AgentError(first.error.code, `This is not all: there was no answer from ${places}`)
}

/** A day begins at midnight UTC. */
function moment(text: string): string {
  const time = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time))
    throw new InvalidArgumentError('It must be a day or a time, such as 2026-01-31 or 2026-01-31T04:00:00Z.')
  return new Date(time).toISOString()
}

const NARROWING = ['search', 'from', 'to', 'encrypted', 'pinned', 'verified'] as const

function noneOf(database: string | undefined, options: ListOptions): string {
  const which = NARROWING.some(name => options[name] !== undefined) ? 'such ' : ''
  return `There are no ${which}backups${database === undefined ? '' : ` of ${database}`}.`
}

function selectionOf(database: string | undefined, options: ListOptions): BackupSelection {
  const { all: _all, limit: _limit, encrypted, pinned, verified, ...rest } = options
  const flags = { encrypted, pinned, verified }
  const given = Object.entries(flags).flatMap(([name, set]) => (set === true ? [[name, 'true']] : []))
  return BackupSelection.parse({ ...rest, ...Object.fromEntries(given), ...(database && { database }) })
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
