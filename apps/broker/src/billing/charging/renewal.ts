import type { Log } from '@odoo-backup/service'
import type { Pool } from 'pg'
import type { NoticeText } from '../../notices/notice-text.ts'
import { formatCredits } from '../credits.ts'
import { readBalance } from '../ledger/kept-credits.ts'
import { type Charge, isOpen, type Ledger } from '../ledger/ledger.ts'
import { LONG_OPEN_MS } from '../ledger/open-attempts.ts'
import type { Plans } from '../plans/plan.ts'
import type { Payer, PaymentProviders } from '../providers/payment-provider.ts'
import { accountEntitlement } from './account-entitlement.ts'
import { type AccountStanding, accountClock, planOf, readStanding } from './account-standing.ts'
import { collect, resume } from './collect.ts'
import type { CollectDependencies } from './collecting.ts'
import type { LateHolds } from './late-hold.ts'
import { beginBilling, openPeriod } from './open-periods.ts'

/** What renewal tells the account. */
export interface CreditNotices {
  raise(accountId: string, condition: 'insufficient_credits', text: NoticeText): Promise<void>
  withdraw(accountId: string, condition: 'insufficient_credits'): Promise<void>
}

export interface RenewalDependencies {
  readonly pool: Pool
  readonly ledger: Ledger
  readonly providers: PaymentProviders
  readonly lateHolds: LateHolds
  readonly plans: Plans
  readonly notices: CreditNotices
  readonly isPaused: () => Promise<boolean>
  /** Whether steps may be missing from the books, as those of a rolled back registry are; so of any that rest. */
  readonly mayLackSteps: () => Promise<boolean>
  readonly now: () => Date
  readonly log: Log
}

