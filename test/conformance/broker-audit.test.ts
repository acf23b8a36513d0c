import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { auditRowsOf } from '../fixtures/audit-rows.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { answerConsent, approve, logIn, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { bindInstance } from './vending-instance.ts'

/** Every refusal has its row: who, what, from where, why. */

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

const rowsOf = (work: () => Promise<unknown>) => auditRowsOf(broker, work)

const PAGE = 'https://odoo.customer.example/web/database/backups'

test.each([
  ['GET', '/v1/account'],
  ['GET', '/v1/notices'],
  ['GET', '/v1/usage'],
  ['POST', '/v1/recharge-link'],
])('%s %s by a key of nobody, and by a revoked one', async (method, path) => {
  const call = (key: string) =>
    fetch(`${broker.url}${path}`, { method, headers: { authorization: `Bearer ${key}` } })
  expect(await rowsOf(() => call(newUserKey()))).toEqual([
    expect.objectContaining({
      action: 'instance.called',
      outcome: 'refused',
      actor: 'unknown',
      address: '127.0.0.1',
      reason: 'login_required',
      detail: { call: `${method} ${path}` },
    }),
  ])
  const { userKey, instanceId } = await bindInstance(broker)
  await broker.query("UPDATE instance SET state = 'revoked', revoked_at = now() WHERE id = $1", [instanceId])
  expect(await rowsOf(() => call(userKey))).toEqual([
    expect.objectContaining({ reason: 'revoked', actor: `instance:${instanceId}`, instance_id: instanceId }),
  ])
})

test('a request for a link by a revoked key, and by one that was denied', async () => {
  const { agent, instanceId } = await bindInstance(broker)
  await broker.query("UPDATE instance SET state = 'revoked', revoked_at = now() WHERE id = $1", [instanceId])
  const redirect = PAGE
  expect(await rowsOf(() => agent.post('/v1/login-requests', { redirect }))).toEqual([
    expect.objectContaining({
      action: 'login.requested',
      outcome: 'refused',
      reason: 'revoked',
      actor: `instance:${instanceId}`,
      detail: { origin: 'https://odoo.customer.example' },
    }),
  ])
  const browser = new HttpBrowser()
  const denied = brokerClient(broker.url, newUserKey())
  const { authLink } = (await denied.post('/v1/login-requests', {})).body
  await answerConsent(browser, await logIn(browser, authLink, await newOdooComUser()), 'deny')
  expect(await rowsOf(() => denied.post('/v1/login-requests', {}))).toEqual([
    expect.objectContaining({ action: 'login.requested', outcome: 'refused', reason: 'denied' }),
  ])
})

test('an approval says what was approved, and so does the binding', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const { authLink } = (await agent.post('/v1/login-requests', { redirect: PAGE })).body
  const browser = new HttpBrowser()
  const consent = await logIn(browser, authLink, await newOdooComUser())
  const detail = { origin: 'https://odoo.customer.example', purposes: 'backup+rotate' }
  let code = ''
  const approved = await rowsOf(async () => {
    code = (await answerConsent(browser, consent, 'approve', ['backup', 'rotate'])).code ?? ''
  })
  expect(approved).toEqual([
    expect.objectContaining({ action: 'consent.approved', outcome: 'done', address: '127.0.0.1', detail }),
  ])
  expect(await rowsOf(() => agent.post('/v1/bind', { code }))).toEqual([
    expect.objectContaining({ action: 'instance.bound', outcome: 'done', address: '127.0.0.1', detail }),
  ])
})

test('a code that another key brings: the row names both, whose it was and who brought it', async () => {
  const owner = brokerClient(broker.url, newUserKey())
  const { authLink } = (await owner.post('/v1/login-requests', {})).body
  const { code } = await approve(new HttpBrowser(), authLink, await newOdooComUser())
  const [asked] = await broker.query<{ instance_id: string; account_id: string }>(
    'SELECT instance_id, account_id FROM binding_code',
  )
  const thief = await bindInstance(broker)
  expect(await rowsOf(() => thief.agent.post('/v1/bind', { code }))).toEqual([
    expect.objectContaining({
      action: 'instance.bound',
      outcome: 'refused',
      reason: 'other_key',
      actor: `instance:${thief.instanceId}`,
      instance_id: asked?.instance_id,
      account_id: asked?.account_id,
      address: '127.0.0.1',
    }),
  ])
})

