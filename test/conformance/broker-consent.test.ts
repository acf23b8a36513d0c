import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { answerConsent, approve, logIn, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

const PAGE = 'https://odoo.customer.example/web/database/backups'
const OTHER_NAME = 'http://10.0.0.5:8069/web/database/backups'

async function linkOf(agent: BrokerClient, redirect?: string): Promise<string> {
  const answer = await agent.post('/v1/login-requests', redirect === undefined ? {} : { redirect })
  expect(answer.status).toBe(200)
  return answer.body.authLink
}

/** An agent that is bound to the account of a user. */
async function boundAgent(
  user: OdooComUser,
  purposes?: readonly string[],
  redirect = PAGE,
): Promise<BrokerClient> {
  const agent = brokerClient(broker.url, newUserKey())
  const { code } = await approve(new HttpBrowser(), await linkOf(agent, redirect), user, purposes)
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  return agent
}

test('the consent page shows account, address, time and purposes, all of them ticked', async () => {
  const user = await newOdooComUser()
  const consent = await logIn(
    new HttpBrowser(),
    await linkOf(brokerClient(broker.url, newUserKey()), PAGE),
    user,
  )
  expect(consent.text).toContain(user.login)
  // Twice: it is what is to be checked, and its lines end between its parts.
  expect(consent.raw.split('<bdi>https://odoo.<wbr>customer.<wbr>example</bdi>')).toHaveLength(3)
  expect(consent.text).toMatch(/Asked at<\/dt><dd><time [^>]*>\d{4}-\d\d-\d\d \d\d:\d\d UTC/)
  const ticked = consent.forms[0]?.fields.filter(([name]) => name === 'purposes').map(([, value]) => value)
  expect(ticked).toEqual(['backup', 'restore', 'rotate'])
  expect(consent.headers.get('content-security-policy')).toContain("form-action 'self'")
  expect(consent.headers.get('cache-control')).toBe('no-store')
})

test('a denial answers "denied" for ten minutes, by old and new calls, and then gives a link again', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const link = (await agent.cloudParams(PAGE, '1')).body.auth_link
  const browser = new HttpBrowser()
  const { leadsTo, code } = await answerConsent(browser, await logIn(browser, link, user), 'deny')
  expect(leadsTo).toBe(PAGE)
  expect(code).toBeUndefined()
  expect((await agent.cloudParams(PAGE, '1')).body.insufficient_credit_error).toContain('denied')
  expect(await agent.post('/v1/credentials', { purpose: 'backup' })).toMatchObject({
    status: 403,
    body: { code: 'denied' },
  })
  expect(await agent.post('/v1/login-requests', { redirect: PAGE })).toMatchObject({
    status: 403,
    body: { code: 'denied' },
  })
  broker.advance(601)
  expect(Object.keys((await agent.cloudParams(PAGE, '1')).body)).toEqual(['auth_link'])
})

test('each purpose can be refused, and only what was granted is vended', async () => {
  const agent = await boundAgent(await newOdooComUser(), ['backup'])
  expect((await agent.get('/v1/account')).body.purposes).toEqual(['backup'])
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  for (const purpose of ['restore', 'rotate'])
    expect(await agent.post('/v1/credentials', { purpose })).toMatchObject({
      status: 403,
      body: { code: 'purpose_refused' },
    })
})

test('an approval of nothing is refused', async () => {
  const browser = new HttpBrowser()
  const agent = brokerClient(broker.url, newUserKey())
  const consent = await logIn(browser, await linkOf(agent, PAGE), await newOdooComUser())
  const { page, code } = await answerConsent(browser, consent, 'approve', [])
  expect(page.status).toBe(400)
  expect(code).toBeUndefined()
})

test('a new address of an approved key asks for consent, while all other calls go on working', async () => {
  const user = await newOdooComUser()
  const agent = await boundAgent(user)
  const link = (await agent.cloudParams(OTHER_NAME, '1')).body.auth_link
  expect(link).toContain('/login/')
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  expect((await agent.cloudParams(undefined, '1')).body).toHaveProperty(['odoo_backup_sh.aws_session_token'])
  expect((await agent.cloudParams(PAGE, '1')).body).toHaveProperty(['odoo_backup_sh.aws_session_token'])
  const { leadsTo } = await approve(new HttpBrowser(), link, user)
  expect((await agent.cloudParams(leadsTo, '1')).body).toHaveProperty(['odoo_backup_sh.aws_session_token'])
  expect((await agent.cloudParams(OTHER_NAME, '1')).body).toHaveProperty(['odoo_backup_sh.aws_session_token'])
})

