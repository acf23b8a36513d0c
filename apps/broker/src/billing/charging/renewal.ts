import type { Log } from '@odoo-backup/service'
import type { Pool } from 'pg'
import { formatCredits } from '../credits.ts'
import { readBalance } from '../ledger/kept-credits.ts'
import type { Charge, Ledger } from '../ledger/ledger.ts'
import type { Plan, Plans } from '../plans/plan.ts'
import type { Payer, PaymentProvider } from '../providers/payment-provider.ts'
import { type AccountStanding, accountClock, readStanding } from './account-standing.ts'
import { type CollectDependencies, collect, resume } from './collect.ts'
import { beginBilling, openPeriod } from './open-periods.ts'

/** What renewal tells the account. */
export interface CreditNotices {
  raise(accountId: string, condition: 'insufficient_credits', message: string): Promise<void>
  withdraw(accountId: string, condition: 'insufficient_credits'): Promise<void>
}

export interface RenewalDependencies {
  readonly pool: Pool
  readonly ledger: Ledger
  readonly provider: PaymentProvider
  readonly plans: Plans
  readonly notices: CreditNotices
  readonly isPaused: () => Promise<boolean>
  readonly now: () => Date
  readonly log: Log
}

export interface Renewal {
  /**
   * Opens the account's period, collects what is due, the oldest first, and tells the account when that fails.
   * `asked`: somebody waits for it, so that a payment that failed is tried again at once.
   */
  renew(accountId: string, options?: { readonly asked?: boolean }): Promise<AccountStanding | undefined>
  /** Brings every open attempt as far as it can be; begins none. The number that were looked at. */
  resumeAll(): Promise<number>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const MOST_MS = 24 * HOUR_MS
const ASKED_FIRST_MS = 1000
const ASKED_MOST_MS = 2 * MINUTE_MS
const PAGE = 100

export function createRenewal(dependencies: RenewalDependencies): Renewal {
  const { pool, ledger, plans, notices, isPaused, now, log } = dependencies

  /** An account on a plan that the configuration no longer has keeps working, on the first. */
  const planOf = (standing: AccountStanding): Plan =>
    plans.find(standing.billing?.plan ?? plans.standard.name) ?? plans.standard

  const collecting = (standing: AccountStanding): CollectDependencies => ({
    ledger,
    provider: dependencies.provider,
    now: () => accountClock(standing, now()),
    onFailure: (what, error) => log.error({ err: error, accountId: standing.accountId }, what),
  })

  /** What the books say afterwards. */
  async function collectDue(standing: AccountStanding, asked: boolean): Promise<AccountStanding> {
    const { accountId, paymentToken } = standing
    const clock = accountClock(standing, now())
    for (const charge of await ledger.unpaid(accountId)) {
      if (charge.dueAt > clock) break
      const payer = { accountId, paymentToken }
      if (!isTimeToTry(charge, clock, asked) && !(asked && (await hasCreditNow(charge, payer)))) break
      const outcome = await collect(collecting(standing), charge, payer)
      if (outcome !== 'captured') break
    }
    return read(accountId)
  }

  /** Whether somebody has bought credit since the last attempt; a service that does not tell says no. */
  async function hasCreditNow({ last, amount, accountId }: Charge, payer: Payer): Promise<boolean> {
    if (last?.note !== 'insufficient_credit') return false
    const [kept, held] = await Promise.all([
      readBalance(pool, accountId),
      dependencies.provider.balance(payer).catch(() => undefined),
    ])
    return held !== undefined && Math.max(kept, 0) + held >= amount
  }

  async function read(accountId: string): Promise<AccountStanding> {
    const standing = await readStanding(pool, accountId)
    if (standing === undefined) throw new Error('The account is gone.')
    return standing
  }

  async function tell(standing: AccountStanding, earlierDebt: Date | undefined): Promise<void> {
    const { accountId, debt, owed } = standing
    // What was told of a debt that is paid ends with it, also when the next month is due at once.
    if (debt === undefined || (earlierDebt !== undefined && debt.dueAt > earlierDebt))
      await notices.withdraw(accountId, 'insufficient_credits')
    if (debt === undefined) return
    if (debt.state !== 'failed' || debt.note !== 'insufficient_credit') return
    const { currencyLabel } = planOf(standing)
    await notices.raise(
      accountId,
      'insufficient_credits',
      `${formatCredits(owed)} ${currencyLabel} for backups are due since ${debt.dueAt.toISOString().slice(0, 10)} and could not be paid. Buy credit on your account’s page; nothing that is stored is lost.`,
    )
  }

  return {
    async renew(accountId, { asked = false } = {}) {
      let standing = await readStanding(pool, accountId)
      if (standing === undefined || standing.isSuspended || (await isPaused())) return standing
      const clock = accountClock(standing, now())
      const earlierDebt = standing.debt?.dueAt
      if (standing.billing === undefined) {
        await beginBilling(pool, accountId, plans.standard, clock)
        standing = await read(accountId)
      }
      if (standing.debt !== undefined) standing = await collectDue(standing, asked)
      // No further month begins while one is certainly unpaid: what is not served is not charged.
      if (standing.debt === undefined || isOpen(standing.debt.state)) {
        if (await openPeriod(pool, standing, planOf(standing), accountClock(standing, now())))
          standing = await collectDue(standing, asked)
      }
      await tell(standing, earlierDebt)
      return standing
    },

    async resumeAll() {
      if (await isPaused()) return 0
      let [count, afterId] = [0, '0']
      for (;;) {
        const charges = await ledger.open(afterId, PAGE)
        for (const charge of charges) {
          afterId = charge.id
          count += 1
          const standing = await readStanding(pool, charge.accountId)
          if (standing !== undefined) await resume(collecting(standing), charge)
        }
        if (charges.length < PAGE) return count
      }
    },
  }
}

function isOpen(state: string | undefined): boolean {
  return state === 'planned' || state === 'authorised' || state === 'unknown'
}

/**
 * After a failure the next attempt waits longer each time: up to a day by itself, up to two minutes when somebody
 * asks, who may just have bought credit.
 */
function isTimeToTry({ last }: Charge, clock: Date, asked: boolean): boolean {
  if (last === undefined || (last.state !== 'failed' && last.state !== 'cancelled')) return true
  const doubled = 2 ** Math.min(last.attempt - 1, 7)
  const patience = asked
    ? Math.min(ASKED_MOST_MS, ASKED_FIRST_MS * doubled)
    : Math.min(MOST_MS, HOUR_MS * doubled)
  return clock.getTime() - last.at.getTime() >= patience
}