test('forms that are not admitted: not logged in, from another site, log-in too old', async () => {
  const browser = new HttpBrowser()
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const { authLink } = (await agent.post('/v1/login-requests', {})).body
  await agent.post('/v1/bind', { code: (await approve(browser, authLink, user)).code })
  const page = await browser.open(`${broker.url}/account`)
  const revoke = page.forms.find(({ action }) => action.endsWith('/revoke'))
  if (revoke === undefined) throw new Error('The page has no form to revoke.')
  const [account] = await broker.query<{ id: string }>('SELECT id FROM account WHERE email = $1', [
    user.login,
  ])
  const row = (reason: string, actor: string) =>
    expect.objectContaining({
      action: 'form.sent',
      outcome: 'refused',
      reason,
      actor,
      address: '127.0.0.1',
      detail: { form: revoke.action },
    })
  const who = `account:${account?.id}`
  expect(await rowsOf(() => new HttpBrowser().submit(page, revoke))).toEqual([
    row('not_logged_in', 'unknown'),
  ])
  expect(await rowsOf(() => browser.submit(page, revoke, { form_token: 'x' }))).toEqual([
    row('foreign_form', who),
  ])
  broker.advance(601)
  expect(await rowsOf(() => browser.submit(page, revoke))).toEqual([row('log_in_again', who)])
})

test('an answer to a question of somebody else, of nobody, or with a log-in too old', async () => {
  const user = await newOdooComUser()
  const browser = new HttpBrowser()
  await logIn(browser, `${broker.url}/login`, user)
  broker.advance(540)
  const { authLink } = (await brokerClient(broker.url, newUserKey()).post('/v1/login-requests', {})).body
  const consent = await logIn(browser, authLink, user)
  const [asked] = await broker.query<{ account_id: string; instance_id: string }>(
    `SELECT c.account_id, r.instance_id FROM consent c JOIN account a ON a.id = c.account_id
       JOIN login_request r ON r.id = c.login_request_id WHERE a.email = $1`,
    [user.login],
  )
  const row = (reason: string, account_id: string | null) =>
    expect.objectContaining({
      action: 'consent.answered',
      outcome: 'refused',
      reason,
      actor: account_id === null ? 'unknown' : `account:${account_id}`,
      account_id,
      address: '127.0.0.1',
      detail: {},
    })
  const answer = (who: HttpBrowser) => rowsOf(() => answerConsent(who, consent, 'approve'))
  expect(await answer(new HttpBrowser())).toEqual([row('other_browser_or_account', null)])
  const otherBrowser = new HttpBrowser()
  await logIn(otherBrowser, `${broker.url}/login`, user)
  expect(await answer(otherBrowser)).toEqual([row('other_browser_or_account', asked?.account_id ?? '')])
  const stranger = new HttpBrowser()
  const other = await newOdooComUser()
  await logIn(stranger, `${broker.url}/login`, other)
  const [theirs] = await broker.query<{ id: string }>('SELECT id FROM account WHERE email = $1', [
    other.login,
  ])
  expect(await answer(stranger)).toEqual([row('other_browser_or_account', theirs?.id ?? '')])
  broker.advance(120)
  expect(await answer(browser)).toEqual([
    expect.objectContaining({ reason: 'log_in_again', instance_id: asked?.instance_id }),
  ])
  await answerConsent(browser, await logIn(browser, authLink, user), 'deny')
  expect(await answer(browser)).toEqual([row('no_open_question', asked?.account_id ?? '')])
})

