/** A payment that stays in doubt is seen by who runs the service: in its figures, on its page, in the reconciliation. */
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { bindInstance } from '../conformance/vending-instance.ts'
import { type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { logIn, type OdooComUser } from '../fixtures/log-in.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
let operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
beforeAll(async () => {
  ;({ broker, operators } = await runBrokerWithOperators({ BROKER_PAYMENT: 'iap' }))
})
afterAll(() => broker.close())

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

async function figures() {
  const text = await (await fetch(`${broker.url}/metrics`)).text()
  const of = (name: string) =>
    Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1])
  return {
    planned: of('open_payments{state="planned"}'),
    unknown: of('open_payments{state="unknown"}'),
    oldest: of('open_payment_oldest_seconds{state="unknown"}'),
  }
}

async function healthPage(): Promise<string> {
  const browser = new HttpBrowser({ accept: 'text/html' })
  return (await logIn(browser, `${broker.url}/login`, operators.viewer)).text
}

test('a payment in doubt is counted at once, and after a day nobody can overlook it until it is settled', async () => {
  expect(await figures()).toEqual({ planned: 0, unknown: 0, oldest: 0 })
  const { accountId } = await bindInstance(broker)
  const begun = new Date(Date.now() - DAY_MS + 10 * MINUTE_MS)
  await broker.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, 'standard', $2, FALSE, $2)`,
    [accountId, begun],
  )
  await broker.query(
    `INSERT INTO billing_period (account_id, number, opens_at, closes_at, plan, base_credits, included_gb,
       further_gb_credits, grace_days, restore_days, opened_at)
     VALUES ($1, 0, $2, $3, 'standard', 10000, 0, 0, 14, 30, $2)`,
    [accountId, begun, new Date(Date.now() + DAY_MS)],
  )
  const [charge] = await broker.query<{ id: string }>(
    `INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
     VALUES ($1, 0, 'base', 10000, 'a month', $2, $2) RETURNING id`,
    [accountId, begun],
  )
  const step = (sequence: number, state: string, transaction: string | null, note: string | null) =>
    broker.query(
      `INSERT INTO ledger_entry (charge_id, attempt, sequence, state, provider, kept_part, provider_part, transaction, note, at)
       VALUES ($1, 1, $2, $3::ledger_state, 'iap', 0, 10000, $4, $5, $6)`,
      [charge?.id, sequence, state, transaction, note, begun],
    )
  await step(1, 'planned', null, null)
  expect(await figures()).toEqual({ planned: 1, unknown: 0, oldest: 0 })
  await step(2, 'authorised', 'a hold of a test', null)
  await step(3, 'unknown', 'a hold of a test', 'capture unanswered')
  const { oldest, ...counted } = await figures()
  expect(counted).toEqual({ planned: 0, unknown: 1 })
  expect(oldest).toBeGreaterThanOrEqual((DAY_MS - 10 * MINUTE_MS) / 1000)
  expect(oldest).toBeLessThan(DAY_MS / 1000)
  expect(await healthPage()).not.toContain('in doubt')

  broker.advance(20 * 60)
  expect(await healthPage()).toContain('A payment has been in doubt since')
  const token = await adminToken(broker, 'billing')
  const call = async (path: string, body: object) => {
    const response = await fetch(`${broker.url}/admin/v1/billing/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'a test', ...body }),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  expect((await call('reconcile', {})).body).toMatchObject({
    stillOpen: 1,
    open: [{ state: 'unknown', count: 1, since: begun.toISOString() }],
    inDoubt: [{ charge: charge?.id, accountId, provider: 'iap', credits: 10, note: 'capture unanswered' }],
  })
  expect((await call(`charges/${charge?.id}/settle`, { as: 'captured' })).status).toBe(200)
  expect(await figures()).toEqual({ planned: 0, unknown: 0, oldest: 0 })
  expect(await healthPage()).not.toContain('in doubt')
})

test('that billing rests for all is a figure, by its cause', async () => {
  const paused = async () => {
    const text = await (await fetch(`${broker.url}/metrics`)).text()
    return ['operator', 'restored'].filter(cause => text.includes(`billing_paused{cause="${cause}"} 1\n`))
  }
  /** The process looks anew at most every second. */
  const becomes = async (causes: string[]) => {
    while (JSON.stringify(await paused()) !== JSON.stringify(causes)) await setTimeout(100)
  }
  await becomes([])
  await broker.query("UPDATE billing_control SET paused_reason = 'a look'")
  await becomes(['operator'])
  await broker.query("UPDATE billing_control SET database_fingerprint = 'another cluster:1:1'")
  await becomes(['restored'])
  await broker.query('UPDATE billing_control SET paused_reason = NULL, is_restored = FALSE')
  await becomes([])
})

test('figures that cannot be read leave out nothing else', async () => {
  await broker.query('ALTER TABLE open_charge RENAME TO hidden')
  try {
    const response = await fetch(`${broker.url}/metrics`)
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toContain('http_request_duration_seconds_count')
    expect(text).not.toMatch(/^open_payments\{/m)
  } finally {
    await broker.query('ALTER TABLE hidden RENAME TO open_charge')
  }
})
