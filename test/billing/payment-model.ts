import {
  PaymentError,
  type PaymentProvider,
} from '../../apps/broker/src/billing/providers/payment-provider.ts'

/**
 * What goes wrong at one call of the payment service. `crash` ends the calling process, `lost` its answer. `asleep` stops
 * the process until it is woken: its call goes out, or its answer is read, only then.
 */
export type Fault =
  | 'none'
  | 'lost-before'
  | 'lost-after'
  | 'refused'
  | 'unreachable'
  | 'crash-before'
  | 'crash-after'
  | 'asleep-before'
  | 'asleep-after'

export const CANCELS_AFTER_CAPTURE = ['refused', 'ignored', 'given back'] as const
export type CancelAfterCapture = (typeof CANCELS_AFTER_CAPTURE)[number]

type Held = Parameters<PaymentProvider['authorize']>[0]
type Hold = Held & { readonly endsAt: number; state: 'held' | 'captured' | 'cancelled' }

const HOLD_SECONDS = 7200
const refused = (why: string) => new PaymentError('refused', why)

/**
 * The truth about money: a payment service in memory, which does exactly what its documentation says. What becomes of
 * a cancellation of what was captured is not documented: it is refused, done without an effect, or gives the money back.
 */
export class PaymentModel {
  readonly #now: () => number
  readonly #holds = new Map<string, Hold>()
  readonly #cancelAfterCapture: CancelAfterCapture
  #faults: Fault[] = []
  balance = 0

  constructor(now: () => number, cancelAfterCapture: CancelAfterCapture) {
    this.#now = now
    this.#cancelAfterCapture = cancelAfterCapture
  }

  /** The next calls go wrong so. */
  order(faults: readonly Fault[]): void {
    this.#faults = [...faults]
  }

  captured(): Hold[] {
    return [...this.#holds.values()].filter(({ state }) => state === 'captured')
  }

  /** What the operator sees of a transaction. */
  fateOf(token: string): 'captured' | 'cancelled' {
    return this.#holds.get(token)?.state === 'captured' ? 'captured' : 'cancelled'
  }

  available(): number {
    const held = [...this.#holds.values()].filter(hold => this.#isHeld(hold))
    return this.balance - held.reduce((sum, { amount }) => sum + amount, 0)
  }

  #isHeld({ state, endsAt }: Hold): boolean {
    return state === 'held' && endsAt > this.#now()
  }

  #authorize(hold: Held): string {
    if (hold.amount > this.available()) throw new PaymentError('insufficient_credit', 'too little')
    const token = `${hold.payer.accountId}:${this.#holds.size}`
    this.#holds.set(token, { ...hold, endsAt: this.#now() + HOLD_SECONDS * 1000, state: 'held' })
    return token
  }

  #capture(token: string): void {
    const hold = this.#holds.get(token)
    if (hold?.state === 'captured') return
    if (hold === undefined || !this.#isHeld(hold)) throw refused('no such hold')
    hold.state = 'captured'
    this.balance -= hold.amount
  }

  #cancel(token: string): void {
    const hold = this.#holds.get(token)
    if (hold === undefined) throw refused('no such hold')
    if (hold.state === 'captured') {
      if (this.#cancelAfterCapture === 'refused') throw refused('captured')
      if (this.#cancelAfterCapture === 'ignored') return
      this.balance += hold.amount
    }
    hold.state = 'cancelled'
  }

  /**
   * The service as one process of the broker sees it.
   * @param crash ends the process: never resolves
   * @param sleep stops the process: resolves when it is woken
   */
  provider(crash: () => Promise<never>, sleep: () => Promise<void>): PaymentProvider {
    const call = async <T>(work: () => T): Promise<T> => {
      const fault = this.#faults.shift() ?? 'none'
      if (fault === 'crash-before') return crash()
      if (fault === 'refused') throw refused('wrong key')
      if (fault === 'unreachable') throw new PaymentError('unreachable', 'no connection')
      if (fault === 'lost-before') throw new PaymentError('unknown', 'lost')
      if (fault === 'asleep-before') await sleep()
      try {
        const answer = work()
        if (fault === 'crash-after') return crash()
        if (fault === 'lost-after') throw new PaymentError('unknown', 'lost')
        return answer
      } finally {
        // A refusal is read as late as every other answer.
        if (fault === 'asleep-after') await sleep()
      }
    }
    return {
      name: 'model',
      holdSeconds: HOLD_SECONDS,
      keepsBalances: true,
      authorize: hold => call(() => this.#authorize(hold)),
      capture: token => call(() => this.#capture(token)),
      cancel: token => call(() => this.#cancel(token)),
      balance: () => call(() => this.balance),
      rechargeUrl: () => undefined,
    }
  }
}
