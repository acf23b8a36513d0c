import { Command } from 'commander'
import { type AsideMessage, everyAsideMessage } from '../billing/stripe/aside.ts'
import { atDesk, by, noteLook } from './billing-desk.ts'
import { printAnswer, printNote } from './print-answer.ts'

interface Why {
  readonly why: string
}

/** `billing stripe …`: messages of Stripe that could not be applied. */
export function stripeCommand(): Command {
  const command = new Command('stripe').description('messages of Stripe that could not be applied')
  command
    .command('list')
    .description('those that wait, the oldest first; those of types that are never booked last')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .action(({ why }: Why) =>
      atDesk({ call: 'billing stripe list', why }, async desk => {
        await noteLook(desk, 'stripe_read', { why })
        const messages: AsideMessage[] = []
        for await (const message of everyAsideMessage(desk.pool)) messages.push(message)
        printAnswer(messages)
      }),
    )
  command
    .command('apply')
    .description('try again to book one, such as after its account was made or the settings were changed')
    .argument('<event>', 'its id, evt_…')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .action((event: string, { why }: Why) =>
      atDesk({ call: 'billing stripe apply', why }, async ({ changes }) => {
        const booked = await changes.applyStripe(event, by(why))
        printNote(booked === 'aside' ? 'It still cannot be applied: see the list.' : 'Booked.')
      }),
    )
  command
    .command('dismiss')
    .description('take one off the list; nothing is booked for it, however often it comes')
    .argument('<event>', 'its id, evt_…')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .action((event: string, { why }: Why) =>
      atDesk({ call: 'billing stripe dismiss', why }, ({ changes }) => changes.dismissStripe(event, by(why))),
    )
  return command
}
