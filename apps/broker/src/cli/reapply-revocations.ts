import { Command } from 'commander'
import { createAdminTokens } from '../admin/admin-tokens.ts'
import { loggedEvents } from '../audit/logged-events.ts'
import { reapplyRevocations } from '../registry/reapply-revocations.ts'
import { createStandingChanges } from '../registry/standing-changes.ts'
import { withRegistry } from './registry-session.ts'

/** `reapply-revocations`: after a restore of the registry, takes away what was taken away since. */
export function reapplyRevocationsCommand(): Command {
  return new Command('reapply-revocations')
    .description(
      'after a restore: revoke, suspend and narrow again what the log (JSON lines, standard input) tells',
    )
    .addHelpText(
      'after',
      '\nGive it the lines of all brokers since the restored moment, or more; repeating it does no harm.',
    )
    .action(async () => {
      const done = await withRegistry(process.env, ({ database, audit }) =>
        reapplyRevocations(
          {
            pool: database.pool,
            adminTokens: createAdminTokens({ prisma: database.prisma, now: () => new Date() }),
            audit,
            standingChanges: createStandingChanges({
              prisma: database.prisma,
              // Brokers that run remember a standing for less than a second.
              changes: { announce: async () => undefined },
              audit,
              now: () => new Date(),
            }),
          },
          loggedEvents(process.stdin),
        ),
      )
      console.log(
        `${done.found} in the log: ${done.revoked} instances revoked, ${done.suspended} accounts suspended, ${done.narrowed} instances narrowed, ${done.tokens} admin tokens revoked, ${done.unchanged} unchanged. ${done.ended} sessions, open approvals and recharge links of these were ended.`,
      )
    })
}
