import { z } from 'zod'
import { credits, thousandths } from '../credits.ts'
import { creditPageUrl } from './credit-page-url.ts'
import { callIap } from './iap-call.ts'
import {
  type CapturedPart,
  type LackingCredit,
  PaymentError,
  type PaymentProvider,
} from './payment-provider.ts'

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
  /** Told what is wrong with the set-up, although a call was answered. */
  readonly onOddity?: (what: string) => void
  /** How long an answer is waited for; 15 s unless told. */
  readonly timeoutMs?: number
}

/** Odoo's in-app purchase service, as a service provider calls it: authorize, then capture or cancel. */
export function createIapProvider(options: IapOptions): PaymentProvider {
  const { serviceKey: key, serviceName, url } = options
  return {
    name: 'iap',
    holdSeconds: HOLD_HOURS * 3600,
    keepsBalances: true,
    async authorize({ payer, amount, description }) {
      const transaction = await callIap(options, 'authorize', {
        key,
        account_token: payer.paymentToken,
        credit: credits(amount),
        description,
        ttl: HOLD_HOURS,
      }).catch(error => {
        if (error instanceof PaymentError && error.lacking !== undefined) compareShops(options, error.lacking)
        throw error
      })
      if (typeof transaction !== 'string' || transaction === '' || transaction.length > 200)
        throw new PaymentError('unknown', 'The payment service gave no transaction.')
      return transaction
    },
    async capture(token, part) {
      if (part !== undefined) checkPart(part)
      await callIap(options, 'capture', {
        key,
        token,
        ...(part === undefined ? {} : { credit_to_capture: credits(part.amount) }),
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

/** The service takes a 0 for the whole amount. @throws PaymentError */
function checkPart({ amount, of }: CapturedPart): void {
  if (Number.isSafeInteger(amount) && amount > 0 && amount <= of) return
  throw new PaymentError(
    'refused',
    `${amount} thousandths of a credit cannot be captured of ${of} that were put aside: nothing was sent.`,
  )
}

/** Credit that is bought of another service, or elsewhere, would never be found here. */
function compareShops(
  { url, serviceName, onOddity }: IapOptions,
  { serviceName: theirs, creditPage }: LackingCredit,
): void {
  if (theirs !== undefined && theirs !== serviceName)
    onOddity?.(
      `The payment service asks for credit of the service ${JSON.stringify(theirs)}, but accounts are led to buy that of ${JSON.stringify(serviceName)}: mend BROKER_IAP_SERVICE_NAME.`,
    )
  if (creditPage === undefined || !URL.canParse(creditPage)) return
  const shop = new URL(creditPage).origin
  if (shop !== new URL(url).origin)
    onOddity?.(
      `The payment service sells its credit at ${shop}, but accounts are led to ${new URL(url).origin}: mend BROKER_IAP_URL.`,
    )
}
