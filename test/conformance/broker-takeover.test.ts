/**
 * The takeover that consent codes exist against, tried from the attacker's side. The attacker makes a key, sends
 * somebody the log-in link, lets them approve, and asks again and again for their backups.
 *
 * Where the link names the attacker's own page, the code of an approval is led there: what the consent page shows is
 * the one barrier then (docs/broker.md). All else ends without it.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Answer, type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, logIn, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
let victim: OdooComUser & { id: string }
/** A broker for each test: some set its clock forward. */
beforeEach(async () => {
  broker = await runBroker()
  victim = await newOdooComUser()
})
afterEach(() => broker.close())

const VICTIMS_PAGE = 'https://odoo.victim.example/web/database/backups'
const ATTACKERS_PAGE = 'https://odoo.attacker.example/web/database/backups'

/** Everything that a key can ask for, by old and new calls, with and without a page. */
async function everyCall(agent: BrokerClient): Promise<Record<string, Answer>> {
  return {
    'old call': await agent.cloudParams(undefined, '1'),
    "old call with the victim's page": await agent.cloudParams(VICTIMS_PAGE, '1'),
    "old call with the attacker's page": await agent.cloudParams(ATTACKERS_PAGE, '1'),
    'old call of a former module': await agent.cloudParams(VICTIMS_PAGE),
    backup: await agent.post('/v1/credentials', { purpose: 'backup' }),
    restore: await agent.post('/v1/credentials', { purpose: 'restore' }),
    rotate: await agent.post('/v1/credentials', { purpose: 'rotate' }),
    account: await agent.get('/v1/account'),
    notices: await agent.get('/v1/notices'),
    'recharge link': await agent.post('/v1/recharge-link'),
  }
}

function expectOnlyLinks(answers: Record<string, Answer>): void {
  const got = Object.entries(answers).map(([call, { body }]) => [
    call,
    Object.keys(body).includes('auth_link') ? 'auth_link' : body.code,
  ])
  const wanted = Object.keys(answers).map(call => [
    call,
    call.startsWith('old') ? 'auth_link' : 'login_required',
  ])
  expect(got).toEqual(wanted)
}

async function linkFor(
  agent: BrokerClient,
  way: 'old' | 'new',
  redirect: string | undefined,
): Promise<string> {
  if (way === 'old') return (await agent.cloudParams(redirect, '1')).body.auth_link
  return (await agent.post('/v1/login-requests', redirect === undefined ? {} : { redirect })).body.authLink
}

describe.each([
  ['old', "the victim's page", VICTIMS_PAGE],
  ['old', "the attacker's page", ATTACKERS_PAGE],
  ['old', 'no page', undefined],
  ['new', "the victim's page", VICTIMS_PAGE],
  ['new', "the attacker's page", ATTACKERS_PAGE],
  ['new', 'no page', undefined],
] as const)('a link made by the %s call that names %s', (way, _name, redirect) => {
  test('gives the attacker nothing but links, before and after the victim approves', async () => {
    const attacker = brokerClient(broker.url, newUserKey())
    const link = await linkFor(attacker, way, redirect)
    expectOnlyLinks(await everyCall(attacker))
    const { code, page } = await approve(new HttpBrowser(), link, victim)
    expect(page.text).toContain('Approved')
    expect(code).toMatch(/^[\w-]{32}$/)
    for (let poll = 0; poll < 3; poll += 1) expectOnlyLinks(await everyCall(attacker))
    // Ten minutes later the code is worth nothing either.
    broker.advance(601)
    expect(await attacker.post('/v1/bind', { code })).toMatchObject({
      status: 403,
      body: { code: 'code_refused' },
    })
    expectOnlyLinks(await everyCall(attacker))
  })
})

test("the code that reaches the victim's own Odoo is burnt when its agent brings it, by either call", async () => {
  for (const bring of [
    (agent: BrokerClient, code: string) => agent.post('/v1/bind', { code }),
    (agent: BrokerClient, code: string) => agent.cloudParams(`${VICTIMS_PAGE}?odoo_backup_code=${code}`, '1'),
  ]) {
    const attacker = brokerClient(broker.url, newUserKey())
    const link = await linkFor(attacker, 'old', VICTIMS_PAGE)
    const { code = '' } = await approve(new HttpBrowser(), link, victim)
    const victimsAgent = brokerClient(broker.url, newUserKey())
    const answer = await bring(victimsAgent, code)
    expect(answer.body.code ?? Object.keys(answer.body)[0]).toMatch(/^(code_refused|auth_link)$/)
    expect((await attacker.post('/v1/bind', { code })).body.code).toBe('code_refused')
    expectOnlyLinks(await everyCall(attacker))
    expectOnlyLinks(await everyCall(victimsAgent))
  }
})

test('the consent page names the address that asks, and that it is new to the account', async () => {
  const attacker = brokerClient(broker.url, newUserKey())
  const link = await linkFor(attacker, 'old', ATTACKERS_PAGE)
  const browser = new HttpBrowser()
  const consent = await logIn(browser, link, victim)
  expect(consent.text).toContain('https://odoo.attacker.example')
  expect(consent.text).toContain('This address is new to your account')
  expect(consent.text).not.toContain('odoo.victim.example')
})

test('a victim who approved sees a notice of it, and whose key it was is in the audit trail', async () => {
  const own = await newOdooComUser()
  const attacker = brokerClient(broker.url, newUserKey())
  await approve(new HttpBrowser(), await linkFor(attacker, 'new', ATTACKERS_PAGE), own)
  const [notice] = await broker.query<{ message: string }>(
    `SELECT message FROM notice JOIN account a ON a.id = account_id WHERE a.subject = $1`,
    [own.id],
  )
  expect(notice?.message).toContain('https://odoo.attacker.example')
  const [event] = await broker.query<{ detail: unknown }>(
    `SELECT detail FROM audit_event e JOIN account a ON a.id::text = e.account_id::text
      WHERE a.subject = $1 AND action = 'consent.approved'`,
    [own.id],
  )
  expect(event?.detail).toEqual({
    origin: 'https://odoo.attacker.example',
    purposes: 'backup+restore+rotate',
  })
})
