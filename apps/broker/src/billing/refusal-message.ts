import { storageCap } from './charging/account-entitlement.ts'
import type { AccountStanding } from './charging/account-standing.ts'
import type { AmountWanted } from './charging/amount-wanted.ts'
import { formatCredits } from './credits.ts'
import type { EntitlementDecision, Refusal } from './entitlement.ts'
import type { Plan } from './plans/plan.ts'

export interface RefusedAccount {
  readonly standing: AccountStanding
  readonly decision: EntitlementDecision
  readonly plan: Plan
  readonly wanted: AmountWanted
  /** Thousandths by which the credit is below zero: what is bought makes up for them first. */
  readonly belowZero: number
  /** Whether credit is bought online. */
  readonly canBuy: boolean
}

/** What a person whose account is refused is told: what is missing, what to do, and what becomes of the backups. */
export function refusalMessage(account: RefusedAccount, refusal: Refusal): string {
  const { standing, plan } = account
  if (refusal === 'suspended') return 'This account is suspended. Write to the operator of this service.'
  if (refusal === 'storage_full') {
    const stored = Math.ceil(standing.storedBytes / 1e9)
    return `Your backups take ${stored} GB, more than the ${storageCap(standing, plan)} GB of your plan. Delete backups that you no longer need, or ask for a larger plan. Deleted ones count until their old versions are gone too; storage is counted once a day.`
  }
  return `${unpaid(account)} ${kept(account.decision)}`
}

function unpaid({ standing, plan, wanted, belowZero, canBuy }: RefusedAccount): string {
  const { debt } = standing
  const { owed, coming, storage } = wanted
  const amount = (value: number) => `${formatCredits(value)} ${plan.currencyLabel}`
  if (debt !== undefined && (debt.state !== 'failed' || debt.note !== 'insufficient_credit')) {
    const since = debt.dueAt.toISOString().slice(0, 10)
    return `${amount(owed)} are due since ${since}, and the payment service does not answer: nobody knows whether you have credit. It is asked again by itself.`
  }
  const before = storage === 0 ? '' : `, ${amount(storage)} for storage in the month before`
  const month = coming === 0 ? '' : `, and ${amount(coming)} for the month that runs`
  const below =
    belowZero === 0 ? '' : `, and ${amount(belowZero)} to make up for a purchase that was paid back`
  const all = owed + storage + coming + belowZero
  const inAll = all === owed ? '' : `: ${amount(all)} in all`
  const todo = canBuy
    ? 'Buy credit, then everything goes on by itself.'
    : 'Ask the operator of this service for credit, then everything goes on by itself.'
  return `Your account has not enough credit: ${amount(owed)} are due${before}${month}${below}${inAll}. ${todo}`
}

function kept({ state, changesAt }: EntitlementDecision): string {
  if (state !== 'restore_only') return 'Your backups are kept.'
  return `Your backups are kept and can be restored until ${changesAt?.toISOString().slice(0, 10)}.`
}
