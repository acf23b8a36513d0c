import { createHash, randomBytes } from 'node:crypto'
import { RpcError } from './json-rpc.ts'
import type { Hold, Store } from './state.ts'

const HOUR = 3_600_000
/** 180 days. */
const USUAL_TTL_HOURS = 4320
const MOST_HOLDS = 100

/** Tokens with a fixed answer, whatever the service key (documented for the IAP sandbox). */
const NO_ACCOUNT = '000000'
const NO_CREDIT = '000111'
const ALWAYS_ENOUGH = '111111'
const DUMMY_TRANSACTION = 'sandbox-dummy-transaction'

const UNKNOWN_ACCOUNT = "You don't have an IAP account registered for this service."
const TOO_LITTLE = "You don't have enough credits on your account to use this service."

/**
 * The name by which an account is kept: the SHA-1 that newer Odoo puts into the link to the credit page in the
 * token's stead. What follows a `+` marks a token of a neutralised database, which no account has.
 */
export function accountKey(token: string): string {
  return createHash('sha1').update(token).digest('hex')
}

export interface IapLedgerOptions {
  readonly store: Store
  readonly serviceKey: string
  readonly serviceName: string
  /** Where the buy-credits page is; a part of the error for too little credit. */
  readonly creditPage: () => string
}

/** The accounts, credits and holds of IAP, seen from the service's side. */
export class IapLedger {
  readonly #store: Store
  readonly #serviceKey: string
  readonly #serviceName: string
  readonly #creditPage: () => string

  constructor(options: IapLedgerOptions) {
    this.#store = options.store
    this.#serviceKey = options.serviceKey
    this.#serviceName = options.serviceName
    this.#creditPage = options.creditPage
  }

  /** Puts credit aside; the answer is the transaction's token. */
  authorize(params: Readonly<Record<string, unknown>>): string {
    const { account_token: token, dbuuid } = params
    const credit = number(params.credit, 'credit')
    const ttlHours = params.ttl === undefined ? USUAL_TTL_HOURS : number(params.ttl, 'ttl')
    if (typeof token !== 'string') throw new RpcError('builtins.TypeError', 'account_token is not a string')
    if (token === ALWAYS_ENOUGH) return DUMMY_TRANSACTION
    if (token === NO_ACCOUNT) throw this.#insufficient(UNKNOWN_ACCOUNT, credit, dbuuid)
    if (token === NO_CREDIT) throw this.#insufficient(TOO_LITTLE, credit, dbuuid)
    this.#checkKey(params.key)
    if (credit < 0) throw new RpcError('builtins.ValueError', 'credit is negative')
    const account = accountKey(token)
    this.#giveTrial(account, dbuuid)
    if (this.#store.state.accounts[account] === undefined)
      throw this.#insufficient(UNKNOWN_ACCOUNT, credit, dbuuid)
    if (credit > this.available(account) || this.#liveHolds(account).length >= MOST_HOLDS)
      throw this.#insufficient(TOO_LITTLE, credit, dbuuid)
    const transaction = randomBytes(16).toString('hex')
    this.#store.state.holds[transaction] = {
      account,
      serviceKey: this.#serviceKey,
      credit,
      ...(typeof params.description === 'string' ? { description: params.description } : {}),
      expiresAt: this.#store.now() + ttlHours * HOUR,
      state: 'held',
      captured: 0,
    }
    this.#store.save()
    return transaction
  }

  /** Takes what was put aside, or less; doing so again changes nothing. */
  capture(params: Readonly<Record<string, unknown>>): void {
    if (params.token === DUMMY_TRANSACTION) return
    const hold = this.#hold(params)
    if (hold.state === 'captured') return
    if (!this.#isLive(hold))
      throw new RpcError('odoo.exceptions.AccessError', 'This transaction was cancelled.')
    const wanted = params.credit_to_capture
      ? number(params.credit_to_capture, 'credit_to_capture')
      : hold.credit
    if (wanted < 0 || wanted > hold.credit)
      throw new RpcError('odoo.exceptions.AccessError', 'More than was authorized cannot be captured.')
    const account = this.#store.state.accounts[hold.account]
    if (account !== undefined) account.balance -= wanted
    hold.state = 'captured'
    hold.captured = wanted
    this.#store.save()
  }

  /** Lets go of what was put aside; doing so again changes nothing. */
  cancel(params: Readonly<Record<string, unknown>>): void {
    if (params.token === DUMMY_TRANSACTION) return
    const hold = this.#hold(params)
    if (hold.state === 'captured' && this.#store.state.cancelAfterCapture === 'ignored') return
    if (hold.state === 'captured')
      throw new RpcError('odoo.exceptions.AccessError', 'This transaction was captured.')
    hold.state = 'cancelled'
    this.#store.save()
  }

  /** What an Odoo database sees as its balance; 0 for an account that is not registered. */
  balance(token: unknown): number {
    if (typeof token !== 'string') return 0
    const { accounts, heldInBalance } = this.#store.state
    const account = accountKey(token)
    return heldInBalance === 'counted' ? (accounts[account]?.balance ?? 0) : this.available(account)
  }

  /** Adds credit, registering the account if it is new, as buying does. */
  addCredit(account: string, credit: number): void {
    const known = this.#store.state.accounts[account]
    this.#store.state.accounts[account] = {
      warningThreshold: known?.warningThreshold ?? 0,
      balance: (known?.balance ?? 0) + credit,
    }
    this.#store.save()
  }

  /** The balance less what is held: all that a new hold can have. */
  available(account: string): number {
    const held = this.#liveHolds(account).reduce((sum, hold) => sum + hold.credit, 0)
    return (this.#store.state.accounts[account]?.balance ?? 0) - held
  }

  #giveTrial(account: string, dbuuid: unknown): void {
    const { accounts, trialCredits } = this.#store.state
    if (typeof dbuuid !== 'string' || accounts[account] !== undefined) return
    const trial = trialCredits[dbuuid]
    if (trial === undefined) return
    delete trialCredits[dbuuid]
    this.addCredit(account, trial)
  }

  #liveHolds(account: string): Hold[] {
    return Object.values(this.#store.state.holds).filter(
      hold => hold.account === account && this.#isLive(hold),
    )
  }

  #isLive(hold: Hold): boolean {
    return hold.state === 'held' && hold.expiresAt > this.#store.now()
  }

  #hold(params: Readonly<Record<string, unknown>>): Hold {
    this.#checkKey(params.key)
    const hold = typeof params.token === 'string' ? this.#store.state.holds[params.token] : undefined
    if (hold === undefined) throw new RpcError('odoo.exceptions.AccessError', 'There is no such transaction.')
    return hold
  }

  #checkKey(key: unknown): void {
    if (key !== this.#serviceKey) throw new RpcError('odoo.exceptions.AccessError', 'Wrong service key.')
  }

  /** The message is itself JSON: the buyer's dialog in Odoo is made of it. */
  #insufficient(message: string, credit: number, dbuuid: unknown): RpcError {
    const trial = typeof dbuuid === 'string' && this.#store.state.trialCredits[dbuuid] !== undefined
    const dialog = {
      title: 'Insufficient Balance',
      message,
      base_url: this.#creditPage(),
      service_name: this.#serviceName,
      credit,
      trial,
    }
    return new RpcError('odoo.addons.iap.tools.iap_tools.InsufficientCreditError', JSON.stringify(dialog))
  }
}

function number(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new RpcError('builtins.TypeError', `${name} is not a number`)
  return value
}
