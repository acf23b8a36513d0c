import { Role, TokenRequest } from '@odoo-backup/protocol'
import { type Command, Option } from 'commander'
import { AgentError } from '../../errors.ts'
import { mintToken } from '../../http/access/tokens.ts'
import { formatTime } from '../../wording/amounts.ts'
import { invocationOf } from '../invocation.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'

export function addToken(program: Command, world: World): void {
  const token = program
    .command('token')
    .summary('make, list and remove API tokens')
    .description(
      'API tokens for scripts. A token is shown once, when it is made; the configuration file keeps its hash alone.',
    )
  token
    .command('add')
    .summary('make a token')
    .description('Makes an API token and shows it, once.')
    .argument('<name>', 'what it is for: letters, digits, _ and -')
    .addOption(new Option('--role <role>', 'what it may do').choices(Role.options).default('look'))
    .option('--database <database>', 'for this database alone')
    .action(async (name: string, options: { role: string; database?: string }, command: Command) => {
      const invocation = invocationOf(command, world)
      const parsed = TokenRequest.safeParse({ name, ...options })
      if (!parsed.success)
        throw new AgentError('invalid_request', parsed.error.issues[0]?.message ?? 'Not a token.')
      await invocation.withAgent('never', async agent => {
        if ((await agent.tokens()).some(known => known.name === name))
          throw new AgentError('invalid_request', `There is a token named "${name}" already.`)
        const { token: secret, stored } = mintToken(parsed.data, new Date(world.clock()))
        await agent.addToken(stored)
        invocation.tell({ name, role: stored.role, token: secret })
        invocation.say(secret)
      })
    })
  token
    .command('list')
    .summary('list the tokens')
    .description('Lists the API tokens with their roles, without the tokens themselves.')
    .action(async (_options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const tokens = (await agent.tokens()).map(({ sha256: _hash, ...view }) => view)
        invocation.tell(tokens)
        const rows = tokens.map(view => [
          view.name,
          view.role,
          view.database ?? 'all',
          formatTime(view.createdAt),
        ])
        invocation.say(
          rows.length === 0
            ? 'There are no tokens.'
            : formatTable(['NAME', 'ROLE', 'DATABASE', 'MADE'], rows),
        )
      })
    })
  token
    .command('remove')
    .summary('remove a token')
    .description('Removes an API token: it stops working at once.')
    .argument('<name>', 'its name')
    .action(async (name: string, _options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        await agent.removeToken(name)
        invocation.tell({ name })
        invocation.say(`The token ${name} is gone.`)
      })
    })
}
