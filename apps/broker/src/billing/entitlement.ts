import type { Purpose } from '@odoo-backup/protocol'

const DAY_MS = 86_400_000
const GIGABYTE = 1_000_000_000
/** So long after it was asked for, a hold whose answer was lost has ended by itself: two hours, and five minutes. */
const LOST_HOLD_MS = 125 * 60_000

/** How an account stands: what it may do follows from this alone. */
export type BillingState = 'trial' | 'paid' | 'grace' | 'restore_only' | 'lapsed' | 'suspended'

/** The oldest charge that is due and not captured. */
export interface Debt {
  readonly dueAt: Date
  /** The money may have been taken: nobody may say that it was not paid. */
  readonly isInDoubt: boolean
  /**
   * Credit is being asked for, or the answer was lost before anything could be taken. Nobody may say that credit is
   * missing; but a service that never answers gives no service for ever.
   */
  readonly isHoldInDoubt: boolean
  /** The last attempt certainly failed, for want of credit. False while it was not asked or could not be. */
  readonly isRefused: boolean
}

export interface EntitlementFacts {
  readonly now: Date
  readonly isSuspended: boolean
  readonly trialEndsAt: Date
  /** The account has had a trial, has paid once or has had a month for nothing: it is given grace when a payment fails. */
  readonly isKnownPayer: boolean
  readonly debt: Debt | undefined
  readonly graceDays: number
  readonly restoreDays: number
  /** Given by the operator; counts when it is later than what the plan gives. */
  readonly graceUntil: Date | undefined
  /** When its last suspension ended. Nothing could be restored before: the days of restoring count from then at least. */
  readonly resumedAt: Date | undefined
  readonly storedBytes: number
  readonly storageCapGigabytes: number | undefined
}

export type Refusal = 'suspended' | 'payment_required' | 'storage_full'
export interface EntitlementDecision {
  readonly state: BillingState
  /** Why each purpose is refused; undefined: it is granted. */
  readonly refusals: Readonly<Record<Purpose, Refusal | undefined>>
  /** When another state begins by time alone, if nothing is paid. */
  readonly changesAt: Date | undefined
}

/** When grace for a debt ends. */
export function graceEnd(
  debt: Debt,
  facts: Pick<EntitlementFacts, 'graceDays' | 'graceUntil' | 'isKnownPayer'>,
): Date {
  const days = facts.isKnownPayer || !debt.isRefused ? facts.graceDays : 0
  const byPlan = debt.dueAt.getTime() + days * DAY_MS
  return new Date(Math.max(byPlan, facts.graceUntil?.getTime() ?? byPlan))
}

function stateOf(facts: EntitlementFacts): Pick<EntitlementDecision, 'state' | 'changesAt'> {
  const { now, isSuspended, trialEndsAt, debt, restoreDays, resumedAt } = facts
  if (isSuspended) return { state: 'suspended', changesAt: undefined }
  if (now < trialEndsAt) return { state: 'trial', changesAt: trialEndsAt }
  if (debt === undefined || debt.isInDoubt) return { state: 'paid', changesAt: undefined }
  const graceEndsAt = graceEnd(debt, facts)
  if (debt.isHoldInDoubt) {
    // An attempt begun before the end of grace keeps the account served until it is certain what became of it.
    const doubtEndsAt = new Date(graceEndsAt.getTime() + LOST_HOLD_MS)
    if (now < doubtEndsAt) return { state: 'paid', changesAt: doubtEndsAt }
  }
  if (now < graceEndsAt) return { state: 'grace', changesAt: graceEndsAt }
  const restoreBegins = Math.max(graceEndsAt.getTime(), resumedAt?.getTime() ?? 0)
  const restoreEndsAt = new Date(restoreBegins + restoreDays * DAY_MS)
  if (now < restoreEndsAt) return { state: 'restore_only', changesAt: restoreEndsAt }
  return { state: 'lapsed', changesAt: undefined }
}

/**
 * What an account may do now. Trial, paid and grace: everything; unpaid after grace: `restore` alone, since nobody
 * must lose the way to their data for a missed payment, and after the plan's days nothing; suspended: nothing.
 * Above the storage cap nothing is added.
 */
export function decideEntitlement(facts: EntitlementFacts): EntitlementDecision {
  const standing = stateOf(facts)
  const cap = facts.storageCapGigabytes
  const isFull = cap !== undefined && facts.storedBytes > cap * GIGABYTE
  const refusalOf = (purpose: Purpose): Refusal | undefined => {
    switch (standing.state) {
      case 'suspended':
        return 'suspended'
      case 'lapsed':
        return 'payment_required'
      case 'restore_only':
        return purpose === 'restore' ? undefined : 'payment_required'
      case 'trial':
      case 'paid':
      case 'grace':
        return purpose === 'backup' && isFull ? 'storage_full' : undefined
    }
  }
  return {
    ...standing,
    refusals: { backup: refusalOf('backup'), restore: refusalOf('restore'), rotate: refusalOf('rotate') },
  }
}