export interface Renewal {
  /**
   * Opens the account's period, collects what is due, the oldest first, and tells the account when that fails. While
   * its plan is not in the settings, no period is opened.
   * `asked`: somebody waits for it, so that a payment that failed is tried again at once. `begins` (unless false): it
   * is the first use of an account that has had none.
   */
  renew(
    accountId: string,
    options?: { readonly asked?: boolean; readonly begins?: boolean },
  ): Promise<AccountStanding | undefined>
  /**
   * Brings every open attempt as far as it can be; begins none. The number that were looked at.
   * `whilePaused`: also while billing rests, to learn what became of what was begun before.
   */
  resumeAll(options?: { readonly signal?: AbortSignal; readonly whilePaused?: boolean }): Promise<number>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const MOST_MS = 24 * HOUR_MS
const ASKED_FIRST_MS = 1000
const ASKED_MOST_MS = 2 * MINUTE_MS
const PAGE = 100

export function createRenewal(dependencies: RenewalDependencies): Renewal {
  const { pool, ledger, lateHolds, plans, notices, isPaused, now, log } = dependencies

  const collecting = (standing: AccountStanding): CollectDependencies => ({
    ledger,
    providers: dependencies.providers,
    lateHolds,
    mayLackSteps: dependencies.mayLackSteps,
    now: () => accountClock(standing, now()),
    onFailure: (what, error) => log.error({ err: error, accountId: standing.accountId }, what),
  })

  /** No further month begins while one is certainly unpaid, or when grace is over. */
  function isServed(standing: AccountStanding): boolean {
    if (standing.debt === undefined) return true
    if (!isOpen(standing.debt.state)) return false
    const context = { plan: planOf(standing, plans), now: accountClock(standing, now()), isPaused: false }
    return accountEntitlement(standing, context).refusals.backup !== 'payment_required'
  }

  /** What the books say afterwards. */
  async function collectDue(standing: AccountStanding, asked: boolean): Promise<AccountStanding> {
    const { accountId, paymentToken } = standing
    const clock = accountClock(standing, now())
    if (standing.hasLateHold) await lateHolds.giveAllBack({ accountId })
    const isHeldStill = standing.hasLateHold && (await read(accountId)).hasLateHold
    for (const charge of await ledger.unpaid(accountId)) {
      if (charge.dueAt > clock) break
      // No new attempt: it would find the credit missing that is held.
      if (isHeldStill && !isOpen(charge.last?.state)) break
      const payer = { accountId, paymentToken }
      if (!isTimeToTry(charge, clock, asked) && !(asked && (await hasCreditNow(charge, payer)))) break
      const wasHeld = charge.last?.transaction !== undefined
      const outcome = await collect(collecting(standing), charge, payer)
      // One whose answer does not come holds up no later month, which is served.
      if (outcome !== 'captured' && !(outcome === 'in_doubt' && wasHeld)) break
    }
    return read(accountId)
  }

  /** Whether somebody has bought credit since the last attempt; a service that does not tell says no. */
  async function hasCreditNow({ last, amount, accountId }: Charge, payer: Payer): Promise<boolean> {
    if (last?.note !== 'insufficient_credit') return false
    const [kept, held] = await Promise.all([
      readBalance(pool, accountId),
      dependencies.providers.current.balance(payer).catch(() => undefined),
    ])
    return held !== undefined && Math.max(kept, 0) + held >= amount
  }

  async function read(accountId: string): Promise<AccountStanding> {
    const standing = await readStanding(pool, accountId)
    if (standing === undefined) throw new Error('The account is gone.')
    return standing
  }

  async function tell(standing: AccountStanding, earlierDebt: Date | undefined): Promise<void> {
    const { accountId, debt, owed, inDoubt } = standing
    // What was told of a debt that is paid ends with it, also when the next month is due at once, and when it was paid by
    // other ways than this, such as an attempt that was gone on with.
    // While it is not known what became of an attempt, nobody says that credit is missing.
    const isOver = debt === undefined || earlierDebt === undefined || debt.dueAt > earlierDebt
    if (isOver || debt.state === 'unknown') await notices.withdraw(accountId, 'insufficient_credits')
    if (debt === undefined || standing.hasLateHold) return
    if (debt.state !== 'failed' || debt.note !== 'insufficient_credit') return
    const { currencyLabel } = planOf(standing, plans)
    await notices.raise(accountId, 'insufficient_credits', {
      code: 'payment_due',
      amount: formatCredits(owed - inDoubt),
      currency: currencyLabel,
      since: debt.dueAt.toISOString().slice(0, 10),
    })
  }

  return {
    async renew(accountId, { asked = false, begins = true } = {}) {
      let standing = await readStanding(pool, accountId)
      if (standing === undefined || standing.isSuspended || (await isPaused())) return standing
      const clock = accountClock(standing, now())
      const earlierDebt = standing.debt?.dueAt
      if (standing.billing === undefined) {
        const first = planOf(standing, plans)
        if (!begins || !first.isKnown) return standing
        await beginBilling(pool, accountId, first, clock)
        standing = await read(accountId)
      }
      if (standing.debt !== undefined) standing = await collectDue(standing, asked)
      const plan = planOf(standing, plans)
      if (plan.isKnown && isServed(standing)) {
        if (await openPeriod(pool, standing, plan, accountClock(standing, now())))
          standing = await collectDue(standing, asked)
      }
      await tell(standing, earlierDebt)
      return standing
    },

    async resumeAll({ signal, whilePaused = false } = {}) {
      // Also while billing rests: this moves no money.
      await lateHolds.giveAllBack({ signal })
      if (!whilePaused && (await isPaused())) return 0
      let [count, stuck, afterId] = [0, 0, '0']
      for (;;) {
        const charges = await ledger.open(afterId, PAGE)
        for (const charge of charges) {
          signal?.throwIfAborted()
          afterId = charge.id
          count += 1
          if (await resumeOne(charge)) stuck += 1
        }
        if (charges.length === PAGE) continue
        if (stuck > 0) log.error({ stuck }, 'payments are in doubt for more than a day: billing reconcile')
        return count
      }
    },
  }

  /** Whether the attempt is in doubt for long. One that fails keeps no other from going on. */
  async function resumeOne(charge: Charge): Promise<boolean> {
    const { accountId } = charge
    try {
      const standing = await readStanding(pool, accountId)
      if (standing === undefined) return false
      const { outcome } = await resume(collecting(standing), charge)
      const since = charge.last?.heldSince ?? charge.last?.at ?? now()
      return outcome === 'in_doubt' && now().getTime() - since.getTime() > LONG_OPEN_MS
    } catch (error) {
      log.error({ err: error, accountId }, 'going on with a payment')
      return false
    }
  }
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
