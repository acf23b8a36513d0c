import { Command } from 'commander'
import { reapplyDecisions } from '../billing/reapply/reapply-decisions.ts'
import { atDesk, by, noteLook } from './billing-desk.ts'
import { eventsOfLogGiven } from './log-given.ts'
import { printAnswer } from './print-answer.ts'

/** `billing reapply`: after a restore of the registry, does again what operators decided on money since. */
export function reapplyCommand(): Command {
  return new Command('reapply')
    .description(
      'after a restore: give, change, extend and settle again what the log (JSON lines, standard input) tells',
    )
    .requiredOption('--why <reason>', 'stands in the audit log')
    .addHelpText(
      'after',
      `
Give it the lines of all brokers and commands since the restored moment, or more. Repeating it does no harm: a grant
counts once by its reference. What is listed under byHand it could not do, and says why.
Lines that say not_confirmed are passed over: whether the change before them was committed nobody knows, so it is
made again, and told with notConfirmed. Take that earlier line out of the log to let it be.`,
    )
    .action(({ why }: { why: string }) =>
      atDesk({ call: 'billing reapply', why }, async desk => {
        await noteLook(desk, 'reapplied', { why })
        const { pool, billing, changes, now } = desk
        printAnswer(
          await reapplyDecisions({ pool, ledger: billing.ledger, changes, now }, eventsOfLogGiven(), by(why)),
        )
      }),
    )
}
