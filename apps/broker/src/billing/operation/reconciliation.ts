import { z } from 'zod'
import { LateHoldLeft } from '../ledger/late-holds.ts'
import { OpenAttempts } from '../ledger/open-attempts.ts'
import { MissingPlan } from '../plans/missing-plans.ts'
import { BalanceComparison } from './compare-balances.ts'
import { PurchaseDifference } from './compare-purchases.ts'

/** An attempt in doubt, whose hold has ended. */
export const DoubtfulAttempt = z.object({
  charge: z.string(),
  accountId: z.uuid(),
  provider: z.string(),
  /** Asked of the payment service. */
  credits: z.number(),
  since: z.iso.datetime(),
  note: z.string(),
  /** What the charge is for. */
  what: z.string(),
  /** By which the payment service knows it; absent where its answer was lost. */
  transaction: z.string().optional(),
})
export type DoubtfulAttempt = z.infer<typeof DoubtfulAttempt>

/** Credits: what an account's movements say was spent, and what its charges took. */
export const KeptDifference = z.object({ accountId: z.uuid(), spent: z.number(), charged: z.number() })
export type KeptDifference = z.infer<typeof KeptDifference>

/** What the books hold against themselves and against the payment service. Credits. */
export const Reconciliation = z.object({
  /** Open attempts that were looked at, and those that are still open afterwards. */
  repeated: z.int(),
  stillOpen: z.int(),
  /** Those that are still open, by the state of their last step, and since when. */
  open: z.array(OpenAttempts),
  /** Attempts in doubt whose hold has ended: what became of them is seen at the payment service, then settled. */
  inDoubt: z.array(DoubtfulAttempt),
  /**
   * Holds that came after their attempts had ended and were not given back yet. Any broker asks for that again, until
   * they have ended: nothing is left to an operator. Until then the balances of their accounts are not compared.
   */
  lateHolds: z.object({
    count: z.int(),
    /** The first hundred, the oldest first. */
    holds: z.array(LateHoldLeft),
  }),
  /** Plans that accounts are on and the settings lack: nothing new is charged to these accounts. */
  missingPlans: z.array(MissingPlan),
  /** Captured at the payment service, by our books. */
  capturedByProvider: z.number(),
  /** Kept credits: what came in, what was spent, what is left. `left` is exactly their difference. */
  kept: z.object({
    received: z.number(),
    spent: z.number(),
    left: z.number(),
    agrees: z.boolean(),
    /** Accounts whose kept credits do not show what their charges took of them. */
    differing: z.array(KeptDifference),
  }),
  /** Purchases by Stripe, each against the messages that told of it. */
  purchases: z.object({ agrees: z.boolean(), differing: z.array(PurchaseDifference) }),
  /** Each account's balance at the payment service; absent where none that is set up keeps any. */
  balances: BalanceComparison.optional(),
  /** Messages of Stripe that wait for the operator. */
  stripeAside: z.int(),
  /** What nobody can know from here. */
  remarks: z.array(z.string()),
})
export type Reconciliation = z.infer<typeof Reconciliation>
