import { HttpProblem, type Log } from '@odoo-backup/service'
import type { NoticeBoard } from '../notices/notice-board.ts'
import type { RegistryDatabase } from '../registry/database.ts'
import type { Entitlement } from '../vending/entitlement.ts'
import { type BillingSettings, configuredPlans, paymentMethod } from './billing-settings.ts'
import { type AccountStanding, accountClock, planOf, readStanding } from './charging/account-standing.ts'
import { amountWanted } from './charging/amount-wanted.ts'
import { createLateHolds } from './charging/late-hold.ts'
import { createRenewal, type Renewal } from './charging/renewal.ts'
import { type BillingControl, createBillingControl } from './control.ts'
import { createEntitlement } from './entitlement-answer.ts'
import { createLedger, type Ledger } from './ledger/ledger.ts'
import type { Plans } from './plans/plan.ts'
import { createIapProvider, type IapOptions } from './providers/iap-provider.ts'
import { type PaymentProvider, type PaymentProviders, providersOf } from './providers/payment-provider.ts'
import { createPrepaidProvider } from './providers/prepaid-provider.ts'
import { REMOVAL_CONDITIONS } from './removal/removal-notices.ts'
import type { BooksWitness } from './witness/books-witness.ts'

/** Billing, put together: what the rest of the broker, its jobs and its operator's commands need of it. */
export interface Billing {
  readonly entitlement: Entitlement
  readonly plans: Plans
  /** Through which new payments go. */
  readonly provider: PaymentProvider
  readonly providers: PaymentProviders
  readonly ledger: Ledger
  readonly renewal: Renewal
  /** The same, through these instead of `providers`. */
  renewalThrough(providers: PaymentProviders): Renewal
  readonly control: BillingControl
  /** Where credit is bought for an account, opened in a browser. @throws HttpProblem where none can be bought */
  rechargeUrl(accountId: string): Promise<string>
}

/** With the UUID by which this service is known at odoo.com, where it has one. */
type PaymentSettings = BillingSettings & { readonly BROKER_ODOO_CLIENT_ID?: string | undefined }

export interface BillingDependencies {
  readonly settings: PaymentSettings
  readonly database: RegistryDatabase
  readonly notices: NoticeBoard
  readonly rechargeLink: (accountId: string) => Promise<string>
  readonly witness?: BooksWitness | undefined
  readonly fetch: typeof globalThis.fetch
  readonly now: () => Date
  readonly log: Log
}

/** Opens billing on a registry, with the means of payment that the settings name. */
export function openBilling(dependencies: BillingDependencies): Billing {
  const { settings, database, notices, rechargeLink, witness, fetch, now, log } = dependencies
  const { pool } = database
  const plans = configuredPlans(settings)
  const providers = openProviders(settings, { fetch, onOddity: what => log.error(what) })
  const provider = providers.current
  const ledger = createLedger(pool)
  const control = createBillingControl({ pool, witness, now, log })
  const isPaused = async () => (await control.pausedReason()) !== undefined
  const renewalThrough = (through: PaymentProviders) =>
    createRenewal({
      pool,
      ledger,
      providers: through,
      lateHolds: createLateHolds({
        pool,
        providers: through,
        now,
        onFailure: (what, error) => log.error({ err: error }, what),
      }),
      plans,
      isPaused,
      mayLackSteps: isPaused,
      now,
      log,
      notices: {
        raise: async (accountId, condition, text) => {
          await notices.raiseCondition(accountId, condition, { type: condition, text })
        },
        withdraw: async (accountId, condition) => {
          for (const ended of [condition, ...REMOVAL_CONDITIONS])
            await notices.withdrawCondition(accountId, ended)
        },
      },
    })
  const renewal = renewalThrough(providers)
  const buyingAt = ({ accountId, paymentToken }: AccountStanding, amount: number) =>
    provider.rechargeUrl({ accountId, paymentToken }, amount)
  return {
    plans,
    provider,
    providers,
    ledger,
    renewal,
    renewalThrough,
    control,
    entitlement: createEntitlement({
      pool,
      plans,
      renewal,
      isPaused,
      keepsPurchases: !provider.keepsBalances,
      rechargeLink: async standing =>
        buyingAt(standing, 0) === undefined ? undefined : rechargeLink(standing.accountId),
      now,
      onFailure: error => log.error({ err: error }, 'renewing an account'),
    }),
    async rechargeUrl(accountId) {
      const standing = await readStanding(pool, accountId)
      if (standing !== undefined) {
        const plan = planOf(standing, plans)
        const wanted = await amountWanted(pool, standing, plan, accountClock(standing, now()))
        const all = wanted.owed + wanted.coming + wanted.storage
        const url = buyingAt(standing, Math.max(all, plan.creditsPerMonth))
        if (url !== undefined) return url
      }
      throw new HttpProblem({
        status: 404,
        code: 'no_online_payment',
        detail: 'Credit is not bought online here. Write to the operator of this service.',
      })
    },
  }
}

/** A service key keeps Odoo's service set up also where new payments go another way, for attempts begun before. */
function openProviders(
  settings: PaymentSettings,
  world: Pick<IapOptions, 'fetch' | 'onOddity'>,
): PaymentProviders {
  const prepaid = createPrepaidProvider({ paymentLink: settings.BROKER_STRIPE_PAYMENT_LINK })
  const serviceKey = settings.BROKER_IAP_SERVICE_KEY
  if (serviceKey === undefined) {
    if (paymentMethod(settings) === 'iap') throw new TypeError('BROKER_IAP_SERVICE_KEY is not set.')
    return providersOf(prepaid)
  }
  const iap = createIapProvider({
    url: settings.BROKER_IAP_URL,
    serviceKey,
    serviceName: settings.BROKER_IAP_SERVICE_NAME,
    dbuuid: settings.BROKER_ODOO_CLIENT_ID,
    hashedCreditPage: settings.BROKER_IAP_HASHED_CREDIT_PAGE,
    ...world,
  })
  return paymentMethod(settings) === 'iap' ? providersOf(iap, prepaid) : providersOf(prepaid, iap)
}
