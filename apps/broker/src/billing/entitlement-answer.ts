import { LRUCache } from 'lru-cache'
import type { Pool } from 'pg'
import type { Entitlement, EntitlementAnswer } from '../vending/entitlement.ts'
import { accountEntitlement } from './charging/account-entitlement.ts'
import {
  type AccountPlan,
  type AccountStanding,
  accountClock,
  planOf,
  readStanding,
} from './charging/account-standing.ts'
import { amountWanted } from './charging/amount-wanted.ts'
import type { Renewal } from './charging/renewal.ts'
import type { EntitlementDecision } from './entitlement.ts'
import { readBalance } from './ledger/kept-credits.ts'
import type { Plans } from './plans/plan.ts'
import { refusalMessage } from './refusal-message.ts'

export interface AccountEntitlementDependencies {
  readonly pool: Pool
  readonly plans: Plans
  readonly renewal: Renewal
  readonly isPaused: () => Promise<boolean>
  /** Whether what is bought lies in these books, where it makes up first for what is below zero. */
  readonly keepsPurchases: boolean
  /** Undefined: no credit is bought online for this account. */
  readonly rechargeLink: (standing: AccountStanding) => Promise<string | undefined>
  readonly now: () => Date
  readonly onFailure: (error: unknown) => void
}

interface Known {
  readonly standing: AccountStanding
  readonly decision: EntitlementDecision
  readonly plan: AccountPlan
}

/** How long a good answer is believed: suspension is known to vending sooner, by another way. */
const BELIEVED_MS = 30_000

/**
 * What vending asks before each credential. The first question of an account begins its trial or its first month;
 * one that would be refused for want of payment tries to pay first, so that whoever has bought credit goes on at once.
 */
export function createEntitlement(dependencies: AccountEntitlementDependencies): Entitlement {
  const { pool, plans, renewal, isPaused, keepsPurchases, rechargeLink, now, onFailure } = dependencies
  const believed = new LRUCache<string, Known>({ max: 100_000, ttl: BELIEVED_MS })
  const asking = new Map<string, Promise<Known | undefined>>()

  async function look(standing: AccountStanding | undefined): Promise<Known | undefined> {
    if (standing === undefined) return undefined
    const plan = planOf(standing, plans)
    const context = { plan, now: accountClock(standing, now()), isPaused: await isPaused() }
    return { standing, plan, decision: accountEntitlement(standing, context) }
  }

  async function ask(accountId: string): Promise<Known | undefined> {
    const known = await look(await readStanding(pool, accountId))
    if (known === undefined || !needsRenewal(known, now())) return known
    try {
      return (await look(await renewal.renew(accountId, { asked: true }))) ?? known
    } catch (error) {
      onFailure(error)
      return known
    }
  }

  async function find(accountId: string): Promise<Known | undefined> {
    const kept = believed.get(accountId)
    if (kept !== undefined && !isOver(kept, now())) return kept
    const underWay = asking.get(accountId) ?? ask(accountId).finally(() => asking.delete(accountId))
    asking.set(accountId, underWay)
    const found = await underWay
    const isGood =
      found !== undefined && Object.values(found.decision.refusals).every(refusal => refusal === undefined)
    if (isGood) believed.set(accountId, found)
    return found
  }

  return {
    async of(accountId, purpose): Promise<EntitlementAnswer> {
      const known = await find(accountId)
      if (known === undefined)
        return { entitled: false, code: 'suspended', message: 'There is no such account.' }
      const refusal = known.decision.refusals[purpose]
      if (refusal === undefined) return { entitled: true }
      const link = refusal === 'payment_required' ? await rechargeLink(known.standing) : undefined
      const clock = accountClock(known.standing, now())
      const wanted = await amountWanted(pool, known.standing, known.plan, clock)
      const belowZero = keepsPurchases ? Math.max(0, -(await readBalance(pool, accountId))) : 0
      const message = refusalMessage({ ...known, wanted, belowZero, canBuy: link !== undefined }, refusal)
      return {
        entitled: false,
        code: refusal,
        message,
        ...(link === undefined ? {} : { rechargeLink: link }),
      }
    },
  }
}

function needsRenewal({ standing, decision }: Known, now: Date): boolean {
  const { billing, period, debt } = standing
  if (standing.isSuspended) return false
  if (billing === undefined || decision.refusals.backup === 'payment_required') return true
  return debt === undefined && billing.anchorAt <= now && (period === undefined || period.closesAt <= now)
}

function isOver({ standing, decision }: Known, now: Date): boolean {
  const { changesAt } = decision
  const closesAt = standing.period?.closesAt
  return (changesAt !== undefined && changesAt <= now) || (closesAt !== undefined && closesAt <= now)
}
