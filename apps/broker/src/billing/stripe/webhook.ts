import { HttpProblem, type Log, type Route, route } from '@odoo-backup/service'
import { type RequestHandler, raw } from 'express'
import type { Pool } from 'pg'
import { bookStripeEvent, keepUnreadable } from './book-event.ts'
import { StripeEvent, type StripeRules } from './event.ts'
import { isSignedByStripe } from './signature.ts'

export const STRIPE_PATH = '/stripe/webhook'

export interface StripeWebhookDependencies {
  readonly pool: Pool
  readonly secret: string
  readonly rules: StripeRules
  /** Collects what is due now that there is credit. */
  readonly afterPurchase: (accountId: string) => Promise<unknown>
  readonly now: () => Date
  readonly log: Log
}

/** Keeps the body of Stripe's calls as it came: the signature is over its bytes. Stands before the body parsers. */
export const stripeBody: RequestHandler = (request, response, next) => {
  if (request.path !== STRIPE_PATH) return next()
  raw({ type: () => true, limit: 1_000_000 })(request, response, next)
}

/** `POST /stripe/webhook`. What is signed is answered 200, applied or put aside: Stripe need not send it again. */
export function stripeWebhook({
  pool,
  secret,
  rules,
  afterPurchase,
  now,
  log,
}: StripeWebhookDependencies): Route {
  return route({
    method: 'post',
    path: STRIPE_PATH,
    summary: 'What Stripe tells of payments, refunds and disputes',
    tags: ['Payment'],
    produces: 'application/json',
    async handle({ request, response }) {
      const body: unknown = request.body
      if (!Buffer.isBuffer(body) || !isSignedByStripe(request.get('stripe-signature'), body, secret, now()))
        throw new HttpProblem({
          status: 400,
          code: 'signature_refused',
          detail: 'The signature does not hold.',
        })
      const event = readEvent(body)
      if (event === undefined) {
        await keepUnreadable(pool, body, now())
        log.error({ bytes: body.length }, 'a message of Stripe that cannot be read is put aside')
        response.json({ booked: 'aside' })
        return
      }
      const { booked, accountId } = await bookStripeEvent(pool, event, rules, now())
      log.info({ event: event.id, type: event.type, booked, accountId }, 'a message of Stripe')
      if (booked === 'applied' && accountId !== undefined) {
        await afterPurchase(accountId).catch(error =>
          log.error({ err: error, accountId }, 'renewing after a purchase'),
        )
      }
      response.json({ booked })
    },
  })
}

function readEvent(body: Buffer): StripeEvent | undefined {
  try {
    return StripeEvent.parse(JSON.parse(body.toString('utf8')))
  } catch {
    return undefined
  }
}
