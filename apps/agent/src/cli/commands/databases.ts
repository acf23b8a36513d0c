import type { Command } from 'commander'
import { formatBytes } from '../../wording/amounts.ts'
import { invocationOf } from '../invocation.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'

export function addDatabases(program: Command, world: World): void {
  program
    .command('databases')
    .summary('list the databases of this server')
    .description("Lists the databases that belong to Odoo's role, with their sizes and Odoo versions.")
    .action(async (_options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const databases = await agent.databases()
        invocation.tell(databases)
        const rows = databases.map(({ name, sizeBytes, odooVersion }) => [
          name,
          formatBytes(sizeBytes),
          odooVersion ?? '-',
        ])
        invocation.say(
          rows.length === 0 ? 'There are no databases.' : formatTable(['DATABASE', 'SIZE', 'ODOO'], rows),
        )
      })
    })
}
