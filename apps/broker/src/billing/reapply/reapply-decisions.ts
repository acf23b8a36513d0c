import { HttpProblem } from '@odoo-backup/service'
import type { Pool } from 'pg'
import type { LoggedEvent } from '../../audit/logged-events.ts'
import { readStanding } from '../charging/account-standing.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { BillingChanges, By } from '../operation/billing-changes.ts'
import { type LoggedDecision, loggedDecisions, type UnreadableDecision } from './logged-decisions.ts'

type Told = LoggedDecision | UnreadableDecision

export interface ReappliedDecisions {
  readonly repeated: readonly Told[]
  /** There already, or decided upon again since. */
  readonly unchanged: readonly Told[]
  /** What the operator must see to, with why. */
  readonly byHand: readonly (Told & { readonly why: string })[]
}

export interface ReapplyDecisionsDependencies {
  readonly pool: Pool
  readonly ledger: Ledger
  readonly changes: BillingChanges
  readonly now: () => Date
}

type Outcome = 'repeated' | 'unchanged' | { readonly why: string }

/**
 * Makes again what operators decided on money after the moment to which the database was restored, in the order in
 * which they did. May be repeated: credit counts once by its reference, trial and grace are never shortened, and what
 * was decided since the restore stays. A change whose commit was not confirmed counts as made.
 */
export async function reapplyDecisions(
  dependencies: ReapplyDecisionsDependencies,
  events: AsyncIterable<LoggedEvent>,
  by: By,
): Promise<ReappliedDecisions> {
  const repeated: Told[] = []
  const unchanged: Told[] = []
  const byHand: (Told & { why: string })[] = []
  for (const decision of await loggedDecisions(events)) {
    const outcome = await refusalAsOutcome(() => repeat(dependencies, decision, by))
    if (outcome === 'repeated') repeated.push(decision)
    else if (outcome === 'unchanged') unchanged.push(decision)
    else byHand.push({ ...decision, ...outcome })
  }
  return { repeated, unchanged, byHand }
}

async function refusalAsOutcome(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HttpProblem) return { why: error.message }
    throw error
  }
}

async function repeat(
  { pool, ledger, changes, now }: ReapplyDecisionsDependencies,
  decision: Told,
  { reason, ...who }: By,
): Promise<Outcome> {
  if (decision.what === 'unreadable')
    return { why: 'The line does not tell enough to repeat it: look it up, and do it by hand.' }
  const { at } = decision
  const first = decision.reason === undefined ? '' : `: ${decision.reason}`
  const by = {
    ...who,
    reason: `${reason} (again after a restore; first done at ${at.toISOString()}${first})`,
  }
  switch (decision.what) {
    case 'grant':
    case 'refund': {
      const { what, accountId, credits, reference, referenceRefused } = decision
      if (referenceRefused)
        return {
          why: 'Its reference was refused, as it stands for another amount: see which of the two is to be given.',
        }
      return (await changes.addCredits(what, accountId, credits, reference, by)) ? 'repeated' : 'unchanged'
    }
    case 'plan': {
      const { accountId, plan } = decision
      const standing = await readStanding(pool, accountId)
      if (standing?.plan === plan || (await isPlanDecidedSince(pool, decision))) return 'unchanged'
      await changes.changePlan(accountId, plan, by)
      return 'repeated'
    }
    case 'trial': {
      const { accountId, until } = decision
      const standing = await readStanding(pool, accountId)
      if (standing?.billing !== undefined && standing.billing.anchorAt >= until) return 'unchanged'
      await changes.extendTrial(accountId, until, by, at)
      return 'repeated'
    }
    case 'grace': {
      const { accountId, until } = decision
      const held = (await readStanding(pool, accountId))?.billing?.graceUntil
      if (until <= now() || (held !== undefined && held >= until)) return 'unchanged'
      await changes.extendGrace(accountId, until, by)
      return 'repeated'
    }
    case 'settle': {
      const { accountId, charge: id, as } = decision
      const charge = await ledger.find(id)
      if (charge !== undefined && (charge.accountId !== accountId || charge.dueAt > at))
        return { why: 'The number belongs to another charge now: look the payment up at the service.' }
      const last = charge?.last
      if (last?.state === as) return 'unchanged'
      // What was begun since is another attempt than the one that was settled.
      if (last !== undefined && (last.heldSince ?? last.at) > at)
        return {
          why: 'A later attempt to collect this charge is under way: settle that one when it is in doubt.',
        }
      await changes.settle(id, as, by)
      return 'repeated'
    }
    case 'stripe apply':
    case 'stripe dismiss': {
      const { what, event } = decision
      if (await isStripeBooked(pool, event)) return 'unchanged'
      if (what === 'stripe dismiss') await changes.dismissStripe(event, by)
      else if ((await changes.applyStripe(event, by)) === 'aside')
        return { why: 'It still cannot be applied: see billing stripe list.' }
      return 'repeated'
    }
  }
}

/** Whether an operator chose another plan later, such as after the restore. */
async function isPlanDecidedSince(
  pool: Pool,
  { accountId, plan, at }: { readonly accountId: string; readonly plan: string; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT 1 FROM audit_event WHERE account_id = $1 AND action = 'billing.plan_changed' AND outcome = 'done'
     AND at > $2 AND detail->>'plan' <> $3 LIMIT 1`,
    [accountId, at, plan],
  )
  return (rowCount ?? 0) > 0
}

/** Whether a message of Stripe was booked or dismissed already. */
async function isStripeBooked(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT 1 FROM stripe_event WHERE id = $1 AND applied', [id])
  return (rowCount ?? 0) > 0
}
