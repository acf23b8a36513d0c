import type { Command } from 'commander'
import { databaseName } from '../arguments.ts'
import { followJob, outcomeLine } from '../follow-job.ts'
import { invocationOf } from '../invocation.ts'
import type { World } from '../world.ts'

export function addBackup(program: Command, world: World): void {
  program
    .command('backup')
    .summary('back a database up now')
    .description('Makes a backup of a database and its filestore and follows it to its end.')
    .argument('<database>', 'name of the database')
    .option('--no-wait', 'only add the job; a running agent works it off')
    .action(async (name: string, options: { wait: boolean }, command: Command) => {
      const invocation = invocationOf(command, world)
      const database = databaseName(name)
      await invocation.withAgent(options.wait ? 'if-none-lives' : 'never', async agent => {
        const id = await agent.startBackup({ database })
        if (options.wait) return invocation.say(outcomeLine(await followJob(invocation, agent, id)))
        invocation.tell(await agent.job(id))
        invocation.say(`Job ${id} was added. Follow it with: odoo-backup jobs ${id}`)
      })
    })
}
