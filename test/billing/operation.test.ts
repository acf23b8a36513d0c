import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { until } from '../faults/waiting.ts'
import { adminCaller } from '../fixtures/admin-caller.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
let call: ReturnType<typeof adminCaller>
beforeAll(async () => {
  broker = await runBroker({
    BROKER_PAYMENT: 'prepaid',
    BROKER_STRIPE_PAYMENT_LINK: 'https://buy.example/credit',
    BROKER_PLANS: JSON.stringify([
      { name: 'standard', creditsPerMonth: 10 },
      { name: 'large', creditsPerMonth: 20, storageCapGigabytes: 5 },
    ]),
  })
  call = adminCaller(broker, await adminToken(broker, 'billing'))
})
afterAll(() => broker.close())

/** Every look at money says why. */
const WHY = 'reason=a%20test'

/** What the audit log says of grants to an account. */
function grantsAudited(accountId: string) {
  return broker.query<{ action: string; outcome: string }>(
    "SELECT action, outcome FROM audit_event WHERE account_id = $1 AND action LIKE 'billing.grant%' ORDER BY id",
    [accountId],
  )
}

/** What the parameters of the former call may do in their folder. */
async function rights(params: Record<string, string>): Promise<{ reads: boolean; writes: boolean }> {
  const client = new S3Client({
    endpoint: sandboxEnvironment().s3Endpoint,
    region: params['odoo_backup_sh.aws_region'] ?? '',
    forcePathStyle: true,
    credentials: {
      accessKeyId: params['odoo_backup_sh.aws_access_key_id'] ?? '',
      secretAccessKey: params['odoo_backup_sh.aws_secret_access_key'] ?? '',
      sessionToken: params['odoo_backup_sh.aws_session_token'] ?? '',
    },
  })
  const Bucket = params['odoo_backup_sh.s3_bucket_name']
  const folder = params['odoo_backup_sh.odoo_oauth_uid']
  const may = (call: Promise<unknown>) =>
    call.then(
      () => true,
      error => {
        if (error instanceof Error && error.name === 'AccessDenied') return false
        throw error
      },
    )
  try {
    return {
      reads: await may(client.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/` }))),
      writes: await may(client.send(new PutObjectCommand({ Bucket, Key: `${folder}/new.zip`, Body: 'new' }))),
    }
  } finally {
    client.destroy()
  }
}

async function boundAgent() {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const browser = new HttpBrowser()
  const redirect = 'https://odoo.customer.example/web/database/backups'
  const { code } = await approve(
    browser,
    (await agent.post('/v1/login-requests', { redirect })).body.authLink,
    user,
  )
  await agent.post('/v1/bind', { code })
  const [account] = await broker.query<{ id: string }>('SELECT id FROM account WHERE folder = $1', [user.id])
  return { agent, browser, accountId: account?.id ?? '' }
}

test('an account without credit is refused in both calls, goes on once it has some, and sees it on its page', async () => {
  const { agent, browser, accountId } = await boundAgent()
  const refused = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(refused).toMatchObject({ status: 402, body: { code: 'payment_required' } })
  expect(refused.body.rechargeLink).toMatch(/\/recharge\/[A-Za-z0-9_-]+$/)
  expect(refused.body.rechargeLink).not.toContain(agent.userKey)
  const buying = await browser.open(refused.body.rechargeLink)
  expect(buying.text).toContain(`https://buy.example/credit?client_reference_id=${accountId}`)
  expect(buying.text).toContain('redirected to the page where credit is bought')
  const old = await agent.cloudParams('https://odoo.customer.example/web/database/backups', '1')
  expect(old.body.insufficient_credit_error).toContain('10 credits are due')
  expect(await rights(old.body)).toEqual({ reads: true, writes: false })
  expect((await agent.get('/v1/notices')).body.notices.map(({ type }: { type: string }) => type)).toContain(
    'insufficient_credits',
  )

  const given = await call('POST', `/accounts/${accountId}/billing/grant`, {
    credits: 25,
    reference: 'first',
    reason: 'a welcome',
  })
  expect(given).toMatchObject({ status: 200, body: { kept: 25, owed: 10, given: true } })
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  expect((await call('GET', `/accounts/${accountId}/billing?${WHY}`)).body).toMatchObject({
    state: 'paid',
    kept: 15,
    owed: 0,
  })
  expect(
    (await agent.get('/v1/notices')).body.notices.map(({ type }: { type: string }) => type),
  ).not.toContain('insufficient_credits')

  const page = await browser.open(`${broker.url}/account`)
  expect(page.text).toContain('Paid: everything works.')
  expect(page.text).toContain('15 credits')
  expect(page.text).toContain('plan standard')
  expect(page.forms.map(({ action }) => action)).toContain('/account/recharge')
  const german = await browser.open(`${broker.url}/account?language=de`)
  expect(german.text).toContain('15 Credits')
  expect(german.text).toContain('<th class="number">Credits</th>')
})

test('a reference counts once for each account, and stands for one amount', async () => {
  const { accountId } = await boundAgent()
  const other = await boundAgent()
  const grant = (to: string, credits: number) =>
    call('POST', `/accounts/${to}/billing/grant`, { credits, reference: 'welcome', reason: 'a welcome' })
  expect(await grant(accountId, 25)).toMatchObject({ status: 200, body: { kept: 25, given: true } })
  expect(await grant(accountId, 25)).toMatchObject({ status: 200, body: { kept: 25, given: false } })
  expect(await grant(accountId, 30)).toMatchObject({ status: 409, body: { code: 'reference_used' } })
  expect(await grant(other.accountId, 25)).toMatchObject({ status: 200, body: { kept: 25, given: true } })
  const audited = await broker.query<{ action: string; outcome: string; reason: string; why: string | null }>(
    "SELECT action, outcome, reason, detail->>'why' AS why FROM audit_event WHERE account_id = $1 AND action LIKE 'billing.grant%' ORDER BY id",
    [accountId],
  )
  expect(audited.map(row => Object.values(row))).toEqual([
    ['billing.grant', 'done', 'a welcome', null],
    ['billing.grant_repeated', 'done', 'a welcome', null],
    ['billing.grant', 'refused', 'reference_used', 'a welcome'],
  ])
})

test('of two grants with one reference at once, one is told as given and the other as repeated', async () => {
  const { accountId } = await boundAgent()
  const other = new Client({ connectionString: broker.databaseUrl })
  await other.connect()
  try {
    // The first has booked and not committed yet.
    await other.query('BEGIN')
    await other.query(
      `INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at)
       VALUES ($1::uuid, 'grant', 5000, 'operator:' || $1::text || ':letter', 'operator', now())`,
      [accountId],
    )
    const second = call('POST', `/accounts/${accountId}/billing/grant`, {
      credits: 5,
      reference: 'letter',
      reason: 'a test',
    })
    await until(async () => {
      const [waiting] = await broker.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      )
      return waiting
    })
    await other.query('COMMIT')
    expect(await second).toMatchObject({ status: 200, body: { given: false, kept: 5 } })
  } finally {
    await other.end()
  }
  expect(await grantsAudited(accountId)).toEqual([{ action: 'billing.grant_repeated', outcome: 'done' }])
})

test.each([
  ['credit_entry', 'that cannot be booked is not told as given'],
  ['audit_event', 'that cannot be written down is not given'],
])('with %s out of order, a grant %s', async table => {
  const { accountId } = await boundAgent()
  await broker.query(
    `CREATE FUNCTION out_of_order() RETURNS trigger AS $$ BEGIN
       IF NEW.account_id = '${accountId}' THEN RAISE EXCEPTION 'out of order'; END IF; RETURN NEW;
     END $$ LANGUAGE plpgsql`,
  )
  await broker.query(
    `CREATE TRIGGER out_of_order BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION out_of_order()`,
  )
  const grant = { credits: 5, reference: 'r', reason: 'a test' }
  try {
    expect((await call('POST', `/accounts/${accountId}/billing/grant`, grant)).status).toBe(500)
  } finally {
    await broker.query(`DROP TRIGGER out_of_order ON ${table}`)
    await broker.query('DROP FUNCTION out_of_order')
  }
  expect(await grantsAudited(accountId)).toEqual([])
  const [kept] = await broker.query('SELECT COUNT(*)::int AS rows FROM credit_entry WHERE account_id = $1', [
    accountId,
  ])
  expect(kept).toEqual({ rows: 0 })
})

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

test('above the storage cap both calls say so, and that it is not about credit', async () => {
  const { agent, accountId } = await boundAgent()
  const change = (name: string, body: object) =>
    call('POST', `/accounts/${accountId}/billing/${name}`, { reason: 'a test', ...body })
  await change('plan', { plan: 'large' })
  await change('grant', { credits: 20, reference: 'r' })
  await broker.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, now(), 4000000000, 1, 1000000001, 1, 0, 0, now())`,
    [accountId],
  )
  const backup = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(backup).toMatchObject({
    status: 403,
    body: { code: 'storage_full', detail: expect.stringContaining('6 GB, more than the 5 GB of your plan') },
  })
  expect(backup.body).not.toHaveProperty('rechargeLink')
  expect((await agent.post('/v1/credentials', { purpose: 'restore' })).status).toBe(200)
  const old = await agent.cloudParams('https://odoo.customer.example/web/database/backups', '1')
  expect(old.body.insufficient_credit_error).toContain('more than the 5 GB')
  expect(await rights(old.body)).toEqual({ reads: true, writes: false })
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

test.each([
  { credits: 0 },
  { credits: -5 },
  { credits: 0.0001 },
  { credits: 1e10 },
  { credits: '5' },
  { credits: null },
  { credits: 5, reason: '' },
  { credits: 5, reference: 'with space' },
])('the grant %j is refused and gives nothing', async change => {
  const { accountId } = await boundAgent()
  const answer = await call('POST', `/accounts/${accountId}/billing/grant`, {
    reference: 'r',
    reason: 'a test',
    ...change,
  })
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  expect((await call('GET', `/accounts/${accountId}/billing?${WHY}`)).body.kept).toBe(0)
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

test('an agent reads what its account stores by day, and nobody else’s', async () => {
  const [mine, other] = [await boundAgent(), await boundAgent()]
  for (const [accountId, bytes] of [
    [mine.accountId, 1000],
    [other.accountId, 5],
  ])
    await broker.query(
      `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
         upload_bytes, uploads, sampled_at)
       SELECT $1, d::date, $2, 2, 30, 1, 4, 1, now() FROM generate_series('2026-03-01'::date, '2026-03-03', '1 day') d`,
      [accountId, bytes],
    )
  const { status, body } = await mine.agent.get('/v1/usage?days=2')
  expect(status).toBe(200)
  expect(body.days.map(({ day }: { day: string }) => day)).toEqual(['2026-03-02', '2026-03-03'])
  expect(body.days[0]).toMatchObject({ currentBytes: 1000, oldBytes: 30, oldObjects: 1, uploadBytes: 4 })
  expect((await mine.agent.get('/v1/usage?days=0')).status).toBe(400)
  const stranger = brokerClient(broker.url, newUserKey())
  expect((await stranger.get('/v1/usage')).status).toBe(401)
})
