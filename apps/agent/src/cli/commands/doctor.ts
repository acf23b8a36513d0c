import type { Finding } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import { AgentError } from '../../errors.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import type { World } from '../world.ts'

const MARK: Record<Finding['state'], string> = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' }

export function addDoctor(program: Command, world: World): void {
  program
    .command('doctor')
    .summary('check everything that backups stand on')
    .description(
      'Checks PostgreSQL, its tools and the right to make databases, the system user, the filestore, disks, the folder for temporary files, the clock, the broker and the rights to the bucket, and says what to do for each fault. Exit status 0 means that nothing is at fault.',
    )
    .action(async (_options: object, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        let faults = 0
        const told = new Map<string, string>()
        for await (const finding of agent.doctor()) {
          if (finding.state === 'fault') faults += 1
          invocation.tell(finding)
          const { check, state, message, advice } = finding
          const first = state === 'ok' ? undefined : told.get(message)
          invocation.say(
            plainText(
              first === undefined
                ? `${MARK[state]}  ${check}: ${message}`
                : `${MARK[state]}  ${check}: the same as for ${first}.`,
            ),
          )
          if (first !== undefined) continue
          if (advice !== undefined) invocation.say(plainText(`         ${advice}`))
          told.set(message, check)
        }
        if (faults > 0)
          throw new AgentError(
            'configuration_invalid',
            `${faults} ${faults === 1 ? 'check' : 'checks'} found a fault.`,
          )
      })
    })
}
