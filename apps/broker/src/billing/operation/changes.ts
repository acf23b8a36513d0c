import type { Pool, PoolClient } from 'pg'
import type { AuditTrail } from '../../audit/audit-trail.ts'
import { Refusal } from '../../http/refusal.ts'
import { timeText } from '../../pages/time.ts'
import { inTransaction } from '../../registry/transaction.ts'
import { entitlementFacts } from '../charging/account-entitlement.ts'
import { type AccountStanding, planOf, readStanding } from '../charging/account-standing.ts'
import { LONGEST_HOLD_MS } from '../charging/hold-life.ts'
import { beginBilling } from '../charging/open-periods.ts'
import type { Renewal } from '../charging/renewal.ts'
import type { BillingControl } from '../control.ts'
import { formatCredits, thousandths } from '../credits.ts'
import { graceEnd } from '../entitlement.ts'
import { addCredit, findCredit } from '../ledger/kept-credits.ts'
import { isOpen, type Ledger } from '../ledger/ledger.ts'
import { noteText } from '../notes.ts'
import type { Plans } from '../plans/plan.ts'
import type { PaymentProviders } from '../providers/payment-provider.ts'
import { applyAside, checkWaiting, dismissAside } from '../stripe/aside.ts'
import type { StripeRules } from '../stripe/event.ts'
import type { BillingChanges, By } from './billing-changes.ts'
import { reconcile } from './reconcile.ts'
import { recordingRefusedChanges } from './refused-changes.ts'

export type { BillingChanges, By } from './billing-changes.ts'

export interface BillingChangesDependencies {
  readonly pool: Pool
  readonly ledger: Ledger
  readonly plans: Plans
  readonly providers: PaymentProviders
  readonly renewal: Renewal
  readonly control: BillingControl
  readonly audit: AuditTrail
  readonly stripeRules: StripeRules
  readonly now: () => Date
}

/** What was longer would end at once. @throws HttpProblem */
function checkToCome(until: Date, now: Date): void {
  if (until <= now) throw new Refusal(409, 'day_is_past', words => words.dayIsPast)
}

/** Of those that there are. */
function latest(moments: readonly (Date | undefined)[]): Date {
  return new Date(Math.max(...moments.map(moment => moment?.getTime() ?? 0)))
}

