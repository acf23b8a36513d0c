import { z } from 'zod'

/** Odoo's in-app purchase service, as a service provider calls it. Credits are numbers of its own unit. */
export interface IapClient {
  /** Holds credit; the token of the transaction. @throws IapError */
  authorize(hold: {
    accountToken: string
    credit: number
    description: string
    ttlHours: number
  }): Promise<string>
  /** Takes what was held; may be repeated. @throws IapError */
  capture(transactionToken: string): Promise<void>
}

/**
 * `insufficient_credit` and `refused` are certain; `unknown` is not: the answer was lost, so that the call may
 * have had its effect.
 */
export type IapErrorCode = 'insufficient_credit' | 'refused' | 'unknown'

export class IapError extends Error {
  readonly code: IapErrorCode

  constructor(code: IapErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'IapError'
    this.code = code
  }
}

export interface IapOptions {
  readonly url: string
  readonly serviceKey: string
  readonly fetch: typeof globalThis.fetch
}

/** JSON-RPC as Odoo speaks it: status 200 for errors too, told apart by the last part of the exception's name. */
const Answer = z.object({
  result: z.unknown().optional(),
  error: z.object({ data: z.object({ name: z.string(), message: z.string().default('') }) }).optional(),
})

const TIMEOUT_MILLISECONDS = 15_000

export function createIapClient({ url, serviceKey, fetch }: IapOptions): IapClient {
  async function call(operation: string, params: Record<string, unknown>): Promise<unknown> {
    let answer: z.infer<typeof Answer>
    try {
      const response = await fetch(`${url}/iap/1/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          method: 'call',
          params: { ...params, key: serviceKey },
          id: null,
        }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      })
      answer = Answer.parse(await response.json())
    } catch (cause) {
      throw new IapError('unknown', `The payment service did not answer ${operation}.`, { cause })
    }
    if (answer.error === undefined) return answer.result
    const kind = answer.error.data.name.split('.').at(-1)
    if (kind === 'InsufficientCreditError')
      throw new IapError('insufficient_credit', 'The account has not enough credit.')
    throw new IapError('refused', `The payment service refused ${operation}: ${kind}.`)
  }

  return {
    async authorize({ accountToken, credit, description, ttlHours }) {
      const token = await call('authorize', {
        account_token: accountToken,
        credit,
        description,
        ttl: ttlHours,
      })
      if (typeof token !== 'string' || token === '')
        throw new IapError('unknown', 'The payment service gave no transaction.')
      return token
    },
    async capture(token) {
      await call('capture', { token })
    },
  }
}
