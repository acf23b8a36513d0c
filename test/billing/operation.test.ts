import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { openSoldCredit, type SoldCredit, WHY } from '../fixtures/sold-credit.ts'

/** What operators of billing see and change by the admin API: plans, trials, grace, the books. */

let broker: SoldCredit['broker']
let call: SoldCredit['call']
let boundAgent: SoldCredit['boundAgent']
beforeAll(async () => {
  ;({ broker, call, boundAgent } = await openSoldCredit())
})
afterAll(() => broker.close())

test('credit and a plan may be given before the first use, which alone begins the month', async () => {
  const { agent, accountId } = await boundAgent()
  const change = (name: string, body: object) =>
    call('POST', `/accounts/${accountId}/billing/${name}`, { reason: 'a test', ...body })
  expect((await change('refund', { credits: 30, reference: 'r' })).body).toMatchObject({
    state: 'not_billed',
  })
  expect((await change('plan', { plan: 'large' })).body).toMatchObject({ state: 'not_billed', plan: 'large' })
  expect(await change('grace', { until: '2030-01-01T00:00:00Z' })).toMatchObject({
    status: 409,
    body: { code: 'not_used_yet' },
  })
  expect(await change('run', {})).toMatchObject({ status: 409, body: { code: 'not_used_yet' } })
  // A trial that would have ended before it began.
  expect(await change('trial', { until: '2020-01-01T00:00:00Z' })).toMatchObject({
    status: 409,
    body: { code: 'day_is_past' },
  })
  const [begun] = await broker.query<{ anchor_at: Date | null }>(
    'SELECT anchor_at FROM billing_account WHERE account_id = $1',
    [accountId],
  )
  expect(begun).toEqual({ anchor_at: null })
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  expect((await change('run', {})).body).toMatchObject({ state: 'paid', plan: 'large', kept: 10 })
})

test('grace only becomes longer, whoever gave it', async () => {
  const { agent, accountId } = await boundAgent()
  await agent.post('/v1/credentials', { purpose: 'backup' })
  const grace = (until: string) =>
    call('POST', `/accounts/${accountId}/billing/grace`, { until, reason: 'a test' })
  const refused = { status: 409, body: { code: 'grace_is_longer' } }
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  expect(await grace(inDays(-1))).toMatchObject({ status: 409, body: { code: 'day_is_past' } })
  // Who has had a trial has the seven days of the plan.
  await broker.query('UPDATE billing_account SET had_trial = TRUE WHERE account_id = $1', [accountId])
  expect(await grace(inDays(6))).toMatchObject(refused)
  const until = inDays(60)
  expect(await grace(until)).toMatchObject({ status: 200, body: { state: 'grace', changesAt: until } })
  expect(await grace(inDays(30))).toMatchObject(refused)
  expect(await grace(until)).toMatchObject(refused)
  const longer = inDays(61)
  expect(await grace(longer)).toMatchObject({ status: 200, body: { state: 'grace', changesAt: longer } })
  const audited = await broker.query<{ outcome: string }>(
    "SELECT outcome FROM audit_event WHERE account_id = $1 AND action = 'billing.grace_extended' ORDER BY id",
    [accountId],
  )
  expect(audited.map(({ outcome }) => outcome)).toEqual([
    'refused',
    'refused',
    'done',
    'refused',
    'refused',
    'done',
  ])
})

test('money needs the role billing', async () => {
  const { accountId } = await boundAgent()
  const viewer = await adminToken(broker, 'viewer')
  const paths = [
    `/accounts/${accountId}/billing`,
    `/accounts/${accountId}/billing/ledger.csv`,
    '/billing/revenue',
  ]
  for (const path of paths) expect((await call('GET', `${path}?${WHY}`, undefined, viewer)).status).toBe(403)
  expect((await call('POST', '/billing/pause', { reason: 'a test' }, viewer)).status).toBe(403)
  expect((await call('GET', `/accounts/${accountId}/billing?${WHY}`, undefined, 'none')).status).toBe(401)
  expect((await call('GET', `/accounts/00000000-0000-4000-8000-000000000000/billing?${WHY}`)).status).toBe(
    404,
  )
})

test('the books, the revenue and the reconciliation can be read', async () => {
  const { agent, accountId } = await boundAgent()
  await call('POST', `/accounts/${accountId}/billing/grant`, {
    credits: 12,
    reference: accountId,
    reason: 'a test',
  })
  await agent.post('/v1/credentials', { purpose: 'backup' })
  const { body } = await call('GET', `/accounts/${accountId}/billing/ledger?limit=2&${WHY}`)
  expect(body.items).toHaveLength(2)
  const next = await call(
    'GET',
    `/accounts/${accountId}/billing/ledger?limit=200&cursor=${body.nextCursor}&${WHY}`,
  )
  const states = [...body.items, ...next.body.items].map(({ state }: { state: string }) => state)
  expect(states.toSorted()).toEqual(['authorised', 'booked', 'booked', 'captured', 'planned'])
  expect(
    (await call('GET', `/accounts/${accountId}/billing/ledger.csv?${WHY}`)).body.split('\r\n'),
  ).toHaveLength(7)
  expect((await call('GET', `/billing/revenue?${WHY}`)).body.items[0].spentFromKept).toBeGreaterThanOrEqual(
    10,
  )
  expect((await call('POST', '/billing/reconcile', { reason: 'a test' })).body).toMatchObject({
    stillOpen: 0,
    kept: { agrees: true },
  })
})

test('a trial can be extended until the first month has begun, and a plan must exist', async () => {
  const { agent, accountId } = await boundAgent()
  const until = new Date(Date.now() + 600_000).toISOString()
  const change = (name: string, body: object) =>
    call('POST', `/accounts/${accountId}/billing/${name}`, { reason: 'a test', ...body })
  expect((await change('trial', { until })).body.state).toBe('trial')
  const past = new Date(Date.now() - 60_000).toISOString()
  // Also where it would be longer than what was written down.
  await broker.query('UPDATE billing_account SET anchor_at = $2 WHERE account_id = $1', [
    accountId,
    new Date(Date.now() - 120_000),
  ])
  expect(await change('trial', { until: past })).toMatchObject({ status: 409, body: { code: 'day_is_past' } })
  expect((await change('trial', { until })).body.state).toBe('trial')
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  // Later than the trial that runs, so that only the month that begins then stands in its way.
  broker.advance(1_200)
  await change('run', {})
  const later = new Date(Date.now() + 30 * 86_400_000).toISOString()
  expect(await change('trial', { until: later })).toMatchObject({
    status: 409,
    body: { code: 'trial_is_over' },
  })
  expect((await change('plan', { plan: 'none' })).status).toBe(400)
})

test('to collect from an account from which nothing is collected now is refused, and says why', async () => {
  const { agent, accountId } = await boundAgent()
  await agent.post('/v1/credentials', { purpose: 'backup' })
  const reason = 'a test'
  const run = () => call('POST', `/accounts/${accountId}/billing/run`, { reason })
  await call('POST', '/billing/pause', { reason })
  try {
    expect(await run()).toMatchObject({
      status: 409,
      body: { code: 'billing_paused', detail: expect.stringContaining('paused for all') },
    })
  } finally {
    await call('POST', '/billing/resume', { reason })
  }
  await broker.query('UPDATE account SET suspended_at = now() WHERE id = $1', [accountId])
  expect(await run()).toMatchObject({ status: 409, body: { code: 'suspended' } })
  await broker.query('UPDATE account SET suspended_at = NULL WHERE id = $1', [accountId])
  expect((await run()).status).toBe(200)
})
