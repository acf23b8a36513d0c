import type { PrismaClient } from '../registry/generated/client.ts'
import type { BrokerSettings } from '../settings.ts'
import type { Entitlement } from '../vending/entitlement.ts'
import { creditPageUrl } from './credit-page-url.ts'
import { createIapClient } from './iap-client.ts'
import { createMonthlyPayment } from './monthly-payment.ts'

/** What the rest of the broker needs of billing. */
export interface Billing {
  readonly entitlement: Entitlement
  /** Where credit is bought for an account, opened in a browser. */
  rechargeUrl(accountId: string): Promise<string>
}

export interface BillingDependencies {
  readonly settings: BrokerSettings
  readonly prisma: PrismaClient
  readonly rechargeLink: (accountId: string) => Promise<string>
  readonly fetch: typeof globalThis.fetch
  readonly now: () => Date
  readonly onFailure: (error: unknown) => void
}

export function openBilling({ settings, prisma, fetch, ...rest }: BillingDependencies): Billing {
  const serviceKey = settings.BROKER_IAP_SERVICE_KEY
  const entitlement =
    serviceKey === undefined
      ? { of: async () => ({ entitled: true }) as const }
      : createMonthlyPayment({
          prisma,
          iap: createIapClient({ url: settings.BROKER_IAP_URL, serviceKey, fetch }),
          monthlyCredits: settings.BROKER_MONTHLY_CREDITS,
          ...rest,
        })
  return {
    entitlement,
    async rechargeUrl(accountId) {
      const { paymentToken } = await prisma.account.findUniqueOrThrow({ where: { id: accountId } })
      return creditPageUrl({
        iapUrl: settings.BROKER_IAP_URL,
        serviceName: settings.BROKER_IAP_SERVICE_NAME,
        accountToken: paymentToken,
        credit: settings.BROKER_MONTHLY_CREDITS,
      })
    },
  }
}