test('changes of an instance that is not the own one, by the forms of the account page', async () => {
  const theirs = await bindInstance(broker)
  const user = await newOdooComUser()
  const own = await bindInstance(broker, user)
  const browser = new HttpBrowser()
  const page = await logIn(browser, `${broker.url}/login`, user)
  const fields = page.forms.find(({ action }) => action.endsWith('/revoke'))?.fields ?? []
  for (const instanceId of [theirs.instanceId, randomUUID()])
    for (const [path, action, detail] of [
      ['', 'instance.purposes_changed', { purposes: 'restore' }],
      ['/revoke', 'instance.revoked', {}],
    ] as const) {
      const form = { action: `/account/instances/${instanceId}${path}`, method: 'post', fields }
      const rows = await rowsOf(() => browser.submit(page, form, { purposes: ['restore'] }))
      expect(rows).toEqual([
        expect.objectContaining({
          action,
          outcome: 'refused',
          reason: 'no_such_instance',
          actor: `account:${own.accountId}`,
          account_id: own.accountId,
          instance_id: instanceId,
          address: '127.0.0.1',
          detail,
        }),
      ])
    }
  expect((await theirs.agent.get('/v1/account')).body.purposes).toHaveLength(3)
})

test('changes of what is not there, by the admin API', async () => {
  const token = await adminToken(broker, 'admin')
  const id = randomUUID()
  const why = 'Asked for by telephone'
  for (const [method, path, action, reason, further] of [
    ['POST', `instances/${id}/revoke`, 'instance.revoked', 'no_such_instance', {}],
    [
      'PUT',
      `instances/${id}/purposes`,
      'instance.purposes_changed',
      'no_such_instance',
      { purposes: ['restore'] },
    ],
    ['POST', `accounts/${id}/suspend`, 'account.suspended', 'no_such_account', {}],
    ['POST', `accounts/${id}/resume`, 'account.resumed', 'no_such_account', {}],
  ] as const) {
    const rows = await rowsOf(async () => {
      const response = await fetch(`${broker.url}/admin/v1/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ reason: why, ...further }),
      })
      expect(response.status).toBe(404)
    })
    expect(rows).toEqual([
      expect.objectContaining({
        action,
        outcome: 'refused',
        reason,
        actor: expect.stringMatching(/^admin:/),
        [path.startsWith('accounts') ? 'account_id' : 'instance_id']: id,
        detail: expect.objectContaining({ why }),
      }),
    ])
  }
})

test('a look at an account that is not there, by the admin API and by a page of operators', async () => {
  const user = await newOdooComUser()
  const operated = await broker.replica({
    BROKER_OPERATORS: JSON.stringify([{ provider: 'odoo', subject: user.id, role: 'viewer' }]),
  })
  try {
    const browser = new HttpBrowser()
    await logIn(browser, `${operated.url}/login`, user)
    const token = await adminToken(broker, 'viewer')
    const id = randomUUID()
    const look = (actor: RegExp) =>
      expect.objectContaining({
        action: 'admin.account_read',
        outcome: 'refused',
        reason: 'not_found',
        actor: expect.stringMatching(actor),
        account_id: id,
        address: '127.0.0.1',
      })
    const rows = await rowsOf(async () => {
      const headers = { authorization: `Bearer ${token}` }
      expect((await fetch(`${broker.url}/admin/v1/accounts/${id}`, { headers })).status).toBe(404)
      expect((await browser.open(`${operated.url}/operator/accounts/${id}`)).status).toBe(404)
    })
    expect(rows).toEqual([look(/^admin:/), look(/^operator:odoo:/)])
  } finally {
    await operated.close()
  }
})

test('the former module asking for notices with a key of nobody, and with a revoked one', async () => {
  const ask = ({ userKey, post }: ReturnType<typeof brokerClient>) =>
    rowsOf(() => post('/fetch_notifications', { params: { user_key: userKey } }))
  const row = (further: object) =>
    expect.objectContaining({
      action: 'instance.called',
      outcome: 'refused',
      address: '127.0.0.1',
      detail: { call: 'POST /fetch_notifications' },
      ...further,
    })
  expect(await ask(brokerClient(broker.url, newUserKey()))).toEqual([
    row({ reason: 'unknown', actor: 'unknown' }),
  ])
  const { agent, instanceId } = await bindInstance(broker)
  expect(await ask(agent)).toEqual([])
  await broker.query("UPDATE instance SET state = 'revoked', revoked_at = now() WHERE id = $1", [instanceId])
  // Kept standings are forgotten by a change through the broker alone; a replica has none.
  const fresh = await broker.replica()
  try {
    expect(await ask(brokerClient(fresh.url, agent.userKey))).toEqual([
      row({ reason: 'revoked', actor: `instance:${instanceId}`, instance_id: instanceId }),
    ])
  } finally {
    await fresh.close()
  }
})

test('an approval by a suspended account', async () => {
  const browser = new HttpBrowser()
  const user = await newOdooComUser()
  const { authLink } = (await brokerClient(broker.url, newUserKey()).post('/v1/login-requests', {})).body
  const consent = await logIn(browser, authLink, user)
  await broker.query('UPDATE account SET suspended_at = now() WHERE email = $1', [user.login])
  const rows = await rowsOf(() => submit(browser, consent, '/consent/', { decision: 'approve' }))
  expect(rows).toEqual([
    expect.objectContaining({ action: 'consent.approved', outcome: 'refused', reason: 'suspended' }),
  ])
})

test('the page of the former module that a key of nobody opens', async () => {
  const open = () => fetch(`${broker.url}/open_iap_recharge?user_key=${newUserKey()}`)
  expect(await rowsOf(open)).toEqual([
    expect.objectContaining({ action: 'recharge.opened', outcome: 'refused', actor: 'unknown' }),
  ])
})

test('log-ins name their provider; one that did not come about gives its cause to the log alone', async () => {
  const failing = await broker.replica({ BROKER_ODOO_TOKENINFO_URL: 'http://127.0.0.1:1/tokeninfo' })
  try {
    const browser = new HttpBrowser()
    const before = broker.logged.length
    const rows = await rowsOf(async () => {
      const page = await logIn(browser, `${failing.url}/login`, await newOdooComUser())
      expect(page.status).toBe(503)
      expect(page.text).not.toContain('ECONNREFUSED')
    })
    expect(rows).toEqual([
      expect.objectContaining({
        action: 'login',
        outcome: 'refused',
        reason: 'provider_unavailable',
        detail: { provider: 'odoo' },
      }),
    ])
    expect(browser.cookies(failing.url).has('odoo_backup_session')).toBe(false)
    expect(broker.logged.slice(before).join('')).toContain('"a log-in failed"')
  } finally {
    await failing.close()
  }
})

test('a log-in that cannot be written down gives no session', async () => {
  const browser = new HttpBrowser()
  const user = await newOdooComUser()
  const atProvider = new HttpBrowser()
  await logIn(atProvider, `${broker.url}/login`, user)
  await broker.query('ALTER TABLE audit_event RENAME TO audit_event_away')
  try {
    expect((await logIn(browser, `${broker.url}/login`, user)).status).toBe(500)
    expect(browser.cookies(broker.url).has('odoo_backup_session')).toBe(false)
  } finally {
    await broker.query('ALTER TABLE audit_event_away RENAME TO audit_event')
  }
})

test('text that the database does not take costs neither its own row nor those of others', async () => {
  const { accountId } = await bindInstance(broker)
  const token = await adminToken(broker, 'admin')
  const rows = await rowsOf(() =>
    Promise.all(
      ['\ud800 half a pair', 'whole'].map(reason =>
        fetch(`${broker.url}/admin/v1/accounts/${accountId}/suspend`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ reason }),
        }),
      ),
    ),
  )
  expect(rows.map(({ reason }) => reason).sort()).toEqual(['whole', '\ufffd half a pair'])
})
