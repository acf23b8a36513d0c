import { resolve } from 'node:path'
import { RestorePlanRequest, RestoreRequest } from '@odoo-backup/protocol'
import { type Command, Option } from 'commander'
import type { z } from 'zod'
import { AgentError } from '../../errors.ts'
import { neutralisedLines } from '../../wording/neutralised.ts'
import { confirm } from '../confirmation.ts'
import { PASSWORD_FILE_OPTION, type PasswordOptions, withPassword } from '../encryption-password.ts'
import { followJob, outcomeLine } from '../follow-job.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import type { World } from '../world.ts'
import { checkRestore } from './restore-check.ts'

interface RestoreOptions extends PasswordOptions {
  readonly as?: string
  readonly check?: boolean
  readonly file?: string
  readonly moved?: boolean
  readonly copy?: boolean
  readonly neutralise?: boolean
  readonly replace?: boolean
  readonly only?: string
  readonly trustCode?: boolean
  readonly keepSchedules?: boolean
  readonly yes?: boolean
}

export function addRestore(program: Command, world: World): void {
  program
    .command('restore')
    .summary('restore a backup into a database')
    .description(
      'Restores a stored backup, or a file, into a database. Nothing becomes visible before everything was loaded and checked; when anything fails, nothing stays. Your own add-ons and odoo.conf are not part of a backup.',
    )
    .argument('[backup]', 'name of a stored backup, as "odoo-backup list" shows it')
    .option('--as <database>', 'name of the database to make')
    .option(
      '--check',
      'only tell what would be made and what speaks against it: archive, password, name, disk, versions, modules',
    )
    .option('--file <path>', 'restore this archive instead of a stored backup')
    .option(
      '--moved',
      'the original is gone: keep its identity (the default where Odoo has no database here, or this server made the backup and its database is gone)',
    )
    .option('--copy', 'give it an identity of its own (the default in all other cases)')
    .option('--neutralise', 'send no mail, run no scheduled action, take no payment (the default for a copy)')
    .option('--no-neutralise', 'leave everything switched on')
    .option('--replace', 'move an existing database of that name aside, under a dated name')
    .addOption(
      new Option('--only <part>', 'restore the database or the filestore alone').choices([
        'database',
        'filestore',
      ]),
    )
    .option('--trust-code', 'let functions, triggers and rules in, where you trust who made the backup')
    .option(
      '--keep-schedules',
      'go on with the schedules of that name: otherwise its backups rest until you switch them on again',
    )
    .option(...PASSWORD_FILE_OPTION)
    .option('--yes', 'do not ask before something is replaced')
    .action(async (backup: string | undefined, options: RestoreOptions, command: Command) => {
      const invocation = invocationOf(command, world)
      if (options.check === true)
        return checkRestore(invocation, readRequest(RestorePlanRequest, backup, options), options)
      if (options.as === undefined)
        throw new AgentError('invalid_request', 'Name the database to make with --as.')
      const request = readRequest(RestoreRequest, backup, options)
      if (request.replace === true)
        await confirm(
          invocation,
          options.yes,
          `The database ${request.database} will be moved aside and replaced${aboutSchedules(request)}. Go on?`,
        )
      await invocation.withAgent('if-none-lives', async agent => {
        const id = await withPassword(world, options, secrets => agent.startRestore(request, secrets))
        const job = await followJob(invocation, agent, id)
        invocation.say(outcomeLine(job))
        if (job.neutralised !== undefined)
          for (const line of neutralisedLines(job.neutralised)) invocation.say(plainText(line))
      })
    })
}

/** Files that come back alone switch no schedule off. */
function aboutSchedules({ parts, keepSchedules }: RestoreRequest): string {
  if (parts === 'filestore' || keepSchedules === true) return ''
  return ', and its backups rest until you switch its schedules on again (--keep-schedules lets them go on)'
}

function readRequest<Request>(
  schema: z.ZodType<Request>,
  backup: string | undefined,
  options: RestoreOptions,
): Request {
  if ((backup === undefined) === (options.file === undefined))
    throw new AgentError('invalid_request', 'Name either a stored backup or a --file to restore.')
  if (options.moved === true && options.copy === true)
    throw new AgentError('invalid_request', 'A restored database is either --moved or a --copy.')
  const parsed = schema.safeParse({
    source:
      options.file === undefined ? { kind: 'stored', backup } : { kind: 'file', path: resolve(options.file) },
    ...(options.as === undefined ? {} : { database: options.as }),
    ...(options.moved === true || options.copy === true ? { copy: options.copy === true } : {}),
    ...(options.neutralise === undefined ? {} : { neutralise: options.neutralise }),
    ...(options.replace === undefined ? {} : { replace: options.replace }),
    ...(options.only === undefined ? {} : { parts: options.only }),
    ...(options.trustCode === undefined ? {} : { trustCode: options.trustCode }),
    ...(options.keepSchedules === undefined ? {} : { keepSchedules: options.keepSchedules }),
  })
  if (!parsed.success)
    throw new AgentError('invalid_request', parsed.error.issues[0]?.message ?? 'Not a restore.')
  return parsed.data
}
