import { z } from 'zod'
import { credits, thousandths } from '../credits.ts'
import { creditPageUrl } from './credit-page-url.ts'
import { callIap } from './iap-call.ts'
import { PaymentError, type PaymentProvider } from './payment-provider.ts'

/** How long an authorized amount stays put aside. */
const HOLD_HOURS = 2

export interface IapOptions {
  readonly url: string
  readonly serviceKey: string
  readonly serviceName: string
  /** The UUID that this service has at odoo.com. */
  readonly dbuuid?: string | undefined
  /** Which form the link to the credit page has. */
  readonly hashedCreditPage: boolean
  readonly fetch: typeof globalThis.fetch
  /** How long an answer is waited for; 15 s unless told. */
  readonly timeoutMs?: number
}

/** Odoo's in-app purchase service, as a service provider calls it: authorize, then capture or cancel. */
export function createIapProvider(options: IapOptions): PaymentProvider {
  const { serviceKey: key, serviceName, url } = options
  return {
    name: 'iap',
    holdSeconds: HOLD_HOURS * 3600,
    async authorize({ payer, amount, description }) {
      const transaction = await callIap(options, 'authorize', {
        key,
        account_token: payer.paymentToken,
        credit: credits(amount),
        description,
        ttl: HOLD_HOURS,
      })
      if (typeof transaction !== 'string' || transaction === '' || transaction.length > 200)
        throw new PaymentError('unknown', 'The payment service gave no transaction.')
      return transaction
    },
    async capture(token, amount) {
      await callIap(options, 'capture', {
        key,
        token,
        ...(amount === undefined ? {} : { credit_to_capture: credits(amount) }),
      })
    },
    async cancel(token) {
      await callIap(options, 'cancel', { key, token })
    },
    async balance({ paymentToken }) {
      const answer = await callIap(options, 'balance', {
        dbuuid: options.dbuuid ?? '',
        account_token: paymentToken,
        service_name: serviceName,
      })
      const balance = z.number().safeParse(answer)
      // Shares of a thousandth are left out: the balance is compared, never charged.
      return balance.success ? thousandths(Math.floor(balance.data * 1000) / 1000) : undefined
    },
    rechargeUrl: ({ paymentToken }, amount) =>
      creditPageUrl({
        url,
        serviceName,
        accountToken: paymentToken,
        dbuuid: options.dbuuid,
        credit: Math.ceil(credits(amount)),
        hashed: options.hashedCreditPage,
      }),
  }
}
