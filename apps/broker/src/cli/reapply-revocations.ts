import { Command } from 'commander'
import { revokeToken } from '../admin/admin-tokens.ts'
import { reapplyRevocations } from '../registry/reapply-revocations.ts'
import { createStandingChanges } from '../registry/standing-changes.ts'
import { eventsOfLogGiven } from './log-given.ts'
import { printText } from './print-answer.ts'
import { withRegistry } from './registry-session.ts'

/** `reapply-revocations`: after a restore of the registry, takes away what was taken away since. */
export function reapplyRevocationsCommand(): Command {
  return new Command('reapply-revocations')
    .description(
      'after a restore: revoke, suspend and narrow again what the log (JSON lines, standard input) tells',
    )
    .addHelpText(
      'after',
      `
Give it the lines of all brokers since the restored moment, or more; repeating it does no harm.
Lines that say not_confirmed are passed over: whether the change before them was committed nobody knows, so it is
made again. Take that earlier line out of the log to let it be.`,
    )
    .action(async () => {
      const done = await withRegistry(process.env, ({ database, changeTrail }) =>
        reapplyRevocations(
          {
            pool: database.pool,
            revokeToken: (name, by) => revokeToken({ changeTrail, now: () => new Date() }, name, by),
            standingChanges: createStandingChanges({
              changeTrail,
              // Brokers that run remember a standing for less than a second.
              changes: { announce: async () => undefined },
              now: () => new Date(),
            }),
          },
          eventsOfLogGiven(),
        ),
      )
      printText(
        `${done.found} in the log: ${done.revoked} instances revoked, ${done.suspended} accounts suspended, ${done.narrowed} instances narrowed, ${done.tokens} admin tokens revoked, ${done.unchanged} unchanged. ${done.ended} sessions, open approvals and recharge links of these were ended.`,
      )
    })
}
