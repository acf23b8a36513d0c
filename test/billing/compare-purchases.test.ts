import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { purchaseDifferences } from '../../apps/broker/src/billing/operation/compare-purchases.ts'
import { dismissAside } from '../../apps/broker/src/billing/stripe/aside.ts'
import { bookStripeEvent } from '../../apps/broker/src/billing/stripe/book-event.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'

/** Each way in which the books and the messages of Stripe can come to differ; the books are falsified by hand. */

const rules = { livemode: true, currency: 'eur', creditsPerUnit: 2 }
const now = new Date('2026-06-01T00:00Z')
const id = (kind: string) => `${kind}_${randomBytes(8).toString('hex')}`

let registry: TestRegistry
let accountId: string
beforeEach(async () => {
  registry = await openTestRegistry()
  accountId = await newAccount()
})
afterEach(() => registry.drop())

async function newAccount(): Promise<string> {
  return (await registry.newAccount()).accountId
}

const found = () => purchaseDifferences(registry.pool)

async function tell(type: string, object: Record<string, unknown>, price = rules): Promise<string> {
  const event = { id: id('evt'), type, livemode: true, data: { object } }
  await bookStripeEvent(registry.pool, event, price, now)
  return event.id
}

/** 25 euros, which buy 50 credits. */
async function buy(price = rules) {
  const object = {
    id: id('cs'),
    payment_status: 'paid',
    amount_total: 2500,
    currency: 'eur',
    client_reference_id: accountId,
    payment_intent: id('pi'),
  }
  const eventId = await tell('checkout.session.completed', object, price)
  return { ...object, eventId }
}

const refund = (payment_intent: string, amount_refunded: number) =>
  tell('charge.refunded', { id: id('ch'), payment_intent, amount_refunded, currency: 'eur' })
const dispute = (payment_intent: string, amount: number) =>
  tell('charge.dispute.funds_withdrawn', { id: id('dp'), payment_intent, amount, currency: 'eur' })

async function enter(kind: string, amount: number, reference: string, reason: string, of = accountId) {
  await registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, $2::credit_kind, $3, $4, $5, 'stripe', now())`,
    [of, kind, amount, reference, reason],
  )
}

test('what was booked as it was told agrees: prices that changed, parts, disputes beside refunds, messages that wait', async () => {
  await buy()
  await buy({ ...rules, creditsPerUnit: 3 })
  const parts = await buy()
  await refund(parts.payment_intent, 333)
  await refund(parts.payment_intent, 1001)
  await dispute(parts.payment_intent, 700)
  const all = await buy()
  await refund(all.payment_intent, 2500)
  await dispute(all.payment_intent, 2500)
  // Told by two messages, the second at another price: credited once.
  const { eventId: _, ...again } = await buy()
  await tell('checkout.session.async_payment_succeeded', again, { ...rules, creditsPerUnit: 9 })
  const waiting = await tell('checkout.session.completed', { ...again, id: id('cs'), currency: 'usd' })
  expect(await found()).toEqual([])
  await dismissAside(registry.pool, waiting, 'paid back by hand')
  expect(await found()).toEqual([])
})

test('a purchase of which no message tells differs, also where its message waits or was dismissed', async () => {
  const purchase = id('cs')
  await enter('purchase', 5000, purchase, id('pi'))
  const differs = { accountId, what: 'credited without a message', booked: 5, told: null }
  expect(await found()).toEqual([{ ...differs, purchase }])
  const bought = await buy()
  await registry.pool.query('UPDATE stripe_event SET applied = FALSE WHERE id = $1', [bought.eventId])
  expect(await found()).toContainEqual({ ...differs, purchase: bought.id, booked: 50 })
  await dismissAside(registry.pool, bought.eventId, 'a mistake')
  expect(await found()).toContainEqual({ ...differs, purchase: bought.id, booked: 50 })
})

test('a paid message without credit differs', async () => {
  const purchase = id('cs')
  const object = { id: purchase, payment_status: 'paid', amount_total: 2500, client_reference_id: accountId }
  await registry.pool.query(
    `INSERT INTO stripe_event (id, type, applied, body, received_at, credited)
     VALUES ($1, 'checkout.session.completed', TRUE, $2, now(), 50000)`,
    [id('evt'), JSON.stringify({ data: { object } })],
  )
  expect(await found()).toEqual([
    { accountId: null, purchase, what: 'paid without credit', booked: 0, told: 50 },
  ])
})

test('a purchase that is booked to another account, or with another amount, differs', async () => {
  const bought = await buy()
  await registry.pool.query('UPDATE stripe_event SET credited = 49000 WHERE id = $1', [bought.eventId])
  expect(await found()).toEqual([
    { accountId, purchase: bought.id, what: 'credited another amount', booked: 50, told: 49 },
  ])
  await registry.pool.query(
    `UPDATE stripe_event SET credited = 50000, body = jsonb_set(body, '{data,object,client_reference_id}', to_jsonb($2::text))
     WHERE id = $1`,
    [bought.eventId, await newAccount()],
  )
  expect(await found()).toEqual([
    { accountId, purchase: bought.id, what: 'credited to another account', booked: 50, told: 50 },
  ])
})

test('what was taken back without a message, or not taken back, or only in part, differs', async () => {
  const [without, not] = [await buy(), await buy()]
  await enter('purchase_returned', -2000, `${without.payment_intent}:refund:evt_x`, 'refund')
  await registry.pool.query(
    `INSERT INTO stripe_event (id, type, applied, body, received_at) VALUES ($1, 'charge.refunded', TRUE, $2, now())`,
    [
      id('evt'),
      JSON.stringify({
        data: { object: { id: 'ch', payment_intent: not.payment_intent, amount_refunded: 1250 } },
      }),
    ],
  )
  const differs = { accountId, what: 'taken back another amount' }
  expect(await found()).toHaveLength(2)
  expect(await found()).toEqual(
    expect.arrayContaining([
      { ...differs, purchase: without.payment_intent, booked: 2, told: 0 },
      { ...differs, purchase: not.payment_intent, booked: 0, told: 25 },
    ]),
  )
  await enter('purchase_returned', -24_000, `${not.payment_intent}:refund:evt_y`, 'refund')
  expect(await found()).toContainEqual({ ...differs, purchase: not.payment_intent, booked: 24, told: 25 })
})
