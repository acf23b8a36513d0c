import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RunningBroker } from '../fixtures/running-broker.ts'
import {
  bought,
  messageOf,
  newAccount,
  newId,
  paidSession,
  runStripeBroker,
  type StripeMessage,
  sendMessage,
  signatureOf,
} from '../fixtures/stripe-messages.ts'

let broker: RunningBroker
beforeAll(async () => {
  broker = await runStripeBroker()
})
afterAll(() => broker.close())

/** One whose first month begins now. */
async function usedAccount(): Promise<string> {
  const account = await newAccount(broker)
  await broker.query(
    "INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at) VALUES ($1, 'standard', now(), FALSE, now())",
    [account],
  )
  return account
}

async function wholeBalance(account: string): Promise<number> {
  const [row] = await broker.query<{ sum: string }>(
    'SELECT SUM(amount) AS sum FROM credit_entry WHERE account_id = $1',
    [account],
  )
  return Number(row?.sum) / 1000
}

test('a paid session is credited, once, whatever the message is called and however often it comes', async () => {
  const account = await newAccount(broker)
  const object = paidSession(account)
  const body = messageOf({ object })
  expect(await sendMessage(broker.url, body)).toEqual({ status: 200, answer: { booked: 'applied' } })
  expect(await sendMessage(broker.url, body)).toEqual({ status: 200, answer: { booked: 'repeated' } })
  await sendMessage(broker.url, messageOf({ object, type: 'checkout.session.async_payment_succeeded' }))
  expect(await bought(broker, account)).toBe(50)
})

test('what is bought pays the month at once, and begins none where there was no use yet', async () => {
  const [used, unused] = [await usedAccount(), await newAccount(broker)]
  for (const account of [used, unused])
    await sendMessage(broker.url, messageOf({ object: paidSession(account) }))
  expect([await wholeBalance(used), await wholeBalance(unused)]).toEqual([40, 50])
})

test('a session that is not paid yet is credited when it is', async () => {
  const account = await newAccount(broker)
  const object = paidSession(account, { payment_status: 'unpaid' })
  expect((await sendMessage(broker.url, messageOf({ object }))).status).toBe(200)
  expect(await bought(broker, account)).toBe(0)
  await sendMessage(
    broker.url,
    messageOf({
      object: { ...object, payment_status: 'paid' },
      type: 'checkout.session.async_payment_succeeded',
    }),
  )
  expect(await bought(broker, account)).toBe(50)
})

test.each<[string, (account: string) => StripeMessage]>([
  ['the other mode', account => ({ object: paidSession(account), livemode: false })],
  ['another currency', account => ({ object: paidSession(account, { currency: 'usd' }) })],
  ['nothing paid', account => ({ object: paidSession(account, { amount_total: 0 }) })],
  [
    'an order that a coupon made free',
    account => ({
      object: paidSession(account, {
        payment_status: 'no_payment_required',
        amount_total: 0,
        payment_intent: null,
      }),
    }),
  ],
  [
    'a status that nobody knows',
    account => ({ object: paidSession(account, { payment_status: 'perhaps' }) }),
  ],
  ['a fraction of a cent', account => ({ object: paidSession(account, { amount_total: 0.5 }) })],
  ['more than any payment', account => ({ object: paidSession(account, { amount_total: 1e15 }) })],
  ['no reference of ours', account => ({ object: paidSession(account, { client_reference_id: null }) })],
  ['an account that does not exist', () => ({ object: paidSession('00000000-0000-4000-8000-000000000000') })],
  ['another type of message', account => ({ object: paidSession(account), type: 'invoice.paid' })],
])('%s is kept aside for the operator, answered 200, and credits nothing', async (_name, change) => {
  const account = await newAccount(broker)
  const eventId = newId('evt')
  expect(await sendMessage(broker.url, messageOf({ ...change(account), eventId }))).toEqual({
    status: 200,
    answer: { booked: 'aside' },
  })
  expect(await bought(broker, account)).toBe(0)
  const rows = await broker.query('SELECT applied, note FROM stripe_event WHERE id = $1', [eventId])
  expect(rows).toEqual([{ applied: false, note: expect.any(String) }])
})

test('a forged, unsigned or old message is refused and leaves no trace', async () => {
  const account = await newAccount(broker)
  const eventId = newId('evt')
  const body = messageOf({ object: paidSession(account), eventId })
  const old = Math.floor(Date.now() / 1000) - 400
  for (const header of ['t=1,v1=00', '', signatureOf(body, old)]) {
    expect(await sendMessage(broker.url, body, header)).toMatchObject({
      status: 400,
      answer: { code: 'signature_refused' },
    })
  }
  expect(await bought(broker, account)).toBe(0)
  expect(await broker.query('SELECT 1 FROM stripe_event WHERE id = $1', [eventId])).toEqual([])
})

