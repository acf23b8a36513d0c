import type { Booked } from '../stripe/book-event.ts'
import type { Reconciliation } from './reconciliation.ts'

/** Who acts and why: both stand in the audit log. */
export interface By {
  readonly actor: string
  readonly address?: string
  readonly reason: string
}

/**
 * What an operator may change, the same by API, by command and on the pages. All of it is in the audit log, with who and
 * why, before it counts; what is refused, as refused.
 */
export interface BillingChanges {
  /**
   * Gives credits; a reference counts once for each account. False: just this had been given before.
   * @throws HttpProblem `reference_used` when it was another amount
   */
  addCredits(
    kind: 'grant' | 'refund',
    accountId: string,
    credits: number,
    reference: string,
    by: By,
  ): Promise<boolean>
  /**
   * From the next period on.
   * @throws HttpProblem `same_plan`: it was given this one already
   */
  changePlan(accountId: string, plan: string, by: By): Promise<void>
  /**
   * Only while no month has begun. One that is refused begins nothing.
   * @param decidedAt of a decision that is made again after a restore, when it was made: the day was to come then
   * @throws HttpProblem `day_is_past`, `trial_is_over`: it ends later already, or a month has begun
   */
  extendTrial(accountId: string, until: Date, by: By, decidedAt?: Date): Promise<void>
  /**
   * Never makes it shorter.
   * @throws HttpProblem `day_is_past`, `grace_is_longer`: it ends later already
   */
  extendGrace(accountId: string, until: Date, by: By): Promise<void>
  /**
   * Renews one account now.
   * @throws HttpProblem `not_used_yet`: its first use begins its billing, and nothing else does; `suspended` or
   * `billing_paused`: nothing would be collected
   */
  run(accountId: string, by: By): Promise<void>
  /**
   * Ends an attempt that stays in doubt, by what the operator saw at the payment service. Only when its hold has
   * certainly ended.
   */
  settle(chargeId: string, outcome: 'captured' | 'cancelled', by: By): Promise<void>
  /** Books a message of Stripe that waits, by the rules of today; 'aside': it waits on. */
  applyStripe(id: string, by: By): Promise<Booked>
  /** Takes a message of Stripe off the list: nothing is booked for it, however often it comes. */
  dismissStripe(id: string, by: By): Promise<void>
  /** Repeats what is not final and compares all sums; `creditMissing` gives back what left without a row. */
  reconcile(
    options: { readonly accept: boolean; readonly creditMissing: boolean },
    by: By,
  ): Promise<Reconciliation>
  pause(by: By): Promise<void>
  /** @throws HttpProblem `not_reconciled` */
  resume(by: By, options?: { readonly force?: boolean }): Promise<void>
}
