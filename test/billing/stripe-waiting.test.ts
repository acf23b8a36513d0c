import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { BOOKED_TYPES } from '../../apps/broker/src/billing/stripe/event.ts'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { until } from '../faults/waiting.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'
import {
  bought,
  messageOf,
  newAccount,
  newId,
  paidSession,
  runStripeBroker,
  sendMessage,
} from '../fixtures/stripe-messages.ts'

/** Messages of Stripe that wait for the operator, who applies or dismisses them. */

let broker: RunningBroker
beforeAll(async () => {
  broker = await runStripeBroker()
})
afterAll(() => broker.close())

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
  const [early, unwanted] = [newId('evt'), newId('evt')]
  await sendMessage(broker.url, messageOf({ eventId: early, object: paidSession(account) }))
  await sendMessage(broker.url, messageOf({ eventId: unwanted, object: paidSession(account) }))
  const { body } = await call('GET', '?reason=a%20test')
  expect(body.items).toContainEqual(
    expect.objectContaining({ id: early, note: 'the account that paid does not exist' }),
  )
  expect((await call('POST', `/${early}/apply`)).body).toEqual({ booked: 'aside' })
  await newAccount(broker, account)
  expect((await call('POST', `/${early}/apply`)).body).toEqual({ booked: 'applied' })
  expect((await call('POST', `/${early}/apply`)).status).toBe(404)
  expect((await call('POST', `/${unwanted}/dismiss`)).body).toEqual({ booked: 'dismissed' })
  expect(
    (await sendMessage(broker.url, messageOf({ eventId: unwanted, object: paidSession(account) }))).answer
      .booked,
  ).toBe('repeated')
  expect(await bought(broker, account)).toBe(50)
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
  const eventId = newId('evt')
  await broker.query(
    `INSERT INTO stripe_event (id, type, applied, note, body, received_at)
     SELECT 'evt_foreign_' || n, 'invoice.paid', FALSE, 'changes nothing', '{}', '2026-01-01' FROM generate_series(1, 600) n`,
  )
  try {
    await sendMessage(broker.url, messageOf({ eventId, object: paidSession(randomUUID()) }))
    await sendMessage(broker.url, 'a message that nobody can read')
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
  const [account, eventId] = [randomUUID(), newId('evt')]
  await sendMessage(broker.url, messageOf({ eventId, object: paidSession(account) }))
  await newAccount(broker, account)
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
  expect([await bought(broker, account), await audited()]).toEqual([0, []])
  expect(await apply()).toBe(200)
  expect([await bought(broker, account), await audited()]).toEqual([
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
  expect([await bought(broker, account), await audited()]).toEqual([
    0,
    [{ account_id: null, outcome: 'refused', reason: 'not_found' }],
  ])
})
