import { z } from 'zod'
import { PaymentError } from './payment-provider.ts'

const TIMEOUT_MS = 15_000
const LARGEST_ANSWER_BYTES = 100_000

/** JSON-RPC as Odoo speaks it: status 200 for errors too, told apart by the last part of the exception's name. */
const Answer = z.union([
  z.object({ error: z.object({ data: z.object({ name: z.string(), message: z.string().catch('') }) }) }),
  // Odoo leaves `result` out where a call returns nothing.
  z.object({ jsonrpc: z.literal('2.0'), error: z.undefined().optional(), result: z.unknown().optional() }),
])

/** What `InsufficientCreditError` carries: JSON inside its message, from which Odoo makes its dialog. */
const CreditDialog = z.object({
  message: z.string().max(2000),
  base_url: z.string().max(2000).optional().catch(undefined),
  service_name: z.string().max(200).optional().catch(undefined),
  credit: z.number().optional().catch(undefined),
})

/**
 * Exceptions that Odoo raises about the request itself, before it has any effect. Every other name, such as that of a
 * database conflict, says that something broke on the way, and not whether it broke before or after the effect.
 */
const REFUSALS = new Set([
  'AccessError',
  'AccessDenied',
  'UserError',
  'ValidationError',
  'TypeError',
  'ValueError',
])

/** Failures of a connection that was never made: the service has certainly not seen the request. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

export interface IapCallOptions {
  /** Such as `https://iap.odoo.com`, or `https://iap-sandbox.odoo.com`. */
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  /** How long an answer is waited for; 15 s unless told. */
  readonly timeoutMs?: number
}

/** One call of Odoo's in-app purchase service. @throws PaymentError */
export async function callIap(
  { url, fetch, timeoutMs = TIMEOUT_MS }: IapCallOptions,
  operation: string,
  params: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const answer = await exchange()
  if (answer.error === undefined) return 'result' in answer ? answer.result : undefined
  const { name, message } = answer.error.data
  const kind = name.split('.').at(-1)
  if (kind === 'InsufficientCreditError') throw insufficiency(message)
  throw new PaymentError(
    kind !== undefined && REFUSALS.has(kind) ? 'refused' : 'unknown',
    `The payment service answered ${operation} with ${kind?.slice(0, 100)}.`,
  )

  async function exchange(): Promise<z.infer<typeof Answer>> {
    try {
      const response = await fetch(`${url}/iap/1/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          method: 'call',
          params,
          id: crypto.randomUUID().replaceAll('-', ''),
        }),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok) {
        await response.body?.cancel()
        throw new PaymentError(
          'unknown',
          `The payment service answered ${operation} with status ${response.status}.`,
        )
      }
      return Answer.parse(JSON.parse(await boundedText(response)))
    } catch (cause) {
      if (cause instanceof PaymentError) throw cause
      const code = wasNotSent(cause) ? 'unreachable' : 'unknown'
      throw new PaymentError(code, `The payment service did not answer ${operation}.`, { cause })
    }
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > LARGEST_ANSWER_BYTES) throw new Error('The answer of the payment service is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function wasNotSent(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('code' in error && typeof error.code === 'string' && NOT_SENT.has(error.code)) return true
  return 'cause' in error && wasNotSent(error.cause)
}

function insufficiency(text: string): PaymentError {
  try {
    const { message, base_url, service_name, credit } = CreditDialog.parse(JSON.parse(text))
    const lacking = { serviceName: service_name, creditPage: base_url, credit }
    return new PaymentError('insufficient_credit', message, { lacking })
  } catch {
    return new PaymentError('insufficient_credit', 'The account has not enough credit.')
  }
}