export function createBillingChanges(dependencies: BillingChangesDependencies): BillingChanges {
  const { pool, ledger, plans, providers, renewal, control, audit, stripeRules, now } = dependencies

  async function record(
    action: string,
    by: By,
    accountId?: string,
    detail?: Record<string, string | number>,
    within?: PoolClient,
  ) {
    const event = {
      action: `billing.${action}`,
      outcome: 'done' as const,
      ...by,
      ...(accountId === undefined ? {} : { accountId }),
      ...(detail === undefined ? {} : { detail }),
    }
    await audit.record(event, within)
  }

  /** An account may be given credits and a plan before its first use, which alone begins its trial or first month. */
  async function known(accountId: string): Promise<AccountStanding> {
    const standing = await readStanding(pool, accountId)
    if (standing === undefined) throw new Refusal(404, 'not_found', words => words.noSuchAccount)
    return standing
  }

  async function used(accountId: string): Promise<AccountStanding> {
    const standing = await known(accountId)
    if (standing.billing === undefined) throw new Refusal(409, 'not_used_yet', words => words.notUsedYet)
    return standing
  }

  const changes: BillingChanges = {
    async addCredits(kind, accountId, credits, reference, by) {
      const amount = thousandths(credits)
      if (amount === undefined || amount <= 0)
        throw new Refusal(400, 'invalid_request', words => words.noAmount)
      await known(accountId)
      const { actor, reason } = by
      const movement = {
        accountId,
        kind,
        amount,
        reference: `operator:${accountId}:${reference}`,
        reason,
        actor,
        at: now(),
      }
      const detail = { credits: formatCredits(amount), reference }
      const isBooked = await inTransaction(pool, async client => {
        if (!(await addCredit(client, movement))) return false
        await record(kind, by, accountId, detail, client)
        return true
      })
      if (isBooked) return true
      const before = await findCredit(pool, movement)
      if (before !== amount)
        throw new Refusal(409, 'reference_used', words => words.referenceUsed(formatCredits(before ?? 0)))
      await record(`${kind}_repeated`, by, accountId, detail)
      return false
    },
    async changePlan(accountId, name, by) {
      const plan = plans.find(name)
      if (plan === undefined)
        throw new Refusal(400, 'invalid_request', words => words.noSuchPlan(name, plans.names.join(', ')))
      const standing = await known(accountId)
      if (standing.plan === name) throw new Refusal(409, 'same_plan', words => words.samePlan)
      await record('plan_changed', by, accountId, { plan: name })
      await pool.query(
        `INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, $2, FALSE, $3)
         ON CONFLICT (account_id) DO UPDATE SET plan = $2`,
        [accountId, name, now()],
      )
    },
    async extendTrial(accountId, until, by, decidedAt = now()) {
      const standing = await known(accountId)
      checkToCome(until, decidedAt)
      // Of an account that was not used yet the trial begins, unless it is refused.
      await inTransaction(pool, async client => {
        await beginBilling(client, accountId, planOf(standing, plans), now())
        // Whoever opens the first month takes the same lock: the two never happen at once.
        await client.query('SELECT 1 FROM billing_account WHERE account_id = $1 FOR UPDATE', [accountId])
        const { rowCount } = await client.query(
          `UPDATE billing_account SET anchor_at = $2, had_trial = TRUE WHERE account_id = $1 AND anchor_at < $2
           AND NOT EXISTS (SELECT 1 FROM billing_period p WHERE p.account_id = $1)`,
          [accountId, until],
        )
        if (rowCount !== 1) throw new Refusal(409, 'trial_is_over', words => words.trialIsOver)
        await record('trial_extended', by, accountId, { until: until.toISOString() }, client)
      })
    },
    async extendGrace(accountId, until, by) {
      const standing = await used(accountId)
      checkToCome(until, now())
      const facts = entitlementFacts(standing, {
        plan: planOf(standing, plans),
        now: now(),
        isPaused: false,
      })
      const holdsUntil = facts.debt === undefined ? undefined : graceEnd(facts.debt, facts)
      await inTransaction(pool, async client => {
        const { rowCount } = await client.query(
          `UPDATE billing_account SET grace_until = $2 WHERE account_id = $1
           AND $2 > GREATEST(grace_until, $3::timestamptz, $4::timestamptz)`,
          [accountId, until, holdsUntil, now()],
        )
        if (rowCount !== 1) {
          const ends = latest([standing.billing?.graceUntil, holdsUntil, until])
          throw new Refusal(409, 'grace_is_longer', words => words.graceIsLonger(timeText(ends)))
        }
        await record('grace_extended', by, accountId, { until: until.toISOString() }, client)
      })
    },
    async run(accountId, by) {
      const { isSuspended } = await used(accountId)
      if (isSuspended) throw new Refusal(409, 'suspended', words => words.accountSuspended)
      if ((await control.pausedReason()) !== undefined)
        throw new Refusal(409, 'billing_paused', words => words.billingPaused)
      await record('run', by, accountId)
      await renewal.renew(accountId, { asked: true, begins: false })
    },
    async settle(chargeId, outcome, by) {
      const charge = /^[0-9]{1,18}$/.test(chargeId) ? await ledger.find(chargeId) : undefined
      if (charge === undefined) throw new Refusal(404, 'not_found', words => words.noSuchCharge)
      const { last } = charge
      if (last === undefined || last.state === 'planned' || !isOpen(last.state))
        throw new Refusal(409, 'not_in_doubt', words => words.notInDoubt)
      if (now().getTime() - (last.heldSince ?? last.at).getTime() < LONGEST_HOLD_MS)
        throw new Refusal(409, 'not_in_doubt', words => words.holdMayLive)
      await record('settled', by, charge.accountId, { charge: chargeId, as: outcome })
      const settled = await ledger.advance(charge, outcome, {
        at: now(),
        note: noteText('settled', by.actor),
      })
      if (settled === undefined) throw new Refusal(409, 'not_in_doubt', words => words.settledMeanwhile)
    },
    async applyStripe(id, by) {
      const { booked, accountId } = await applyAside(pool, id, {
        rules: stripeRules,
        now: now(),
        told: (event, transaction) =>
          record('stripe_applied', by, event.accountId, { event: id, booked: event.booked }, transaction),
      })
      if (booked === 'applied' && accountId !== undefined)
        await renewal.renew(accountId, { asked: true, begins: false })
      return booked
    },
    async dismissStripe(id, by) {
      await checkWaiting(pool, id)
      await record('stripe_dismissed', by, undefined, { event: id })
      await dismissAside(pool, id, by.reason)
    },
    async reconcile({ accept, creditMissing }, by) {
      await record('reconciled', by, undefined, {
        accept: String(accept),
        creditMissing: String(creditMissing),
      })
      const { actor, reason } = by
      return reconcile(
        { pool, renewal, plans, providers, control, now },
        { accept, creditMissing: creditMissing ? { actor, reason } : undefined },
      )
    },
    async pause(by) {
      await record('paused', by)
      await control.pause(by.reason, by.actor)
    },
    async resume(by, options) {
      const left = await control.checkResumable(options)
      await record('resumed', by, undefined, { forced: String(options?.force === true), ...left })
      await control.resume(by.actor, options)
    },
  }
  return recordingRefusedChanges(changes, audit)
}
