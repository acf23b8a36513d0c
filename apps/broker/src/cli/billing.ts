import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import { z } from 'zod'
import { accountBalance, ledgerCsv } from '../billing/operation/account-books.ts'
import { revenueByMonth } from '../billing/operation/revenue.ts'
import { UsageDays, usageReport } from '../usage/usage-report.ts'
import { accountOf, atDesk, by, type Desk, noteLook } from './billing-desk.ts'
import { reapplyCommand } from './billing-reapply.ts'
import { removalCommands } from './billing-removal.ts'
import { stripeCommand } from './billing-stripe.ts'
import { CommandFailure, WrongUsage } from './command-failure.ts'
import { printAnswer, printNote } from './print-answer.ts'

interface ReconcileOptions {
  readonly why: string
  readonly accept?: boolean
  readonly creditMissing?: boolean
}

async function printBalance(desk: Desk, accountId: string): Promise<void> {
  const balance = await accountBalance(desk, accountId)
  if (balance === undefined) throw new CommandFailure('There is no account of this id.')
  printAnswer(balance)
}

function day(text: string): Date {
  const { success } = z.iso.date().safeParse(text)
  if (!success) throw new WrongUsage('Give a day such as 2026-12-31.')
  return new Date(`${text}T00:00:00Z`)
}

function numberOfDays(text: string): number {
  const { success, data } = UsageDays.safeParse(text)
  if (!success) throw new WrongUsage('Give a whole number of days, from 1 to 400.')
  return data
}

