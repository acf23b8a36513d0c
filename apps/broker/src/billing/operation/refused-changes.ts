import type { AuditEvent, AuditTrail } from '../../audit/audit-trail.ts'
import { recordingRefusals } from '../../audit/recording-refusals.ts'
import type { BillingChanges, By } from './billing-changes.ts'

/** The same changes, where each that is refused stands in the audit log too: who asked, why, and the code of the refusal. */
export function recordingRefusedChanges(changes: BillingChanges, audit: AuditTrail): BillingChanges {
  function told<Answer>(
    action: string,
    { reason: why, ...by }: By,
    work: () => Promise<Answer>,
    { detail, ...about }: Pick<AuditEvent, 'accountId' | 'detail'> = {},
  ): Promise<Answer> {
    return recordingRefusals(
      audit,
      { ...by, ...about, action: `billing.${action}`, detail: { ...detail, why } },
      work,
    )
  }

  return {
    addCredits: (kind, accountId, credits, reference, by) =>
      told(kind, by, () => changes.addCredits(kind, accountId, credits, reference, by), {
        accountId,
        detail: { credits: String(credits), reference },
      }),
    changePlan: (accountId, plan, by) =>
      told('plan_changed', by, () => changes.changePlan(accountId, plan, by), {
        accountId,
        detail: { plan: plan.slice(0, 100) },
      }),
    extendTrial: (accountId, until, by, decidedAt) =>
      told('trial_extended', by, () => changes.extendTrial(accountId, until, by, decidedAt), {
        accountId,
        detail: { until: until.toISOString() },
      }),
    extendGrace: (accountId, until, by) =>
      told('grace_extended', by, () => changes.extendGrace(accountId, until, by), {
        accountId,
        detail: { until: until.toISOString() },
      }),
    run: (accountId, by) => told('run', by, () => changes.run(accountId, by), { accountId }),
    settle: (charge, as, by) =>
      told('settled', by, () => changes.settle(charge, as, by), { detail: { charge, as } }),
    applyStripe: (event, by) =>
      told('stripe_applied', by, () => changes.applyStripe(event, by), { detail: { event } }),
    dismissStripe: (event, by) =>
      told('stripe_dismissed', by, () => changes.dismissStripe(event, by), { detail: { event } }),
    reconcile: (options, by) => told('reconciled', by, () => changes.reconcile(options, by)),
    pause: by => told('paused', by, () => changes.pause(by)),
    resume: (by, options) =>
      told('resumed', by, () => changes.resume(by, options), {
        detail: { forced: String(options?.force === true) },
      }),
  }
}
