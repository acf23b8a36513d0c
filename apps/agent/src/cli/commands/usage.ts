import type { Command } from 'commander'
import { someInventory } from '../../overview/some-inventory.ts'
import { storageUsage } from '../../usage/storage-usage.ts'
import { formatBytes } from '../../wording/amounts.ts'
import { count } from '../arguments.ts'
import { invocationOf } from '../invocation.ts'
import { formatTable } from '../table.ts'
import type { World } from '../world.ts'
import { requireWhole } from './list.ts'

export function addUsage(program: Command, world: World): void {
  program
    .command('usage')
    .summary('show how much is stored, day by day')
    .description('Shows how much was stored at the end of each day (UTC), by the backups that still exist.')
    .option('--days <number>', 'so many days', count, 30)
    .action(async ({ days }: { days: number }, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        const inventory = await someInventory(agent)
        const points = storageUsage(inventory.backups, new Date(world.clock()), days)
        invocation.tell(points)
        invocation.say(
          formatTable(
            ['DAY', 'STORED'],
            points.map(({ day, sizeBytes }) => [day, formatBytes(sizeBytes)]),
          ),
        )
        requireWhole(inventory)
      })
    })
}