/** `billing …`: what the admin API has on money, as commands. */
export function billingCommand(): Command {
  const command = new Command('billing').description('balances, books and payments of accounts')

  const reading = (
    name: string,
    action: string,
    description: string,
    work: (desk: Desk, accountId: string) => Promise<void>,
  ) =>
    command
      .command(name)
      .description(description)
      .argument('<account>', 'the id of the account')
      .requiredOption('--why <reason>', 'stands in the audit log')
      .action((account: string, { why }: { why: string }) =>
        atDesk({ call: `billing ${name}`, why }, async desk => {
          const accountId = accountOf(account)
          await noteLook(desk, action, { accountId, why })
          await work(desk, accountId)
        }),
      )

  const changing = (
    usage: string,
    description: string,
    work: (
      desk: Desk,
      accountId: string,
      value: string,
      options: { why: string; reference?: string },
    ) => Promise<unknown>,
  ) =>
    command
      .command(usage)
      .description(description)
      .requiredOption('--why <reason>', 'stands in the audit log')
      .action((account: string, ...rest: unknown[]) => {
        const [first, second] = rest
        const value = typeof first === 'string' ? first : ''
        const options = optionsOf(typeof first === 'string' ? second : first)
        return atDesk({ call: `billing ${usage.split(' ', 1)[0]}`, why: options.why }, async desk => {
          await work(desk, accountOf(account), value, options)
          await printBalance(desk, account)
        })
      })

  const giving = (kind: 'grant' | 'refund', description: string) =>
    changing(
      `${kind} <account> <credits>`,
      description,
      async (desk, accountId, value, { why, reference = '' }) => {
        // Not left to commander, so that the refusal is written down.
        if (reference.trim() === '')
          throw new WrongUsage('Give --reference: what this is for, such as the number of a letter.')
        if (!(await desk.changes.addCredits(kind, accountId, Number(value), reference, by(why))))
          printNote(`The reference ${reference} had been given before: nothing was given now.`)
      },
    ).option(
      '--reference <text>',
      'needed: what it is for, such as a letter. The same reference counts once, also when a command is repeated',
    )

  reading('balance', 'balance_read', 'how an account stands', printBalance)
  reading(
    'ledger',
    'ledger_exported',
    'the books of an account as CSV, the newest line first',
    async (desk, accountId) => {
      await pipeline(Readable.from(ledgerCsv(desk.pool, accountId)), process.stdout, { end: false })
    },
  )
  command
    .command('usage')
    .description('what an account stored, by day')
    .argument('<account>', 'the id of the account')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .option('--days <number>', 'the last so many days, at most 400', '90')
    .action((account: string, { why, days }: { why: string; days: string }) =>
      atDesk({ call: 'billing usage', why }, async desk => {
        const [accountId, count] = [accountOf(account), numberOfDays(days)]
        await noteLook(desk, 'usage_read', { accountId, why })
        printAnswer(await usageReport(desk.pool, accountId, count))
      }),
    )
  giving('grant', 'give credits')
  giving('refund', 'give credits back for something that was paid')
  changing(
    'plan <account> <plan>',
    'another plan, from the next month on',
    (desk, accountId, plan, { why }) => desk.changes.changePlan(accountId, plan, by(why)),
  )
  changing(
    'trial <account> <day>',
    'a trial until a day, while no month has begun',
    (desk, accountId, until, { why }) => desk.changes.extendTrial(accountId, day(until), by(why)),
  )
  changing('grace <account> <day>', 'longer grace, until a day', (desk, accountId, until, { why }) =>
    desk.changes.extendGrace(accountId, day(until), by(why)),
  )
  changing('run <account>', 'collect what is due now', (desk, accountId, _value, { why }) =>
    desk.changes.run(accountId, by(why)),
  )
  command
    .command('settle')
    .description('end an attempt that stays in doubt, by what the payment service shows of it')
    .argument('<charge>', 'its number, as reconcile tells it')
    .argument('<outcome>', 'whether the money was taken: captured or cancelled')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .action((charge: string, outcome: string, { why }: { why: string }) =>
      atDesk({ call: 'billing settle', why }, async ({ changes }) => {
        if (outcome !== 'captured' && outcome !== 'cancelled')
          throw new WrongUsage('Say captured or cancelled, as the payment service shows it.')
        await changes.settle(charge, outcome, by(why))
      }),
    )
  command
    .command('pause')
    .description('stop billing for all; nobody is refused meanwhile')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .action(({ why }: { why: string }) =>
      atDesk({ call: 'billing pause', why }, ({ changes }) => changes.pause(by(why))),
    )
  command
    .command('resume')
    .description('run billing again')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .option(
      '--force',
      'although not everything could be compared on a restored database, or nothing tells whether it was rolled back: say in --why what you looked up',
    )
    .action(({ why, force = false }: { why: string; force?: boolean }) =>
      atDesk({ call: 'billing resume', why }, ({ changes }) => changes.resume(by(why), { force })),
    )
  command
    .command('reconcile')
    .description('repeat what is not final and compare all sums')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .option('--accept', 'take balances from which credit is missing as they are from now on')
    .option(
      '--credit-missing',
      'give it back as kept credit, so that it pays the months whose rows are missing',
    )
    .action(({ why, accept = false, creditMissing = false }: ReconcileOptions) =>
      atDesk({ call: 'billing reconcile', why }, async ({ billing, changes }) => {
        const paused = await billing.control.pausedReason()
        if (paused !== undefined) printNote(`Billing is paused: ${paused}`)
        printAnswer(await changes.reconcile({ accept, creditMissing }, by(why)))
      }),
    )
  command
    .command('revenue')
    .description('what was captured, by month')
    .requiredOption('--why <reason>', 'stands in the audit log')
    .action(({ why }: { why: string }) =>
      atDesk({ call: 'billing revenue', why }, async desk => {
        await noteLook(desk, 'revenue_read', { why })
        printAnswer(await revenueByMonth(desk.pool))
      }),
    )
  command.addCommand(reapplyCommand())
  command.addCommand(stripeCommand())
  for (const removal of removalCommands()) command.addCommand(removal)
  return command
}

function optionsOf(options: unknown): { why: string; reference?: string } {
  if (typeof options !== 'object' || options === null) return { why: '' }
  const why = 'why' in options && typeof options.why === 'string' ? options.why : ''
  const reference =
    'reference' in options && typeof options.reference === 'string' ? options.reference : undefined
  return { why, ...(reference === undefined ? {} : { reference }) }
}
