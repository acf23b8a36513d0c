import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { bindInstance } from '../conformance/vending-instance.ts'
import { adminCaller } from '../fixtures/admin-caller.ts'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

/** What the audit log says of calls about money, those that were refused too. */

let broker: RunningBroker
let call: ReturnType<typeof adminCaller>
beforeAll(async () => {
  broker = await runBroker({ BROKER_PAYMENT: 'prepaid', BROKER_MONTHLY_CREDITS: '10' })
  call = adminCaller(broker, await adminToken(broker, 'billing'))
})
afterAll(() => broker.close())

test('every call is in the audit log with who and why', async () => {
  const { agent, accountId } = await bindInstance(broker)
  await agent.post('/v1/credentials', { purpose: 'backup' })
  await call('POST', `/accounts/${accountId}/billing/grace`, {
    until: '2030-01-01T00:00:00Z',
    reason: 'asked by telephone',
  })
  const rows = await broker.query(
    'SELECT actor, reason FROM audit_event WHERE account_id = $1 AND action = $2',
    [accountId, 'billing.grace_extended'],
  )
  expect(rows).toEqual([{ actor: expect.stringMatching(/^admin:test-/), reason: 'asked by telephone' }])
})

test('a call whose values cannot be is in the audit log too, once, and says why where it did', async () => {
  const { accountId } = await bindInstance(broker)
  const of = `/accounts/${accountId}`
  const grant = (credits: unknown, token?: string) =>
    call('POST', `${of}/billing/grant`, { credits, reference: 'r', reason: `about ${accountId}` }, token)
  const refusals = [
    await grant(0),
    await grant(-5),
    // Passes the shape, and is refused by what does the work.
    await grant(0.0001),
    await call('GET', `${of}/billing`),
    await call('GET', `${of}/usage?days=0&reason=about%20usage`),
    await call('POST', `${of}/billing/plan`),
  ]
  expect(refusals.map(({ status }) => status)).toEqual(refusals.map(() => 400))
  const viewer = await adminToken(broker, 'viewer')
  expect([(await grant(0, 'none')).status, (await grant(0, viewer)).status]).toEqual([401, 403])
  const rows = await broker.query<{ action: string; call: string | null; why: string | null }>(
    `SELECT action, outcome, reason, actor, address, detail->>'call' AS call, detail->>'why' AS why FROM audit_event
     WHERE account_id = $1 AND actor LIKE 'admin:%' ORDER BY id`,
    [accountId],
  )
  const row = (action: string, path: string | null, why: string | null) => ({
    action: `billing.${action}`,
    outcome: 'refused',
    reason: 'invalid_request',
    actor: expect.stringMatching(/^admin:test-/),
    address: '127.0.0.1',
    call: path,
    why,
  })
  const path = '/admin/v1/accounts/:accountId'
  expect(rows).toEqual([
    row('called', `POST ${path}/billing/grant`, `about ${accountId}`),
    row('called', `POST ${path}/billing/grant`, `about ${accountId}`),
    row('grant', null, `about ${accountId}`),
    row('called', `GET ${path}/billing`, null),
    row('called', `GET ${path}/usage`, 'about usage'),
    row('called', `POST ${path}/billing/plan`, null),
  ])
})

test('a call whose body cannot be read is in the audit log too, for whoever may make it', async () => {
  const { accountId } = await bindInstance(broker)
  const send = (token: string, body: string) =>
    fetch(`${broker.url}/admin/v1/accounts/${accountId}/billing/grant`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
  const billing = await adminToken(broker, 'billing')
  const answers = [
    await send(billing, '{"credits": 5,'),
    await send(billing, JSON.stringify({ reason: 'x'.repeat(200_000) })),
    await send('none', '{'),
    await send(await adminToken(broker, 'viewer'), '{'),
  ]
  expect(answers.map(({ status }) => status)).toEqual([400, 413, 401, 403])
  const rows = await broker.query(
    `SELECT action, outcome, reason, actor, address, detail->>'call' AS call FROM audit_event
     WHERE account_id = $1 AND actor LIKE 'admin:%' ORDER BY id`,
    [accountId],
  )
  const row = {
    action: 'billing.called',
    outcome: 'refused',
    actor: expect.stringMatching(/^admin:test-/),
    address: '127.0.0.1',
    call: 'POST /admin/v1/accounts/:accountId/billing/grant',
  }
  expect(rows).toEqual([
    { ...row, reason: 'invalid_request' },
    { ...row, reason: 'too_large' },
  ])
})

test('a call whose address cannot be decoded is in the audit log too, for whoever may make it', async () => {
  const send = (token: string) =>
    fetch(`${broker.url}/admin/v1/accounts/%E0%A4%A/billing/refund`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ credits: 5, reference: 'r', reason: 'a broken address' }),
    })
  const answers = [await send(await adminToken(broker, 'billing')), await send('none')]
  expect(answers.map(({ status }) => status)).toEqual([400, 401])
  const rows = await broker.query(
    `SELECT outcome, reason, account_id, detail->>'call' AS call FROM audit_event
     WHERE action = 'billing.called' AND detail->>'why' = 'a broken address'`,
  )
  expect(rows).toEqual([
    {
      outcome: 'refused',
      reason: 'invalid_request',
      account_id: null,
      call: 'POST /admin/v1/accounts/:accountId/billing/refund',
    },
  ])
})

test('each look at money says why, and is in the audit log with it', async () => {
  const { accountId } = await bindInstance(broker)
  const of = `/accounts/${accountId}`
  const paths = ['billing', 'billing/ledger', 'billing/ledger.csv', 'usage'].map(path => `${of}/${path}`)
  const reason = `a look at ${accountId}`
  for (const path of [...paths, '/billing/revenue', '/billing/stripe']) {
    expect((await call('GET', path)).status).toBe(400)
    expect((await call('GET', `${path}?reason=x`)).status).toBe(400)
    expect((await call('GET', `${path}?reason=${encodeURIComponent(reason)}`)).status).toBe(200)
  }
  const rows = await broker.query<{ action: string; reason: string }>(
    "SELECT action, reason FROM audit_event WHERE reason = $1 OR (account_id = $2 AND action IN ('billing.balance_read', 'billing.ledger_read', 'billing.ledger_exported', 'billing.usage_read')) ORDER BY id",
    [reason, accountId],
  )
  const actions = [
    'balance_read',
    'ledger_read',
    'ledger_exported',
    'usage_read',
    'revenue_read',
    'stripe_read',
  ]
  expect(rows).toEqual(actions.map(action => ({ action: `billing.${action}`, reason })))
})
