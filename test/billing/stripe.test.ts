import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { BOOKED_TYPES } from '../../apps/broker/src/billing/stripe/event.ts'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { until } from '../faults/waiting.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

const SECRET = 'whsec_for_this_test_alone'

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker({
    BROKER_PAYMENT: 'prepaid',
    BROKER_STRIPE_WEBHOOK_SECRET: SECRET,
    BROKER_STRIPE_LIVE: 'true',
    BROKER_STRIPE_CREDITS_PER_UNIT: '2',
    BROKER_MONTHLY_CREDITS: '10',
  })
})
afterAll(() => broker.close())

const id = (kind: string) => `${kind}_${randomBytes(8).toString('hex')}`

async function newAccount(): Promise<string> {
  const folder = String(randomBytes(6).readUIntBE(0, 6))
  const [row] = await broker.query<{ id: string }>(
    `INSERT INTO account (id, provider, subject, folder, payment_token) VALUES (gen_random_uuid(), 'odoo', $1, $1, $1) RETURNING id`,
    [folder],
  )
  return row?.id ?? ''
}

/** One whose first month begins now. */
async function usedAccount(): Promise<string> {
  const account = await newAccount()
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

interface Change {
  readonly type?: string
  readonly livemode?: boolean
  readonly eventId?: string
  readonly object: Record<string, unknown>
}

function message({
  type = 'checkout.session.completed',
  livemode = true,
  eventId = id('evt'),
  object,
}: Change): string {
  return JSON.stringify({ id: eventId, type, livemode, data: { object } })
}

async function send(body: string, header?: string, url = broker.url) {
  const at = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex')
  const response = await fetch(`${url}/stripe/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': header ?? `t=${at},v1=${signature}` },
    body,
  })
  return { status: response.status, answer: JSON.parse(await response.text()) }
}

const session = (account: string, change: Record<string, unknown> = {}) => ({
  id: id('cs'),
  payment_status: 'paid',
  amount_total: 2500,
  currency: 'eur',
  client_reference_id: account,
  payment_intent: id('pi'),
  ...change,
})

/** Kept credits, without what the month has cost. */
async function bought(account: string): Promise<number> {
  const [row] = await broker.query<{ sum: string }>(
    "SELECT COALESCE(SUM(amount), 0) AS sum FROM credit_entry WHERE account_id = $1 AND kind IN ('purchase', 'purchase_returned')",
    [account],
  )
  return Number(row?.sum) / 1000
}

test('a paid session is credited, once, whatever the message is called and however often it comes', async () => {
  const account = await newAccount()
  const object = session(account)
  const body = message({ object })
  expect(await send(body)).toEqual({ status: 200, answer: { booked: 'applied' } })
  expect(await send(body)).toEqual({ status: 200, answer: { booked: 'repeated' } })
  await send(message({ object, type: 'checkout.session.async_payment_succeeded' }))
  expect(await bought(account)).toBe(50)
})

test('what is bought pays the month at once, and begins none where there was no use yet', async () => {
  const [used, unused] = [await usedAccount(), await newAccount()]
  for (const account of [used, unused]) await send(message({ object: session(account) }))
  expect([await wholeBalance(used), await wholeBalance(unused)]).toEqual([40, 50])
})

test('a session that is not paid yet is credited when it is', async () => {
  const account = await newAccount()
  const object = session(account, { payment_status: 'unpaid' })
  expect((await send(message({ object }))).status).toBe(200)
  expect(await bought(account)).toBe(0)
  await send(
    message({
      object: { ...object, payment_status: 'paid' },
      type: 'checkout.session.async_payment_succeeded',
    }),
  )
  expect(await bought(account)).toBe(50)
})

test.each<[string, (account: string) => Change]>([
  ['the other mode', account => ({ object: session(account), livemode: false })],
  ['another currency', account => ({ object: session(account, { currency: 'usd' }) })],
  ['nothing paid', account => ({ object: session(account, { amount_total: 0 }) })],
  [
    'an order that a coupon made free',
    account => ({
      object: session(account, {
        payment_status: 'no_payment_required',
        amount_total: 0,
        payment_intent: null,
      }),
    }),
  ],
  ['a status that nobody knows', account => ({ object: session(account, { payment_status: 'perhaps' }) })],
  ['a fraction of a cent', account => ({ object: session(account, { amount_total: 0.5 }) })],
  ['more than any payment', account => ({ object: session(account, { amount_total: 1e15 }) })],
  ['no reference of ours', account => ({ object: session(account, { client_reference_id: null }) })],
  ['an account that does not exist', () => ({ object: session('00000000-0000-4000-8000-000000000000') })],
  ['another type of message', account => ({ object: session(account), type: 'invoice.paid' })],
])('%s is kept aside for the operator, answered 200, and credits nothing', async (_name, change) => {
  const account = await newAccount()
  const eventId = id('evt')
  expect(await send(message({ ...change(account), eventId }))).toEqual({
    status: 200,
    answer: { booked: 'aside' },
  })
  expect(await bought(account)).toBe(0)
  const rows = await broker.query('SELECT applied, note FROM stripe_event WHERE id = $1', [eventId])
  expect(rows).toEqual([{ applied: false, note: expect.any(String) }])
})

test('a forged, unsigned or old message is refused and leaves no trace', async () => {
  const account = await newAccount()
  const eventId = id('evt')
  const body = message({ object: session(account), eventId })
  const old = Math.floor(Date.now() / 1000) - 400
  const signature = createHmac('sha256', SECRET).update(`${old}.${body}`).digest('hex')
  for (const header of ['t=1,v1=00', '', `t=${old},v1=${signature}`]) {
    expect(await send(body, header)).toMatchObject({ status: 400, answer: { code: 'signature_refused' } })
  }
  expect(await bought(account)).toBe(0)
  expect(await broker.query('SELECT 1 FROM stripe_event WHERE id = $1', [eventId])).toEqual([])
})

test('refunds take back what they add up to, also after it was spent', async () => {
  const account = await usedAccount()
  const object = session(account)
  await send(message({ object }))
  const refund = (amount_refunded: number, eventId = id('evt')) =>
    send(
      message({
        type: 'charge.refunded',
        eventId,
        object: { payment_intent: object.payment_intent, amount_refunded, currency: 'eur' },
      }),
    )
  await refund(500)
  await refund(500)
  expect(await bought(account)).toBe(40)
  // Each message tells the sum until then: one that comes late tells nothing new.
  await refund(1500)
  expect(await refund(1000)).toEqual({ status: 200, answer: { booked: 'applied' } })
  expect(await bought(account)).toBe(20)
  await refund(2500)
  expect(await refund(500)).toEqual({ status: 200, answer: { booked: 'applied' } })
  expect(await bought(account)).toBe(0)
  expect(await wholeBalance(account)).toBe(-10)
})

test('a dispute that comes before the purchase it belongs to is applied when that comes', async () => {
  const account = await newAccount()
  const object = session(account)
  const dispute = { id: id('dp'), payment_intent: object.payment_intent, amount: 2500, currency: 'eur' }
  expect(
    (await send(message({ type: 'charge.dispute.funds_withdrawn', object: dispute }))).answer.booked,
  ).toBe('aside')
  await send(message({ object }))
  expect(await bought(account)).toBe(0)
})

test('refund and dispute together take back no more than was bought, at the rate of then', async () => {
  const account = await newAccount()
  const object = session(account)
  await send(message({ object }))
  const dearer = await broker.replica({ BROKER_STRIPE_CREDITS_PER_UNIT: '1' })
  const { payment_intent } = object
  const returned = (type: string, what: object) =>
    send(message({ type, object: { payment_intent, currency: 'eur', ...what } }), undefined, dearer.url)
  await returned('charge.refunded', { amount_refunded: 1000 })
  expect(await bought(account)).toBe(30)
  await returned('charge.dispute.funds_withdrawn', { id: id('dp'), amount: 500 })
  expect(await bought(account)).toBe(20)
  await returned('charge.dispute.funds_withdrawn', { id: id('dp'), amount: 2500 })
  expect(await bought(account)).toBe(0)
  await dearer.close()
})

test('a signed message that cannot be read is kept aside once, and is answered 200', async () => {
  for (const body of ['{"id":"evt_x"}', 'no JSON', '{"id":"evt_x"}'])
    expect(await send(body)).toEqual({ status: 200, answer: { booked: 'aside' } })
  const rows = await broker.query(
    "SELECT body FROM stripe_event WHERE type = 'unreadable' ORDER BY body::text",
  )
  expect(rows).toEqual([{ body: { text: 'no JSON' } }, { body: { text: '{"id":"evt_x"}' } }])
})

test('characters that no database takes hold up no message', async () => {
  const account = await newAccount()
  const object = { ...session(account), customer_details: { name: 'N\u0000 \ud83d' } }
  expect(await send(message({ object }))).toEqual({ status: 200, answer: { booked: 'applied' } })
  expect(await bought(account)).toBe(50)
  const other = message({ eventId: `${id('evt')}\u0000`, object: session(account) })
  expect(await send(other)).toEqual({ status: 200, answer: { booked: 'aside' } })
})

test('of a type that is no business of ours nothing is kept but that it came', async () => {
  const eventId = id('evt')
  await send(
    message({ eventId, type: 'customer.created', object: { id: 'cus_1', email: 'someone@example.com' } }),
  )
  const [row] = await broker.query<{ body: object }>('SELECT body FROM stripe_event WHERE id = $1', [eventId])
  expect(row?.body).toMatchObject({ data: { object: { id: 'cus_1' } } })
  expect(JSON.stringify(row)).not.toContain('someone@example.com')
})

test('what waits is listed, and applied or dismissed by the operator', async () => {
  const token = await adminToken(broker, 'billing')
  const call = async (method: string, path: string) => {
    const response = await fetch(`${broker.url}/admin/v1/billing/stripe${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify({ reason: 'a test' }) } : {}),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  const account = randomUUID()
  const [early, unwanted] = [id('evt'), id('evt')]
  await send(message({ eventId: early, object: session(account) }))
  await send(message({ eventId: unwanted, object: session(account) }))
  const { body } = await call('GET', '?reason=a%20test')
  expect(body.items).toContainEqual(
    expect.objectContaining({ id: early, note: 'the account that paid does not exist' }),
  )
  expect((await call('POST', `/${early}/apply`)).body).toEqual({ booked: 'aside' })
  await broker.query(
    "INSERT INTO account (id, provider, subject, folder, payment_token) VALUES ($1::uuid, 'odoo', $2, $2, $2)",
    [account, String(randomBytes(6).readUIntBE(0, 6))],
  )
  expect((await call('POST', `/${early}/apply`)).body).toEqual({ booked: 'applied' })
  expect((await call('POST', `/${early}/apply`)).status).toBe(404)
  expect((await call('POST', `/${unwanted}/dismiss`)).body).toEqual({ booked: 'dismissed' })
  expect((await send(message({ eventId: unwanted, object: session(account) }))).answer.booked).toBe(
    'repeated',
  )
  expect(await bought(account)).toBe(50)
  const audited = await broker.query(
    "SELECT action, reason FROM audit_event WHERE action = 'billing.stripe_dismissed'",
  )
  expect(audited).toEqual([{ action: 'billing.stripe_dismissed', reason: 'a test' }])
})

