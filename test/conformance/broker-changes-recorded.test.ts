import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { brokerCommand } from '../fixtures/broker-command.ts'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { answerConsent, approve, logIn, type OdooComUser, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { type BoundInstance, bindInstance } from './vending-instance.ts'

/** A change and its row of the audit log are one: whatever ends the broker in between leaves both or neither. */

let broker: RunningBroker
let token: string
/** Somebody with an instance that is bound, one whose code is open, and one whose question waits. */
let user: OdooComUser & { id: string }
let bound: BoundInstance
let browser: HttpBrowser
let account: Page
let consent: Page
let waiting: BrokerClient
let code: string
beforeAll(async () => {
  broker = await runBroker()
  token = await adminToken(broker, 'admin')
  await broker.query(`
    CREATE FUNCTION refuse_rows() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'No row is taken.'; END $$`)
})
afterAll(() => broker.close())
beforeEach(async () => {
  user = await newOdooComUser()
  bound = await bindInstance(broker, user)
  waiting = brokerClient(broker.url, newUserKey())
  const { authLink } = (await waiting.post('/v1/login-requests')).body
  code = (await approve(new HttpBrowser(), authLink, user)).code ?? ''
  browser = new HttpBrowser()
  const asking = (await brokerClient(broker.url, newUserKey()).post('/v1/login-requests')).body
  consent = await logIn(browser, asking.authLink, user)
  account = await browser.open(`${broker.url}/account`)
})

/** While the table refuses rows: each at once, or each only when its transaction is committed. */
async function refusingRows<Answer>(when: 'insert' | 'commit', work: () => Promise<Answer>): Promise<Answer> {
  await broker.query(
    when === 'insert'
      ? 'CREATE TRIGGER refusing BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_rows()'
      : `CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON audit_event DEFERRABLE INITIALLY DEFERRED
           FOR EACH ROW EXECUTE FUNCTION refuse_rows()`,
  )
  try {
    return await work()
  } finally {
    await broker.query('DROP TRIGGER refusing ON audit_event')
  }
}

/** All that says who is served, and who may say so. */
async function standing(): Promise<unknown> {
  const rows = await broker.query<{ all: unknown }>(`
    SELECT json_build_object(
      'accounts', (SELECT json_agg(json_build_array(id, suspended_at) ORDER BY id) FROM account),
      'instances', (SELECT json_agg(json_build_array(id, state, account_id, purposes, revoked_at) ORDER BY id) FROM instance),
      'codes', (SELECT json_agg(json_build_array(code_hash, purposes) ORDER BY code_hash) FROM binding_code),
      'questions', (SELECT json_agg(json_build_array(id, decided_at, denied_until) ORDER BY id) FROM login_request),
      'tokens', (SELECT json_agg(json_build_array(name, revoked_at) ORDER BY name) FROM admin_token)) AS all`)
  return rows[0]?.all
}

const admin = async (method: string, path: string, further = {}) =>
  (
    await fetch(`${broker.url}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'asked for', ...further }),
    })
  ).status

/** By the forms of the account's page, and the status of the answer. */
const form = async (action: string, values = {}) => (await submit(browser, account, action, values)).status

/** By a command: 500 when it failed. */
const command = async (...args: string[]) =>
  (await brokerCommand(args, { BROKER_DATABASE_URL: broker.databaseUrl })).status === 0 ? 200 : 500

test.each<[string, () => Promise<number>]>([
  ['binding a key', async () => (await waiting.post('/v1/bind', { code })).status],
  [
    'burning the code that another key brings',
    async () => (await bound.agent.post('/v1/bind', { code })).status,
  ],
  ['approving', async () => (await answerConsent(browser, consent, 'approve')).page.status],
  ['denying', async () => (await answerConsent(browser, consent, 'deny')).page.status],
  ['taking approvals back', () => form('/account/approvals/withdraw')],
  ['revoking, by the account', () => form(`/account/instances/${bound.instanceId}/revoke`)],
  [
    'changing purposes, by the account',
    () => form(`/account/instances/${bound.instanceId}`, { purposes: ['backup'] }),
  ],
  ['revoking, by an operator', () => admin('POST', `instances/${bound.instanceId}/revoke`)],
  [
    'changing purposes, by an operator',
    () => admin('PUT', `instances/${bound.instanceId}/purposes`, { purposes: ['backup'] }),
  ],
  ['suspending', () => admin('POST', `accounts/${bound.accountId}/suspend`)],
])('%s does not happen when it cannot be written down, and happens when it can', async (_what, work) => {
  const before = await standing()
  expect(await refusingRows('insert', work)).toBe(500)
  expect(await standing()).toEqual(before)
  expect(await refusingRows('commit', work)).toBe(500)
  expect(await standing()).toEqual(before)
  expect(await work()).not.toBe(500)
  expect(await standing()).not.toEqual(before)
})

test.each<[string, () => Promise<number>, () => Promise<number>]>([
  [
    'making a second token of the admin API',
    () => command('admin-token', 'create', `first-${bound.folder}`),
    () => command('admin-token', 'create', `second-${bound.folder}`),
  ],
  [
    'resuming',
    () => admin('POST', `accounts/${bound.accountId}/suspend`),
    () => admin('POST', `accounts/${bound.accountId}/resume`),
  ],
  [
    'revoking a token of the admin API',
    () => command('admin-token', 'create', `kept-${bound.folder}`),
    () => command('admin-token', 'revoke', `kept-${bound.folder}`),
  ],
])('%s, after what comes before it, neither', async (_what, first, work) => {
  expect(await first()).toBe(200)
  const before = await standing()
  expect(await refusingRows('insert', work)).toBe(500)
  expect(await standing()).toEqual(before)
  expect(await work()).toBe(200)
  expect(await standing()).not.toEqual(before)
})

/** What the log stream tells of the audit while something is done. */
async function told(work: () => Promise<unknown>): Promise<object[]> {
  const before = broker.logged.length
  await work()
  return broker.logged.slice(before).flatMap(line => JSON.parse(line).audit ?? [])
}

test('the log stream tells of a revocation before it is committed, so that none is missing there', async () => {
  const revoke = () => admin('POST', `instances/${bound.instanceId}/revoke`)
  const { instanceId } = bound
  const event = { action: 'instance.revoked', instanceId }
  const refused = { ...event, outcome: 'refused', reason: 'not_confirmed' }
  const done = { ...event, outcome: 'done', reason: 'asked for' }
  expect(await told(() => refusingRows('commit', revoke))).toEqual([
    expect.objectContaining(done),
    expect.objectContaining(refused),
  ])
  expect(await told(() => refusingRows('insert', revoke))).toEqual([])
  expect(await told(revoke)).toEqual([expect.objectContaining(done)])
})

test('nor is a change missing by which an instance may do less, as by a code of an approval of less', async () => {
  const narrow = () =>
    admin('PUT', `instances/${bound.instanceId}/purposes`, { purposes: ['backup', 'restore'] })
  const narrowed = expect.objectContaining({ action: 'instance.purposes_changed', outcome: 'done' })
  expect((await told(() => refusingRows('commit', narrow)))[0]).toEqual(narrowed)
  const redirect = 'https://odoo.customer.example/'
  const { authLink } = (await bound.agent.post('/v1/login-requests', { redirect })).body
  const less = await approve(browser, authLink, user, ['backup'])
  const bind = () => bound.agent.post('/v1/bind', { code: less.code })
  expect((await told(() => refusingRows('commit', bind)))[0]).toEqual(
    expect.objectContaining({ action: 'instance.bound', outcome: 'done' }),
  )
})

test('the log stream tells of rights that are given only once they are', async () => {
  expect(await admin('POST', `accounts/${bound.accountId}/suspend`)).toBe(200)
  expect(await admin('PUT', `instances/${bound.instanceId}/purposes`, { purposes: ['backup'] })).toBe(200)
  const all = ['backup', 'restore', 'rotate']
  for (const [action, give] of [
    ['account.resumed', () => admin('POST', `accounts/${bound.accountId}/resume`)],
    [
      'instance.purposes_changed',
      () => admin('PUT', `instances/${bound.instanceId}/purposes`, { purposes: all }),
    ],
    ['instance.bound', async () => (await waiting.post('/v1/bind', { code })).status],
  ] as const) {
    expect(await told(() => refusingRows('commit', give))).toEqual([])
    expect(await told(give)).toEqual([expect.objectContaining({ action, outcome: 'done' })])
  }
})
