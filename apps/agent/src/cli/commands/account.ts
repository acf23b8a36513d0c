import type { AccountView } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import { AgentError } from '../../errors.ts'
import { formatTime } from '../../wording/amounts.ts'
import { invocationOf } from '../invocation.ts'
import { plainText } from '../plain-text.ts'
import type { World } from '../world.ts'

type Credit = NonNullable<AccountView['credit']>

const STATES: Record<Credit['state'], string> = {
  trial: 'trial: nothing is charged yet',
  paid: 'paid: everything works',
  grace: 'a payment is due; everything still works for now',
  restore_only: 'a payment is due: backups can be restored, but no new ones are taken',
  lapsed: 'a payment is due: nothing can be taken or restored until it is paid',
  suspended: 'suspended by the operator',
  not_billed: 'not used yet: the first month begins when a server is connected',
}

export function addAccount(program: Command, world: World): void {
  program
    .command('account')
    .summary('show how the account with odoo-backup.sh stands')
    .description(
      'Shows which account this server is connected to, its balance and what is due. With storage of your own there is none.',
    )
    .option('--recharge', 'only print a link of one use to where credit is bought')
    .action(async ({ recharge }: { recharge?: true }, command: Command) => {
      const invocation = invocationOf(command, world)
      await invocation.withAgent('never', async agent => {
        if (recharge === true) {
          const rechargeLink = await agent.rechargeLink()
          if (rechargeLink === undefined)
            throw new AgentError('invalid_request', 'There is no account with a balance here.')
          invocation.tell({ rechargeLink })
          return invocation.say(plainText(rechargeLink))
        }
        const account = await agent.account()
        invocation.tell(account)
        for (const line of accountLines(account)) invocation.say(plainText(line))
      })
    })
}

function accountLines({ connected, email, credit }: AccountView): string[] {
  if (!connected) return ['This server is connected to no account.']
  const line = (label: string, value: string) => `${`${label}:`.padEnd(11)} ${value}`
  return [
    ...(email === undefined ? ['Connected.'] : [line('Account', email)]),
    ...(credit === undefined ? [] : creditLines(credit).map(([label, value]) => line(label, value))),
  ]
}

function creditLines(credit: Credit): [string, string][] {
  const amount = (value: number) => `${value} ${credit.currencyLabel}`
  return [
    ['State', STATES[credit.state]],
    ['Balance', amount(credit.kept + (credit.held ?? 0))],
    ...(credit.owed > 0 ? [['Due', amount(credit.owed)] satisfies [string, string]] : []),
    ...(credit.paidUntil === undefined
      ? []
      : [['Paid until', formatTime(credit.paidUntil)] satisfies [string, string]]),
  ]
}
