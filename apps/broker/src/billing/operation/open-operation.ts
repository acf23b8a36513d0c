import type { Html, Log, Metrics, Route } from '@odoo-backup/service'
import type { AccountSection } from '../../account/account-page.ts'
import type { AdminAccess } from '../../admin/admin-access.ts'
import type { AuditTrail } from '../../audit/audit-trail.ts'
import type { MailSettings } from '../../notices/mail-settings.ts'
import { openMailer } from '../../notices/mailer.ts'
import type { NoticeBoard } from '../../notices/notice-board.ts'
import type { Messages } from '../../pages/messages/en.ts'
import type { RegistryDatabase } from '../../registry/database.ts'
import { countsUsage, openUsageClient, type UsageSettings } from '../../usage/usage-settings.ts'
import type { VendingSettings } from '../../vending/vending-settings.ts'
import { type BillingSettings, paymentMethod, stripeRules } from '../billing-settings.ts'
import type { Billing } from '../open-billing.ts'
import { stripeWebhook } from '../stripe/webhook.ts'
import { type AccountBalance, accountBalance, type BooksDependencies } from './account-books.ts'
import { createBillingSection } from './account-section.ts'
import { billingAdminRoutes } from './admin-routes.ts'
import { type BrokerJobs, startBrokerJobs } from './broker-jobs.ts'
import { type BillingChanges, createBillingChanges } from './changes.ts'
import { createOwnWork, type OwnWork } from './own-work.ts'
import { addPaymentGauges } from './payment-gauges.ts'
import { type RecordedCalls, recordingRefusedCalls } from './refused-calls.ts'
import { scheduledWork } from './scheduled-work.ts'
import { addWorkGauges } from './work-gauges.ts'
import { createWorkJournal } from './work-journal.ts'

/** Billing as it is seen and run: pages, admin calls, Stripe's messages, work by the clock. */
export interface BillingOperation {
  /** What the operators' pages read. */
  readonly books: BooksDependencies
  /** What operators change, by call, by command or on their pages. */
  readonly changes: BillingChanges
  /** Undefined: there is no such account. */
  balance(accountId: string): Promise<AccountBalance | undefined>
  accountSection(
    account: { readonly id: string },
    formToken: Html,
  ): Promise<(words: Messages) => AccountSection>
  /** What operators call; Stripe's messages are `stripeRoutes`. */
  adminCalls(doors: { readonly access: AdminAccess }): RecordedCalls
  /** Empty where Stripe is not set up. */
  readonly stripeRoutes: Route[]
  /** How the work by the clock goes, and which accounts were not counted in time. */
  readonly ownWork: OwnWork
  /** Begins the work by the clock; one process of all replicas does each piece. */
  startJobs(): Promise<BrokerJobs>
}

export interface BillingOperationDependencies {
  readonly settings: BillingSettings &
    UsageSettings &
    MailSettings &
    VendingSettings & {
      readonly BROKER_DATABASE_URL: string
      readonly BROKER_PUBLIC_URL: string
      readonly BROKER_REDIS_URL?: string | undefined
      readonly BROKER_REDIS_PREFIX: string
    }
  readonly database: RegistryDatabase
  readonly billing: Billing
  readonly notices: NoticeBoard
  readonly audit: AuditTrail
  readonly metrics: Pick<Metrics, 'gauge'>
  readonly now: () => Date
  readonly log: Log
}

export function openBillingOperation(dependencies: BillingOperationDependencies): BillingOperation {
  const { settings, database, billing, notices, audit, metrics, now, log } = dependencies
  const { pool } = database
  const { plans, provider, renewal, control } = billing
  addPaymentGauges(metrics, {
    pool,
    plans,
    provider,
    control,
    now,
    onFailure: error => log.error({ err: error }, 'reading the figures of billing'),
  })
  const journal = createWorkJournal(pool, now)
  const ownWork = createOwnWork({ settings, pool, journal, now })
  addWorkGauges(metrics, {
    ownWork,
    now,
    onFailure: error => log.error({ err: error }, 'reading the figures of the work by the clock'),
  })
  const isPaused = async () => (await control.pausedReason()) !== undefined
  const books = { pool, plans, provider, isPaused, now }
  const changes = createBillingChanges({ ...billing, pool, audit, stripeRules: stripeRules(settings), now })
  return {
    books,
    changes,
    ownWork,
    balance: accountId => accountBalance(books, accountId),
    accountSection: createBillingSection({
      ...books,
      rechargeUrl: billing.rechargeUrl,
      isCharged: paymentMethod(settings) !== 'none',
      isCounted: countsUsage(settings),
    }),
    adminCalls: ({ access }) =>
      recordingRefusedCalls({ access, audit }, door =>
        billingAdminRoutes({
          ...books,
          access: door,
          audit,
          control,
          renewal,
          changes,
        }),
      ),
    stripeRoutes: stripeRoutes(dependencies),
    startJobs() {
      const client = openUsageClient(settings)
      const mailer = openMailer(settings)
      return startBrokerJobs({
        databaseUrl: settings.BROKER_DATABASE_URL,
        redis:
          settings.BROKER_REDIS_URL === undefined
            ? undefined
            : { url: settings.BROKER_REDIS_URL, prefix: settings.BROKER_REDIS_PREFIX },
        log,
        journal,
        work: scheduledWork({
          pool,
          billing,
          now,
          log,
          mail: mailer && { mailer, publicUrl: settings.BROKER_PUBLIC_URL },
          usage:
            client === undefined
              ? undefined
              : {
                  client,
                  bucket: settings.BROKER_S3_BUCKET,
                  pauseSeconds: settings.BROKER_USAGE_PAUSE_SECONDS,
                },
          forecast: {
            pool,
            plans,
            provider,
            daysAhead: settings.BROKER_FORECAST_DAYS,
            now,
            onFailure: error => log.error({ err: error }, 'looking ahead for an account'),
            notices: {
              raise: async (accountId, condition, text) => {
                await notices.raiseCondition(accountId, condition, { type: condition, text })
              },
              withdraw: notices.withdrawCondition,
            },
          },
        }),
      })
    },
  }
}

/**
 * Also where accounts pay another way by now: refunds and disputes of what was bought before go on coming, and credit
 * that is bought by an old link is kept here and spent first all the same.
 */
function stripeRoutes({ settings, database, billing, now, log }: BillingOperationDependencies): Route[] {
  const secret = settings.BROKER_STRIPE_WEBHOOK_SECRET
  if (secret === undefined) return []
  return [
    stripeWebhook({
      pool: database.pool,
      secret,
      rules: stripeRules(settings),
      afterPurchase: accountId => billing.renewal.renew(accountId, { asked: true, begins: false }),
      now,
      log,
    }),
  ]
}
