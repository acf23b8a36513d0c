import { decideEntitlement, type EntitlementDecision, type EntitlementFacts } from '../entitlement.ts'
import { isOpen } from '../ledger/ledger.ts'
import type { Plan } from '../plans/plan.ts'
import type { AccountStanding } from './account-standing.ts'

/** What the books say, as the facts that entitlement is decided from. */
export function entitlementFacts(
  standing: AccountStanding,
  { plan, now, isPaused }: { readonly plan: Plan; readonly now: Date; readonly isPaused: boolean },
): EntitlementFacts {
  const { billing, period, debt } = standing
  return {
    now,
    isSuspended: standing.isSuspended,
    trialEndsAt: billing?.anchorAt ?? now,
    // A further month opens only after one that was paid, or that cost nothing.
    isKnownPayer: billing?.hadTrial === true || standing.hasPaid || (period?.number ?? 0) > 0,
    debt:
      debt === undefined
        ? undefined
        : {
            dueAt: debt.dueAt,
            // While billing is paused nobody can pay, so nobody is refused for not having paid.
            // Credit that is held for an attempt that has ended nobody may call missing; within hours it is free again.
            isInDoubt: isPaused || debt.isHeld || standing.hasLateHold,
            isHoldInDoubt: isOpen(debt.state),
            isRefused: debt.state === 'failed' && debt.note === 'insufficient_credit',
          },
    graceDays: period?.graceDays ?? plan.graceDays,
    restoreDays: period?.restoreDays ?? plan.restoreDays,
    graceUntil: billing?.graceUntil,
    resumedAt: standing.resumedAt,
    storedBytes: standing.storedBytes,
    storageCapGigabytes: storageCap(standing, plan),
  }
}

/** The cap that holds in the open month: another plan, or another cap, acts from the next one. */
export function storageCap({ period }: AccountStanding, plan: Plan): number | undefined {
  return period === undefined ? plan.storageCapGigabytes : period.storageCapGigabytes
}

/** What an account may do now, by its books. */
export function accountEntitlement(
  standing: AccountStanding,
  context: { readonly plan: Plan; readonly now: Date; readonly isPaused: boolean },
): EntitlementDecision {
  return decideEntitlement(entitlementFacts(standing, context))
}