test('an address is vouched for while an instance there is in use, and no more once it was revoked', async () => {
  const user = await newOdooComUser()
  const consentAt = async (redirect: string) =>
    (await logIn(new HttpBrowser(), await linkOf(brokerClient(broker.url, newUserKey()), redirect), user))
      .text
  const known = 'You approved this address before.'
  const revoked = 'what you had approved there was revoked: if somebody sent you a link that led here, deny.'
  await boundAgent(user)
  await boundAgent(user)
  expect(await consentAt(PAGE)).toContain(known)
  const browser = new HttpBrowser()
  const revokeOne = async () => {
    const page = await logIn(browser, `${broker.url}/login`, user)
    const form = page.forms.find(({ action }) => action.endsWith('/revoke'))
    if (form === undefined) throw new Error('The page has no form to revoke.')
    await browser.submit(page, form)
  }
  await revokeOne()
  // The other one still is there.
  expect(await consentAt(PAGE)).toContain(known)
  await revokeOne()
  const [here, elsewhere] = [await consentAt(PAGE), await consentAt(OTHER_NAME)]
  expect(here).toContain(revoked)
  expect(here).not.toContain(known)
  expect(elsewhere).toContain('This address is new to your account')
})

test('a denied new address is refused by itself and takes nothing from an approved key', async () => {
  const user = await newOdooComUser()
  const agent = await boundAgent(user)
  const browser = new HttpBrowser()
  await answerConsent(
    browser,
    await logIn(browser, (await agent.cloudParams(OTHER_NAME, '1')).body.auth_link, user),
    'deny',
  )
  expect((await agent.cloudParams(OTHER_NAME, '1')).body.insufficient_credit_error).toContain('denied')
  expect((await agent.cloudParams(PAGE, '1')).body).toHaveProperty(['odoo_backup_sh.aws_session_token'])
  expect((await agent.post('/v1/credentials', { purpose: 'restore' })).status).toBe(200)
})

test('an approved key is never bound to another account', async () => {
  const owner = await newOdooComUser()
  const agent = await boundAgent(owner)
  const browser = new HttpBrowser()
  const page = await logIn(browser, await linkOf(agent, OTHER_NAME), await newOdooComUser())
  // The ways on: to the account, and to a log-in with another one.
  expect(page).toMatchObject({ status: 409, forms: [{ action: '/logout' }] })
  expect(page.text).toContain('href="/account"')
  expect(page.text).toContain('belongs to another account')
  expect((await agent.get('/v1/account')).body.folder).toBe(owner.id)
})

test('two codes of two accounts for one key: the first that is brought binds it, the second is refused', async () => {
  const [first, second] = [await newOdooComUser(), await newOdooComUser()]
  const agent = brokerClient(broker.url, newUserKey())
  const one = await approve(new HttpBrowser(), await linkOf(agent, PAGE), first)
  const two = await approve(new HttpBrowser(), await linkOf(agent, OTHER_NAME), second)
  expect((await agent.post('/v1/bind', { code: one.code })).status).toBe(200)
  expect(await agent.post('/v1/bind', { code: two.code })).toMatchObject({
    status: 403,
    body: { code: 'code_refused' },
  })
  expect((await agent.get('/v1/account')).body.folder).toBe(first.id)
})

test('two tabs of one browser log in side by side, for two instances', async () => {
  const user = await newOdooComUser()
  const browser = new HttpBrowser()
  const agents = [brokerClient(broker.url, newUserKey()), brokerClient(broker.url, newUserKey())]
  const links = await Promise.all(agents.map(agent => linkOf(agent, PAGE)))
  const opened = await Promise.all(links.map(link => browser.open(link)))
  expect(opened.map(page => page.forms[0]?.action)).toEqual(['/oauth2/login', '/oauth2/login'])
  for (const [index, agent] of agents.entries()) {
    const { code } = await approve(browser, links[index] ?? '', user)
    expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  }
})

test('a code in a page of another path is refused and burnt', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const { code } = await approve(new HttpBrowser(), await linkOf(agent, PAGE), await newOdooComUser())
  const elsewhere = `https://odoo.customer.example/open?to=evil&odoo_backup_code=${code}`
  expect(Object.keys((await agent.cloudParams(elsewhere, '1')).body)).toEqual(['auth_link'])
  expect(Object.keys((await agent.cloudParams(`${PAGE}?odoo_backup_code=${code}`, '1')).body)).toEqual([
    'auth_link',
  ])
})