test('refunds take back what they add up to, also after it was spent', async () => {
  const account = await usedAccount()
  const object = paidSession(account)
  await sendMessage(broker.url, messageOf({ object }))
  const refund = (amount_refunded: number, eventId = newId('evt')) =>
    sendMessage(
      broker.url,
      messageOf({
        type: 'charge.refunded',
        eventId,
        object: { payment_intent: object.payment_intent, amount_refunded, currency: 'eur' },
      }),
    )
  await refund(500)
  await refund(500)
  expect(await bought(broker, account)).toBe(40)
  // Each message tells the sum until then: one that comes late tells nothing new.
  await refund(1500)
  expect(await refund(1000)).toEqual({ status: 200, answer: { booked: 'applied' } })
  expect(await bought(broker, account)).toBe(20)
  await refund(2500)
  expect(await refund(500)).toEqual({ status: 200, answer: { booked: 'applied' } })
  expect(await bought(broker, account)).toBe(0)
  expect(await wholeBalance(account)).toBe(-10)
})

test.each(['refund.failed', 'charge.refund.updated'])(
  'a refund that failed, told as %s, waits for the operator, and its credits stay taken',
  async type => {
    const account = await newAccount(broker)
    const object = paidSession(account)
    await sendMessage(broker.url, messageOf({ object }))
    const { payment_intent } = object
    const refunded = { payment_intent, amount_refunded: 1000, currency: 'eur' }
    const failed = { id: newId('re'), payment_intent, amount: 1000, currency: 'eur', status: 'failed' }
    await sendMessage(broker.url, messageOf({ type: 'charge.refunded', object: refunded }))
    expect(await sendMessage(broker.url, messageOf({ type, object: failed }))).toEqual({
      status: 200,
      answer: { booked: 'aside' },
    })
    expect(await bought(broker, account)).toBe(30)
    // The same sum, refunded anew.
    await sendMessage(broker.url, messageOf({ type: 'charge.refunded', object: refunded }))
    expect(await bought(broker, account)).toBe(30)
  },
)

test('a dispute that comes before the purchase it belongs to is applied when that comes', async () => {
  const account = await newAccount(broker)
  const object = paidSession(account)
  const dispute = { id: newId('dp'), payment_intent: object.payment_intent, amount: 2500, currency: 'eur' }
  expect(
    (await sendMessage(broker.url, messageOf({ type: 'charge.dispute.funds_withdrawn', object: dispute })))
      .answer.booked,
  ).toBe('aside')
  await sendMessage(broker.url, messageOf({ object }))
  expect(await bought(broker, account)).toBe(0)
})

test('refund and dispute together take back no more than was bought, at the rate of then', async () => {
  const account = await newAccount(broker)
  const object = paidSession(account)
  await sendMessage(broker.url, messageOf({ object }))
  const dearer = await broker.replica({ BROKER_STRIPE_CREDITS_PER_UNIT: '1' })
  const { payment_intent } = object
  const returned = (type: string, what: object) =>
    sendMessage(dearer.url, messageOf({ type, object: { payment_intent, currency: 'eur', ...what } }))
  await returned('charge.refunded', { amount_refunded: 1000 })
  expect(await bought(broker, account)).toBe(30)
  await returned('charge.dispute.funds_withdrawn', { id: newId('dp'), amount: 500 })
  expect(await bought(broker, account)).toBe(20)
  await returned('charge.dispute.funds_withdrawn', { id: newId('dp'), amount: 2500 })
  expect(await bought(broker, account)).toBe(0)
  await dearer.close()
})

test('a signed message that cannot be read is kept aside once, and is answered 200', async () => {
  for (const body of ['{"id":"evt_x"}', 'no JSON', '{"id":"evt_x"}'])
    expect(await sendMessage(broker.url, body)).toEqual({ status: 200, answer: { booked: 'aside' } })
  const rows = await broker.query(
    "SELECT body FROM stripe_event WHERE type = 'unreadable' ORDER BY body::text",
  )
  expect(rows).toEqual([{ body: { text: 'no JSON' } }, { body: { text: '{"id":"evt_x"}' } }])
})

test('characters that no database takes hold up no message', async () => {
  const account = await newAccount(broker)
  const object = { ...paidSession(account), customer_details: { name: 'N\u0000 \ud83d' } }
  expect(await sendMessage(broker.url, messageOf({ object }))).toEqual({
    status: 200,
    answer: { booked: 'applied' },
  })
  expect(await bought(broker, account)).toBe(50)
  const other = messageOf({ eventId: `${newId('evt')}\u0000`, object: paidSession(account) })
  expect(await sendMessage(broker.url, other)).toEqual({ status: 200, answer: { booked: 'aside' } })
})

