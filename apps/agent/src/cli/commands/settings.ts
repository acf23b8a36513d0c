import { AgentSettingsChange, type DatabaseSettings, DatabaseSettingsChange } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import { formatSchedule } from '../../config/schedule-text.ts'
import { AgentError } from '../../errors.ts'
import {
  databaseChange,
  flatten,
  type Nested,
  nest,
  readChange,
  requireOfAgent,
  settingKeys,
} from '../assignments.ts'
import { givenPassword, PASSWORD_FILE_OPTION, type PasswordOptions } from '../encryption-password.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import { SECRET_SETTINGS, withSecrets } from '../secrets.ts'
import type { World } from '../world.ts'

interface SetOptions extends PasswordOptions {
  readonly database?: string
  readonly passwordKeptElsewhere?: boolean
}

export function addSettings(program: Command, world: World): void {
  const settings = program
    .command('settings')
    .summary('show and change settings')
    .description(
      'Settings live in the configuration file, which may also be edited by hand: a running agent notices. Secrets are never shown.',
    )
  settings
    .command('show')
    .summary('show the settings')
    .description('Shows the settings of the agent, or those of one database.')
    .argument('[database]', 'name of a database')
    .option('-d, --database <database>', 'the same, as "settings set" has it')
    .action(async (named: string | undefined, options: { database?: string }, command: Command) => {
      const invocation = invocationOf(command, world)
      const database = named ?? options.database
      await invocation.withAgent('never', async agent => {
        if (database === undefined) {
          const { secretRevisions: _, ...shown } = await agent.settings()
          invocation.tell(shown)
          for (const line of flatten(shown)) invocation.say(plainText(line))
          return
        }
        const found = (await agent.databaseSettings()).find(known => known.database === database)
        if (found === undefined) throw new AgentError('database_unknown', `There is no database ${database}.`)
        const { secretRevisions: _, ...shown } = found
        invocation.tell(shown)
        for (const line of databaseLines(shown)) invocation.say(plainText(line))
      })
    })
  settings
    .command('set')
    .summary('change settings')
    .description(
      `Changes settings, given as KEY=VALUE as "odoo-backup settings show" shows them; an empty value removes. Secrets (${SECRET_SETTINGS.join(', ')}) are given as KEY=@FILE, as KEY=- from standard input, or as KEY alone, which asks for them.`,
    )
    .argument(
      '<assignments...>',
      'such as notices.mailTo=me@example.com, or with -d: schedule="every 1 days at 03:30"',
    )
    .option('-d, --database <database>', 'settings of this database')
    .addHelpText('after', ALL_KEYS)
    .option(...PASSWORD_FILE_OPTION)
    .option(
      '--password-kept-elsewhere',
      'you keep the encryption password elsewhere too: without it backups are lost',
    )
    .action(async (assignments: string[], options: SetOptions, command: Command) => {
      const invocation = invocationOf(command, world)
      const { database } = options
      if (database === undefined) requireOfAgent(assignments)
      const given = nest(await withSecrets(world, assignments))
      const password = await passwordFor(world, given, options)
      await invocation.withAgent('never', async agent => {
        if (database === undefined) {
          invocation.tell(await agent.changeSettings(readChange(AgentSettingsChange, given)))
        } else {
          const change = readChange(DatabaseSettingsChange, {
            ...databaseChange(given),
            ...(password === undefined ? {} : { encryptionPassword: password }),
            ...(options.passwordKeptElsewhere === true ? { passwordKeptElsewhere: true } : {}),
          })
          invocation.tell(await agent.changeDatabaseSettings(database, change))
        }
        invocation.say(
          'storage' in given || 'destination' in given
            ? 'Changed. Whether backups can be stored there is tried by: odoo-backup doctor'
            : 'Changed.',
        )
      })
    })
}

const ALL_KEYS = `
Settings of the agent:
  ${settingKeys(AgentSettingsChange).join('\n  ')}

Settings of a database, with -d:
  ${settingKeys(DatabaseSettingsChange).join('\n  ')}
`

/** The environment's password is for this very step alone: exported for a restore, it must change no setting. */
async function passwordFor(world: World, given: Nested, options: SetOptions): Promise<string | undefined> {
  const switchesOn = given.encrypted === true && given.encryptionPassword === undefined
  return switchesOn || options.encryptionPasswordFile !== undefined
    ? givenPassword(world, options)
    : undefined
}

function databaseLines(settings: Omit<DatabaseSettings, 'secretRevisions'>): string[] {
  const { schedules, drills, nextRuns, ...rest } = settings
  return [
    ...flatten(rest),
    ...schedules.map(schedule => `schedule=${formatSchedule(schedule)}`),
    ...drills.map(schedule => `drill=${formatSchedule(schedule)}`),
    ...nextRuns.slice(0, 1).map(run => `nextRun=${run}`),
  ]
}
