import { PaymentError, type PaymentProvider } from './payment-provider.ts'

/**
 * Prepaid credits: all that an account has stands in the broker's own books, which are always spent first. What is
 * left to ask for when they do not suffice, nobody has.
 *
 * @param paymentLink a payment link of Stripe, such as `https://buy.stripe.com/…`; absent where only the operator
 * grants credits
 */
export function createPrepaidProvider({
  paymentLink,
}: {
  readonly paymentLink?: string | undefined
}): PaymentProvider {
  const refuse = async (): Promise<never> => {
    throw new PaymentError('insufficient_credit', 'The account has not enough prepaid credit.')
  }
  return {
    name: 'prepaid',
    holdSeconds: 0,
    keepsBalances: false,
    authorize: refuse,
    capture: refuse,
    cancel: async () => undefined,
    balance: async () => 0,
    rechargeUrl({ accountId }) {
      if (paymentLink === undefined) return undefined
      const url = new URL(paymentLink)
      url.searchParams.set('client_reference_id', accountId)
      return url.href
    },
  }
}
