import { Argument, Command } from 'commander'
import { addAccount } from './commands/account.ts'
import { addBackup } from './commands/backup.ts'
import { addDatabases } from './commands/databases.ts'
import { addDoctor } from './commands/doctor.ts'
import { addJobs } from './commands/jobs.ts'
import { addKept } from './commands/kept.ts'
import { addList } from './commands/list.ts'
import { addLogin } from './commands/login.ts'
import { addNames } from './commands/names.ts'
import { addNotices } from './commands/notices.ts'
import { addRestore } from './commands/restore.ts'
import { addAdopt, addRotate } from './commands/rotate.ts'
import { addSettings } from './commands/settings.ts'
import { addStatus } from './commands/status.ts'
import { addToken } from './commands/token.ts'
import { addUsage } from './commands/usage.ts'
import { completionScript, SHELLS, type Shell } from './completion.ts'
import { MANUAL } from './manual.ts'
import type { World } from './world.ts'

/** The command line `odoo-backup`: every command is a thin shell over the agent's operations. */
export function createProgram(world: World, version: string, { json }: { json: boolean }): Command {
  const program = new Command('odoo-backup')
    .description('Backups of Odoo databases and filestores, off the server.')
    .version(version)
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'write JSON for programs')
    .option('-q, --quiet', 'show no progress')
    .configureOutput({
      writeOut: text => world.stdout.write(text),
      // Programs read one line of JSON instead, which says the same.
      writeErr: text => (json ? undefined : world.stderr.write(text)),
      getOutHelpWidth: () => world.stdout.columns,
      getErrHelpWidth: () => world.stderr.columns,
    })
    .addHelpText('after', MANUAL)
    .exitOverride()
  addLogin(program, world)
  addStatus(program, world)
  addDatabases(program, world)
  addBackup(program, world)
  addList(program, world)
  addKept(program, world)
  addRestore(program, world)
  addRotate(program, world)
  addAdopt(program, world)
  addJobs(program, world)
  addNotices(program, world)
  addUsage(program, world)
  addAccount(program, world)
  addSettings(program, world)
  addToken(program, world)
  addDoctor(program, world)
  addNames(program, world)
  program
    .command('completion')
    .summary('print a completion script for your shell')
    .description(
      'Prints a completion script, for example: source <(odoo-backup completion bash), the same for zsh, and for fish: odoo-backup completion fish | source',
    )
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell) => world.stdout.write(completionScript(program, shell)))
  for (const command of program.commands) command.helpCommand(false)
  pointToHelp(program, 'odoo-backup')
  return program
}

/** After wrong usage, the help of the very command: the list of all commands would not say what it takes. */
function pointToHelp(command: Command, words: string): void {
  command.showHelpAfterError(`Run "${words} --help" for help.`)
  for (const below of command.commands) pointToHelp(below, `${words} ${below.name()}`)
}