test('of a type that is no business of ours nothing is kept but that it came', async () => {
  const eventId = newId('evt')
  await sendMessage(
    broker.url,
    messageOf({ eventId, type: 'customer.created', object: { id: 'cus_1', email: 'someone@example.com' } }),
  )
  const [row] = await broker.query<{ body: object }>('SELECT body FROM stripe_event WHERE id = $1', [eventId])
  expect(row?.body).toMatchObject({ data: { object: { id: 'cus_1' } } })
  expect(JSON.stringify(row)).not.toContain('someone@example.com')
})

test('a set-up for tests of Stripe credits its test payments, and no real one', async () => {
  const trying = await broker.replica({ BROKER_STRIPE_LIVE: 'false' })
  try {
    const account = await newAccount(broker)
    const [real, tried] = [true, false].map(livemode => messageOf({ livemode, object: paidSession(account) }))
    expect(await sendMessage(trying.url, real ?? '')).toEqual({
      status: 200,
      answer: { booked: 'aside' },
    })
    expect(await bought(broker, account)).toBe(0)
    expect((await sendMessage(trying.url, tried ?? '')).answer).toEqual({ booked: 'applied' })
    expect(await bought(broker, account)).toBe(50)
  } finally {
    await trying.close()
  }
})

test.each([
  { BROKER_PAYMENT: 'iap', BROKER_IAP_SERVICE_KEY: 'the key of the service' },
  { BROKER_PAYMENT: 'none' },
])(
  'refunds of earlier purchases take credit back where accounts pay another way by now: %j',
  async settings => {
    const account = await newAccount(broker)
    const object = paidSession(account)
    await sendMessage(broker.url, messageOf({ object }))
    const now = await broker.replica(settings)
    try {
      const refund = (payment_intent: string) =>
        sendMessage(
          now.url,
          messageOf({
            type: 'charge.refunded',
            object: { id: newId('ch'), payment_intent, amount_refunded: 1000, currency: 'eur' },
          }),
        )
      expect(await refund(object.payment_intent)).toEqual({ status: 200, answer: { booked: 'applied' } })
      expect(await bought(broker, account)).toBe(30)
      expect(await refund(newId('pi'))).toEqual({ status: 200, answer: { booked: 'aside' } })
    } finally {
      await now.close()
    }
  },
)

test('what other messages told of a session before it was paid keeps no refund from being booked', async () => {
  const account = await newAccount(broker)
  const object = paidSession(account)
  const failed = messageOf({
    type: 'checkout.session.async_payment_failed',
    object: { ...object, payment_status: 'unpaid' },
  })
  expect((await sendMessage(broker.url, failed)).answer).toEqual({ booked: 'aside' })
  await sendMessage(broker.url, messageOf({ type: 'checkout.session.async_payment_succeeded', object }))
  expect(await bought(broker, account)).toBe(50)
  const refund = messageOf({
    type: 'charge.refunded',
    object: {
      id: newId('ch'),
      payment_intent: object.payment_intent,
      amount_refunded: 2500,
      currency: 'eur',
    },
  })
  expect((await sendMessage(broker.url, refund)).answer).toEqual({ booked: 'applied' })
  expect(await bought(broker, account)).toBe(0)
})

test('a dispute of a part takes back its share', async () => {
  const account = await newAccount(broker)
  const object = paidSession(account)
  await sendMessage(broker.url, messageOf({ object }))
  const dispute = { id: newId('dp'), payment_intent: object.payment_intent, amount: 1000, currency: 'eur' }
  await sendMessage(broker.url, messageOf({ type: 'charge.dispute.funds_withdrawn', object: dispute }))
  expect(await bought(broker, account)).toBe(30)
})

test('a purchase that is told again after its refund is not credited again', async () => {
  const account = await newAccount(broker)
  const object = paidSession(account)
  const purchase = messageOf({ object })
  await sendMessage(broker.url, purchase)
  const refund = {
    id: newId('ch'),
    payment_intent: object.payment_intent,
    amount_refunded: 2500,
    currency: 'eur',
  }
  await sendMessage(broker.url, messageOf({ type: 'charge.refunded', object: refund }))
  expect(await bought(broker, account)).toBe(0)
  // The same message, and the same session in another one.
  expect((await sendMessage(broker.url, purchase)).answer).toEqual({ booked: 'repeated' })
  await sendMessage(broker.url, messageOf({ object, type: 'checkout.session.async_payment_succeeded' }))
  expect(await bought(broker, account)).toBe(0)
})
