import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { type Form, HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { logIn, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'

/** The pages of the operators: who enters, who changes what, and what stays of it. */

let broker: RunningBroker
let operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
beforeAll(async () => {
  ;({ broker, operators } = await runBrokerWithOperators({ BROKER_PAYMENT: 'prepaid' }))
})
afterAll(() => broker.close())

async function enter(user: OdooComUser): Promise<{ browser: HttpBrowser; page: Page }> {
  const browser = new HttpBrowser({ accept: 'text/html' })
  return { browser, page: await logIn(browser, `${broker.url}/login`, user) }
}

function form(page: Page, end: string): Form {
  const found = page.forms.find(({ action }) => action.endsWith(end))
  if (found === undefined) throw new Error(`${page.url} (${page.status}) has no form that ends in ${end}.`)
  return found
}

const open = (browser: HttpBrowser, path: string) => browser.open(`${broker.url}${path}`)
const reason = 'asked for by the customer'
const PAGES = ['/operator', '/operator/accounts', '/operator/audit']

async function rowsOf(action: string, accountId: string) {
  return await broker.query(
    'SELECT outcome, actor, address, reason FROM audit_event WHERE action = $1 AND account_id = $2 ORDER BY id',
    [action, accountId],
  )
}

test('operators are led to their pages by the log-in, and find the way from their account', async () => {
  const { browser, page } = await enter(operators.viewer)
  expect(new URL(page.url).pathname).toBe('/operator')
  expect(page.text).toContain('What this broker depends on works, as far as it was asked.')
  expect((await open(browser, '/account')).text).toContain('href="/operator"')
})

test('whoever is not logged in is led to log in; for an account that is none of an operator there are no such pages', async () => {
  const stranger = await newOdooComUser()
  const { browser, page } = await enter(stranger)
  expect(new URL(page.url).pathname).toBe('/account')
  expect(page.text).not.toContain('/operator')
  const { accountId } = await bindInstance(broker)
  for (const path of [
    ...PAGES,
    `/operator/accounts/${accountId}`,
    `/operator/accounts/${accountId}/ledger`,
  ]) {
    expect({ path, status: (await open(browser, path)).status }).toEqual({ path, status: 404 })
    const anonymous = await open(new HttpBrowser(), path)
    expect(new URL(anonymous.url).pathname).toBe('/oauth2/auth')
  }
  const [token] = form(page, '/logout').fields.filter(([name]) => name === 'form_token')
  for (const action of [
    `/operator/accounts/${accountId}/suspend`,
    `/operator/accounts/${accountId}/grant`,
    '/operator/billing/pause',
  ]) {
    const fields = [token ?? (['form_token', ''] as const)]
    const further = { reason, credits: '5', reference: crypto.randomUUID() }
    expect((await browser.submit(page, { action, method: 'post', fields }, further)).status).toBe(404)
  }
  const [me] = await broker.query<{ id: string }>('SELECT id FROM account WHERE email = $1', [stranger.login])
  const rows = await rowsOf('operator.entered', me?.id ?? '')
  expect(rows.length).toBe(PAGES.length + 2 + 3)
  expect(rows[0]).toMatchObject({ outcome: 'refused', reason: 'not_an_operator', address: '127.0.0.1' })
})

test('a suspended operator is none', async () => {
  const admin = await enter(operators.viewer)
  await broker.query('UPDATE account SET suspended_at = now() WHERE email = $1', [operators.viewer.login])
  try {
    expect((await open(admin.browser, '/operator')).status).toBe(404)
  } finally {
    await broker.query('UPDATE account SET suspended_at = NULL WHERE email = $1', [operators.viewer.login])
  }
  expect((await open(admin.browser, '/operator')).status).toBe(200)
})

test('a viewer sees accounts, their instances and the audit log, no money, and nothing to press', async () => {
  const { folder, accountId, instanceId } = await bindInstance(broker)
  const { browser } = await enter(operators.viewer)
  const found = await open(browser, `/operator/accounts?search=${folder}`)
  expect(found.text).toContain(`/operator/accounts/${accountId}`)
  expect(found.text.match(/href="\/operator\/accounts\/[0-9a-f-]{36}"/g)).toHaveLength(1)
  const account = await open(browser, `/operator/accounts/${accountId}`)
  expect(account.text).toContain(instanceId)
  expect(account.forms.map(({ action }) => action)).toEqual(['/logout'])
  expect(account.text).not.toContain('Credit')
  for (const part of ['ledger', 'usage'])
    expect((await open(browser, `/operator/accounts/${accountId}/${part}`)).status).toBe(403)
  expect((await open(browser, `/operator/audit?accountId=${accountId}`)).text).toContain('instance.bound')
  expect((await open(browser, '/operator')).forms.map(({ action }) => action)).toEqual(['/logout'])
})

test('what a role may not do is refused to a form that its pages do not show', async () => {
  const { accountId, instanceId, agent } = await bindInstance(broker)
  const tries: [OperatorRole, string][] = [
    ...(['viewer', 'billing'] as const).flatMap((role): [OperatorRole, string][] => [
      [role, `/operator/accounts/${accountId}/suspend`],
      [role, `/operator/instances/${instanceId}/revoke`],
      [role, `/operator/instances/${instanceId}/purposes`],
    ]),
    ['viewer', `/operator/accounts/${accountId}/grant`],
    ['viewer', '/operator/billing/pause'],
  ]
  for (const [role, action] of tries) {
    const { browser, page } = await enter(operators[role])
    const fields = form(page, '/logout').fields
    const further = { reason, credits: '5', reference: crypto.randomUUID() }
    const answer = await browser.submit(page, { action, method: 'post', fields }, further)
    expect({ role, action, status: answer.status }).toEqual({ role, action, status: 403 })
    expect(answer.text).toContain('role_refused')
  }
  expect((await agent.get('/v1/account')).body.purposes).toHaveLength(3)
  const refused = await broker.query(
    "SELECT actor FROM audit_event WHERE action = 'operator.entered' AND reason = 'role_refused' AND actor = $1",
    [`operator:odoo:${operators.billing.id}`],
  )
  expect(refused.length).toBeGreaterThanOrEqual(3)
})

test('whoever is refused a page is led back: operators to the console, all others to their account', async () => {
  const { browser: viewer } = await enter(operators.viewer)
  const none = crypto.randomUUID()
  for (const [path, status] of [
    ['/operator/billing', 403],
    [`/operator/accounts/${none}`, 404],
    ['/operator/nothing', 404],
    ['/operator/accounts/nothing/at/all', 404],
  ] as const) {
    const { text, ...refused } = await open(viewer, `${path}?language=de`)
    expect({ path, status: refused.status }).toEqual({ path, status })
    expect(text).toContain('<a class="button" href="/operator">Betreiberkonsole</a>')
  }
  const { browser: stranger } = await enter(await newOdooComUser())
  for (const path of ['/operator', '/operator/nothing', '/nothing']) {
    const { status, text } = await open(stranger, path)
    expect({ path, status }).toEqual({ path, status: 404 })
    expect(text).toContain('<a class="button" href="/account">To your account</a>')
    expect(text).not.toContain('"/operator')
  }
  const unknown = await open(new HttpBrowser(), '/operator/nothing')
  expect(new URL(unknown.url).pathname).toBe('/oauth2/auth')
})

test('an admin suspends, resumes, changes purposes and revokes; each acts at once and says who and why', async () => {
  const { agent, accountId } = await bindInstance(broker)
  const { browser } = await enter(operators.admin)
  const vend = async (purpose: string) =>
    (await agent.post('/v1/credentials', { purpose })).body.code ?? 'vended'
  let page = await open(browser, `/operator/accounts/${accountId}`)
  expect(page.text).toContain('<dd>make backups, restore, delete old backups</dd>')
  // Whose account it is: not that of the operator who reads.
  expect(page.text).not.toMatch(/your account/i)
  page = await browser.submit(page, form(page, '/suspend'), { reason })
  expect(new URL(page.url).pathname).toBe(`/operator/accounts/${accountId}`)
  expect(page.text).toContain('suspended')
  expect(await vend('backup')).toBe('suspended')
  page = await browser.submit(page, form(page, '/resume'), { reason })
  page = await browser.submit(page, form(page, '/purposes'), { reason, purposes: ['restore'] })
  expect(await vend('backup')).toBe('purpose_refused')
  page = await browser.submit(page, form(page, '/revoke'), { reason })
  expect(page.text).toContain('<dd>revoked</dd>')
  expect(await vend('restore')).toBe('revoked')
  const actor = `operator:odoo:${operators.admin.id}`
  for (const action of [
    'account.suspended',
    'account.resumed',
    'instance.purposes_changed',
    'instance.revoked',
  ])
    expect({ action, rows: await rowsOf(action, accountId) }).toEqual({
      action,
      rows: [{ outcome: 'done', actor, address: '127.0.0.1', reason }],
    })
})

test('credit is given once, however often the form is sent, and stands in the books', async () => {
  const { accountId } = await bindInstance(broker)
  const { browser } = await enter(operators.billing)
  const page = await open(browser, `/operator/accounts/${accountId}`)
  const grant = form(page, '/grant')
  for (let count = 0; count < 2; count += 1)
    expect((await browser.submit(page, grant, { reason, credits: '7.5' })).status).toBe(200)
  expect((await open(browser, `/operator/accounts/${accountId}`)).text).toContain('<dd>7.5 ')
  const ledger = await open(browser, `/operator/accounts/${accountId}/ledger`)
  expect(ledger.text.match(/class="number">7\.5</g)).toHaveLength(1)
  expect(ledger.text).toContain(reason)
  expect((await open(browser, `/operator/accounts/${accountId}/usage`)).text).toContain(
    'What is stored is not counted here',
  )
})

test.each([
  ['without its token', { form_token: undefined }],
  ['with a token of somebody else', { form_token: 'A'.repeat(43) }],
  ['without a reason', { reason: '' }],
])('a form that is sent %s changes nothing', async (_name, values) => {
  const { agent, accountId } = await bindInstance(broker)
  const { browser } = await enter(operators.admin)
  const page = await open(browser, `/operator/accounts/${accountId}`)
  const answer = await browser.submit(page, form(page, '/suspend'), { reason, ...values })
  expect([400, 403]).toContain(answer.status)
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).not.toBe(403)
  expect(await rowsOf('account.suspended', accountId)).toEqual([])
})

test('changes need a log-in younger than ten minutes; looking does not', async () => {
  const { accountId } = await bindInstance(broker)
  const { browser } = await enter(operators.admin)
  broker.advance(601)
  const page = await open(browser, `/operator/accounts/${accountId}`)
  expect(page.status).toBe(200)
  const late = await browser.submit(page, form(page, '/suspend'), { reason })
  expect(late).toMatchObject({ status: 403, text: expect.stringContaining('Log in again') })
  expect(await rowsOf('account.suspended', accountId)).toEqual([])
})

test('a log-in leads an operator back to the page that asked for it, and nowhere else', async () => {
  const { accountId, instanceId } = await bindInstance(broker)
  const { browser } = await enter(operators.admin)
  const path = `/operator/accounts/${accountId}`
  const linkOf = ({ text }: Page) => /href="(\/login[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const lead = async (from: HttpBrowser, link: string, user: OdooComUser) => {
    const { pathname, search } = new URL((await logIn(from, `${broker.url}${link}`, user)).url)
    return pathname + search
  }
  const page = await open(browser, path)
  broker.advance(601)
  for (const verb of ['/suspend', '/purposes']) {
    const link = linkOf(await browser.submit(page, form(page, verb), { reason, purposes: ['restore'] }))
    expect(await lead(browser, link, operators.admin)).toBe(path)
    broker.advance(601)
  }
  const asked = `/operator/audit?accountId=${accountId}`
  expect(await lead(new HttpBrowser({ accept: 'text/html' }), asked, operators.viewer)).toBe(asked)
  for (const elsewhere of ['https://evil.example/', '//evil.example/operator', '/\\evil.example', '/logout'])
    expect(
      await lead(new HttpBrowser(), `/login?next=${encodeURIComponent(elsewhere)}`, operators.viewer),
    ).toBe('/operator')

  const customer = await newOdooComUser()
  const other = new HttpBrowser({ accept: 'text/html' })
  expect(await lead(other, `/login?next=${encodeURIComponent(path)}`, customer)).toBe('/account')
  const own = await open(other, '/account')
  broker.advance(601)
  const token = { ...form(own, '/logout'), action: `/operator/instances/${instanceId}/revoke` }
  const refused = await other.submit(own, token, { reason })
  expect([refused.status, linkOf(refused)]).toEqual([403, '/login'])
})