test('a page that is loaded again with its used code goes on working', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const { leadsTo } = await approve(
    new HttpBrowser(),
    (await agent.cloudParams(PAGE, '1')).body.auth_link,
    user,
  )
  for (let load = 0; load < 2; load += 1)
    expect((await agent.cloudParams(leadsTo, '1')).body['odoo_backup_sh.odoo_oauth_uid']).toBe(user.id)
})

test('a former module, which cannot use session tokens, is told so plainly after log-in', async () => {
  const agent = await boundAgent(await newOdooComUser())
  const { body } = await agent.cloudParams(PAGE)
  expect(Object.keys(body)).toEqual(['insufficient_credit_error'])
  expect(body.insufficient_credit_error).toContain('can no longer store backups here')
  expect(body.insufficient_credit_error).toContain('Install the odoo-backup agent')
  const { instanceId } = (await agent.get('/v1/account')).body
  const trail = await broker.query(
    'SELECT outcome, reason FROM audit_event WHERE instance_id = $1 ORDER BY id DESC LIMIT 1',
    [instanceId],
  )
  expect(trail).toEqual([{ outcome: 'refused', reason: 'session_tokens_unsupported' }])
})

test('polling makes no second link and no further rows', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const links = new Set<string>()
  for (let poll = 0; poll < 5; poll += 1) links.add((await agent.cloudParams(PAGE, '1')).body.auth_link)
  expect(links.size).toBe(1)
})

test('a link is answered once and lives ten minutes', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const link = await linkOf(agent, PAGE)
  const browser = new HttpBrowser()
  const consent = await logIn(browser, link, user)
  await answerConsent(browser, consent, 'approve')
  const again = await answerConsent(browser, consent, 'approve')
  expect(again).toMatchObject({ code: undefined, page: { status: 410 } })
  expect((await browser.open(link)).status).toBe(410)

  const late = await linkOf(agent, OTHER_NAME)
  broker.advance(601)
  expect((await new HttpBrowser().open(late)).status).toBe(410)
})

test('approving needs a log-in younger than ten minutes, though the question itself is young', async () => {
  const user = await newOdooComUser()
  const browser = new HttpBrowser()
  await logIn(browser, `${broker.url}/login`, user)
  broker.advance(540)
  const agent = brokerClient(broker.url, newUserKey())
  const link = await linkOf(agent)
  const consent = await logIn(browser, link, user)
  expect(consent.url).toContain('/consent/')
  broker.advance(120)
  const late = await answerConsent(browser, consent, 'approve')
  expect(late.page).toMatchObject({ status: 403, text: expect.stringContaining('Log in again') })
  expect(late.code).toBeUndefined()
  const [row] = await broker.query<{ codes: string }>(
    `SELECT count(*) AS codes FROM binding_code c JOIN account a ON a.id = c.account_id WHERE a.email = $1`,
    [user.login],
  )
  expect(row?.codes).toBe('0')
  const { code } = await approve(browser, link, user)
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
})

test.each([
  ['without its token', undefined],
  ['with the token of another account', 'other'],
])('the consent form of another site is refused, %s', async (_name, whose) => {
  const user = await newOdooComUser()
  const browser = new HttpBrowser()
  const consent = await logIn(browser, await linkOf(brokerClient(broker.url, newUserKey())), user)
  const stranger = new HttpBrowser()
  const theirs = await logIn(
    stranger,
    await linkOf(brokerClient(broker.url, newUserKey())),
    await newOdooComUser(),
  )
  const foreign = theirs.forms[0]?.fields.find(([name]) => name === 'form_token')?.[1]
  const [form] = consent.forms
  if (form === undefined || foreign === undefined) throw new Error('A consent page has no form.')
  for (const decision of ['approve', 'deny']) {
    const form_token = whose === undefined ? undefined : foreign
    const answer = await browser.submit(consent, form, { decision, form_token })
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('This form is not taken') })
    expect(answer.text).toContain('<a class="button" href="/account">')
  }
  // Nothing was decided: the question still stands.
  expect((await answerConsent(browser, consent, 'approve')).code).toBeDefined()
})

test('an approval is not withdrawn by a form of another site', async () => {
  const user = await newOdooComUser()
  const browser = new HttpBrowser()
  const agent = brokerClient(broker.url, newUserKey())
  const { code } = await approve(browser, await linkOf(agent), user)
  const page = await browser.open(`${broker.url}/account`)
  const withdraw = page.forms.find(({ action }) => action === '/account/approvals/withdraw')
  if (withdraw === undefined) throw new Error('The page has no form to withdraw.')
  expect((await browser.submit(page, withdraw, { form_token: undefined })).status).toBe(403)
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
})
