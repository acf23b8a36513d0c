import { createHmac, timingSafeEqual } from 'node:crypto'

/** Messages older or newer than this are refused, so that one that was overheard cannot be sent again later. */
const TOLERANCE_SECONDS = 300

/**
 * Whether Stripe signed this message: HMAC-SHA-256 of `timestamp.body` under the endpoint's secret stands in the
 * header `Stripe-Signature` as `t=…,v1=…`; while a secret is being replaced there are several, of which one suffices.
 *
 * @param body exactly the bytes that came
 */
export function isSignedByStripe(
  header: string | undefined,
  body: Buffer,
  secret: string,
  now: Date,
): boolean {
  const parts = (header ?? '').split(',').map(part => part.trim().split('=', 2))
  const timestamp = parts.find(([name]) => name === 't')?.[1] ?? ''
  if (!/^[0-9]{1,12}$/.test(timestamp)) return false
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest()
  return parts
    .filter(([name, value]) => name === 'v1' && /^[0-9a-f]{64}$/.test(value ?? ''))
    .some(([, value]) => timingSafeEqual(Buffer.from(value ?? '', 'hex'), expected))
}