test('a session that has ended leads an operator back to the page on which the form stood, and nowhere else', async () => {
  const { accountId } = await bindInstance(broker)
  const path = `/operator/accounts/${accountId}`
  const linkOf = ({ text }: Page) => /href="(\/login[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  const { browser } = await enter(operators.admin)
  const page = await open(browser, `${path}?done=grace`)
  const billing = await open(browser, '/operator/billing')
  await broker.query('DELETE FROM session')
  const back = `/login?next=${encodeURIComponent(path)}`
  for (const [of, verb, values, expected] of [
    [page, '/suspend', {}, back],
    [page, '/purposes', { purposes: ['restore'] }, back],
    [page, '/grant', { credits: 'none' }, back],
    [billing, '/reconcile', {}, '/login?next=%2Foperator%2Fbilling'],
    [page, '/suspend', { page: 'https://evil.example/operator' }, '/login'],
    [page, '/suspend', { page: undefined }, '/login'],
  ] as const) {
    const answer = await browser.submit(of, form(of, verb), { reason, ...values })
    expect([verb, answer.status, linkOf(answer)]).toEqual([verb, 403, expected])
  }
  const { url } = await logIn(browser, `${broker.url}${back}`, operators.admin)
  expect(new URL(url).pathname).toBe(path)
  const foreign = await browser.submit(page, form(page, '/suspend'), { reason, form_token: 'x' })
  expect(foreign.text).toContain(`<a class="button" href="${path}">Back to the page</a>`)
})