/** All that wait, as an operator reads them page by page. */
async function everyPage() {
  const token = await adminToken(broker, 'billing')
  const items: { id: string; type: string }[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ reason: 'a test', limit: '150', ...(cursor && { cursor }) })
    const response = await fetch(`${broker.url}/admin/v1/billing/stripe?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = JSON.parse(await response.text())
    expect(page.items.length).toBeLessThanOrEqual(150)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return items
}

test('messages of types that are never booked hide none that may be, and each is listed once, page by page', async () => {
  const eventId = id('evt')
  await broker.query(
    `INSERT INTO stripe_event (id, type, applied, note, body, received_at)
     SELECT 'evt_foreign_' || n, 'invoice.paid', FALSE, 'changes nothing', '{}', '2026-01-01' FROM generate_series(1, 600) n`,
  )
  try {
    await send(message({ eventId, object: session(randomUUID()) }))
    await send('a message that nobody can read')
    const items = await everyPage()
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    const types = items.map(({ type }) => type)
    expect(items.filter(({ id }) => id.startsWith('evt_foreign_'))).toHaveLength(600)
    const isBooked = (type: string) => type === 'unreadable' || BOOKED_TYPES.includes(type)
    const foreign = types.findIndex(type => !isBooked(type))
    expect(types.slice(foreign).filter(isBooked)).toEqual([])
    expect(types.slice(0, foreign)).toContain('unreadable')
    expect(items.slice(0, foreign)).toContainEqual(expect.objectContaining({ id: eventId }))
  } finally {
    await broker.query("DELETE FROM stripe_event WHERE id LIKE 'evt_foreign_%'")
  }
})

/** A message that waited for its account, which is there now. */
async function bookable() {
  const [account, eventId] = [randomUUID(), id('evt')]
  await send(message({ eventId, object: session(account) }))
  await broker.query(
    "INSERT INTO account (id, provider, subject, folder, payment_token) VALUES ($1::uuid, 'odoo', $2, $2, $2)",
    [account, String(randomBytes(6).readUIntBE(0, 6))],
  )
  const token = await adminToken(broker, 'billing')
  const apply = async () => {
    const { status } = await fetch(`${broker.url}/admin/v1/billing/stripe/${eventId}/apply`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'its account is there now' }),
    })
    return status
  }
  const audited = () =>
    broker.query(
      "SELECT account_id, outcome, reason FROM audit_event WHERE action = 'billing.stripe_applied' AND detail->>'event' = $1",
      [eventId],
    )
  return { account, eventId, apply, audited }
}

test.each([
  ['the audit log takes no row of it', 'BEFORE INSERT ON audit_event'],
  ['the booking is refused when it is to hold', 'AFTER INSERT ON credit_entry DEFERRABLE INITIALLY DEFERRED'],
])('a message that waits is neither booked nor written down where %s', async (_where, when) => {
  const { account, apply, audited } = await bookable()
  await broker.query(`
    CREATE OR REPLACE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'No row is taken.'; END $$`)
  const kind = when.includes('DEFERRED') ? 'CONSTRAINT TRIGGER' : 'TRIGGER'
  await broker.query(`CREATE ${kind} refusing ${when} FOR EACH ROW EXECUTE FUNCTION refuse_row()`)
  try {
    expect(await apply()).toBe(500)
  } finally {
    await broker.query('DROP TRIGGER IF EXISTS refusing ON audit_event')
    await broker.query('DROP TRIGGER IF EXISTS refusing ON credit_entry')
  }
  expect([await bought(account), await audited()]).toEqual([0, []])
  expect(await apply()).toBe(200)
  expect([await bought(account), await audited()]).toEqual([
    50,
    [{ account_id: account, outcome: 'done', reason: 'its account is there now' }],
  ])
})

test('a message that is dismissed while another applies it is not called booked', async () => {
  const { account, eventId, apply, audited } = await bookable()
  const other = new Client({ connectionString: broker.databaseUrl })
  await other.connect()
  try {
    await other.query('BEGIN')
    await other.query("SELECT pg_advisory_xact_lock(hashtext('stripe'))")
    const applied = apply()
    await until(async () => {
      const { rows } = await other.query(
        `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
         WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()`,
      )
      return rows.length > 0 ? true : undefined
    })
    await other.query("UPDATE stripe_event SET applied = TRUE, note = 'dismissed: paid back' WHERE id = $1", [
      eventId,
    ])
    await other.query('COMMIT')
    expect(await applied).toBe(404)
  } finally {
    await other.end()
  }
  expect([await bought(account), await audited()]).toEqual([
    0,
    [{ account_id: null, outcome: 'refused', reason: 'not_found' }],
  ])
})

test('a set-up for tests of Stripe credits its test payments, and no real one', async () => {
  const trying = await broker.replica({ BROKER_STRIPE_LIVE: 'false' })
  try {
    const account = await newAccount()
    const [real, tried] = [true, false].map(livemode => message({ livemode, object: session(account) }))
    expect(await send(real ?? '', undefined, trying.url)).toEqual({
      status: 200,
      answer: { booked: 'aside' },
    })
    expect(await bought(account)).toBe(0)
    expect((await send(tried ?? '', undefined, trying.url)).answer).toEqual({ booked: 'applied' })
    expect(await bought(account)).toBe(50)
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
    const account = await newAccount()
    const object = session(account)
    await send(message({ object }))
    const now = await broker.replica(settings)
    try {
      const refund = (payment_intent: string) =>
        send(
          message({
            type: 'charge.refunded',
            object: { id: id('ch'), payment_intent, amount_refunded: 1000, currency: 'eur' },
          }),
          undefined,
          now.url,
        )
      expect(await refund(object.payment_intent)).toEqual({ status: 200, answer: { booked: 'applied' } })
      expect(await bought(account)).toBe(30)
      expect(await refund(id('pi'))).toEqual({ status: 200, answer: { booked: 'aside' } })
    } finally {
      await now.close()
    }
  },
)

test('a dispute of a part takes back its share', async () => {
  const account = await newAccount()
  const object = session(account)
  await send(message({ object }))
  const dispute = { id: id('dp'), payment_intent: object.payment_intent, amount: 1000, currency: 'eur' }
  await send(message({ type: 'charge.dispute.funds_withdrawn', object: dispute }))
  expect(await bought(account)).toBe(30)
})

test('a purchase that is told again after its refund is not credited again', async () => {
  const account = await newAccount()
  const object = session(account)
  const purchase = message({ object })
  await send(purchase)
  const refund = {
    id: id('ch'),
    payment_intent: object.payment_intent,
    amount_refunded: 2500,
    currency: 'eur',
  }
  await send(message({ type: 'charge.refunded', object: refund }))
  expect(await bought(account)).toBe(0)
  // The same message, and the same session in another one.
  expect((await send(purchase)).answer).toEqual({ booked: 'repeated' })
  await send(message({ object, type: 'checkout.session.async_payment_succeeded' }))
  expect(await bought(account)).toBe(0)
})
