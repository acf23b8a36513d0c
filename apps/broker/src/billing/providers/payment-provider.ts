/** Who is asked to pay: an account and its name at the provider. */
export interface Payer {
  readonly accountId: string
  /** The account's token at Odoo's in-app purchase service. */
  readonly paymentToken: string
}

/** How much is taken of what was put aside, both in thousandths of a credit. */
export interface CapturedPart {
  readonly amount: number
  readonly of: number
}

/**
 * A service that holds credit for accounts. Amounts are thousandths of a credit. Every call may fail with a
 * `PaymentError`; only its codes say whether something may have happened all the same.
 */
export interface PaymentProvider {
  readonly name: string
  /** Puts an amount aside; the transaction's token. */
  authorize(hold: { payer: Payer; amount: number; description: string }): Promise<string>
  /**
   * Takes what was put aside, or a part of it; may be repeated.
   * @param part absent: all of it
   * @throws PaymentError `refused`, before the service is asked, unless the part is a positive whole number of thousandths
   * and no more than was put aside
   */
  capture(transaction: string, part?: CapturedPart): Promise<void>
  /** Lets go of what was put aside; may be repeated. */
  cancel(transaction: string): Promise<void>
  /** What the provider holds for an account; undefined where that cannot be read. */
  balance(payer: Payer): Promise<number | undefined>
  /** Where credit is bought, opened in a browser; undefined where it cannot be bought. */
  rechargeUrl(payer: Payer, amount: number): string | undefined
  /** A hold that is neither captured nor cancelled ends by itself after so long. */
  readonly holdSeconds: number
  /** Whether credit lies with it, and not in the broker's own books. */
  readonly keepsBalances: boolean
}

/** The service that new payments go through, and those that attempts begun earlier still belong to. */
export interface PaymentProviders {
  readonly current: PaymentProvider
  /** By the name that the ledger keeps; undefined: it is not set up any more. */
  find(name: string): PaymentProvider | undefined
  /**
   * The one that keeps balances of its own, also where new payments go another way: what it took stays true. Undefined
   * where all credit stands in these books.
   */
  readonly keeper: PaymentProvider | undefined
}

export function providersOf(
  current: PaymentProvider,
  ...earlier: readonly PaymentProvider[]
): PaymentProviders {
  const all = [current, ...earlier]
  return {
    current,
    find: name => all.find(provider => provider.name === name),
    keeper: all.find(({ keepsBalances }) => keepsBalances),
  }
}

/**
 * `insufficient_credit`, `refused` and `unreachable` are certain: nothing was put aside or taken. `unknown` is not:
 * the answer was lost or makes no sense, so that the call may have had its effect.
 */
export type PaymentErrorCode = 'insufficient_credit' | 'refused' | 'unreachable' | 'unknown'

/** What a payment service says of credit that does not suffice; what it left out is undefined. */
export interface LackingCredit {
  /** Of which service credit is lacking, by its technical name there. */
  readonly serviceName: string | undefined
  /** Where credit is bought, by the service's own word. */
  readonly creditPage: string | undefined
  /** Credits that were asked for. */
  readonly credit: number | undefined
}

export class PaymentError extends Error {
  readonly code: PaymentErrorCode
  /** Only with `insufficient_credit`. */
  readonly lacking: LackingCredit | undefined

  constructor(
    code: PaymentErrorCode,
    message: string,
    { lacking, ...options }: ErrorOptions & { readonly lacking?: LackingCredit } = {},
  ) {
    super(message, options)
    this.name = 'PaymentError'
    this.code = code
    this.lacking = lacking
  }
}
