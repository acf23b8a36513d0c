import { existsSync } from 'node:fs'
import { Argument, type Command } from 'commander'
import type { Agent } from '../../operations.ts'
import { isOver } from '../../wording/job.ts'
import { NAME_KINDS, type NameKind } from '../completion.ts'
import { invocationOf } from '../invocation.ts'
import type { World } from '../world.ts'

const FIND: Record<NameKind, (agent: Agent) => Promise<readonly string[]>> = {
  databases: async agent => (await agent.databases()).map(({ name }) => name),
  backups: async agent => (await agent.backups()).map(({ name }) => name),
  jobs: async agent => (await agent.jobs()).filter(job => !isOver(job)).map(({ id }) => id),
}

/** Shells expand what they are offered as words: a name that says more to them than itself is left out. */
const HARMLESS = /^[\w.@%+:-]+$/

/** What completion scripts ask for: names, one a line, without a terminal's help. */
export function addNames(program: Command, world: World): void {
  program
    .command('names', { hidden: true })
    .summary('print names, one a line')
    .description('Prints the names of databases or backups, or of the jobs that have not ended, one a line.')
    .addArgument(new Argument('<kind>').choices(NAME_KINDS))
    .action(async (kind: NameKind, _options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      // Who only presses a key has not begun an instance.
      if (!existsSync(invocation.configurationFile)) return
      await invocation.withAgent('never', async agent => {
        const names = (await FIND[kind](agent)).filter(name => HARMLESS.test(name))
        invocation.tell(names)
        if (names.length > 0) invocation.say(names.join('\n'))
      })
    })
}