test('names do no harm: what an account or an address calls itself is text', async () => {
  const { accountId, instanceId } = await bindInstance(broker)
  const hostile = '<img src=x onerror=alert(1)>"\u202e'
  await broker.query('UPDATE account SET email = $2, display_name = $2 WHERE id = $1', [accountId, hostile])
  await broker.query(
    'INSERT INTO instance_origin (instance_id, origin, approved_at) VALUES ($1, $2, now())',
    [instanceId, hostile],
  )
  const { browser } = await enter(operators.admin)
  for (const path of [
    `/operator/accounts/${accountId}`,
    `/operator/accounts?search=${encodeURIComponent('<img')}`,
    `/operator/audit?action=${encodeURIComponent(hostile)}`,
  ]) {
    const { status, text } = await open(browser, path)
    expect(status).toBe(200)
    expect(text).toContain('&lt;img')
    expect(text).not.toContain('<img')
  }
})

test.each([
  ['a provider that is not configured', [{ provider: 'other', subject: '1', role: 'admin' }]],
  ['one person twice', [1, 2].map(() => ({ provider: 'odoo', subject: '1', role: 'admin' }))],
  ['a role that there is not', [{ provider: 'odoo', subject: '1', role: 'root' }]],
])('at start a list of operators with %s is refused', async (_name, listed) => {
  await expect(broker.replica({ BROKER_OPERATORS: JSON.stringify(listed) })).rejects.toThrow(
    'BROKER_OPERATORS',
  )
})

test('a token of the admin API opens no page', async () => {
  const response = await fetch(`${broker.url}/operator`, {
    redirect: 'manual',
    headers: { authorization: 'Bearer oba_anything' },
  })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/login?next=%2Foperator'])
})
