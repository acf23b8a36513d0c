/** What an attacker tries against log-in, consent and sessions; each attempt ends in the documented refusal. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AttackedBroker, boundAgent, newLink, runAttackedBroker } from '../fixtures/attacked-broker.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { answerConsent, approve, logIn, postFragment, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
let person: AttackedBroker['person']
beforeAll(async () => {
  ;({ broker, person } = await runAttackedBroker())
})
afterAll(() => broker.close())

/** Walks up to the callback page of the broker, whose address carries the token and the state in its fragment. */
async function callbackPage(
  browser: HttpBrowser,
  link: string,
  changed: Record<string, string> = {},
): Promise<Page> {
  const page = await browser.open(link)
  const afterLogIn = await submit(browser, page, '/oauth2/login', {
    login: person.login,
    password: person.password,
    ...changed,
  })
  return await submit(browser, afterLogIn, '/oauth2/decision', { decision: 'approve', ...changed })
}

function isLoggedIn(browser: HttpBrowser): boolean {
  return browser.cookies(broker.url).has('odoo_backup_session')
}

describe('the state of a log-in', () => {
  const attempts: [string, (state: string) => string][] = [
    ['forged', () => `odoo.${'A'.repeat(32)}`],
    ['of another provider', state => state.replace(/^odoo/, 'north')],
    ['without a provider', state => state.replace(/^odoo\./, '')],
    ['cut short', state => state.slice(0, -1)],
    ['empty', () => ''],
    ['very long', () => `odoo.${'A'.repeat(50_000)}`],
    ['with a pattern of SQL', () => "odoo.' OR 1=1 --"],
  ]
  test.each(attempts)('%s is refused', async (_name, change) => {
    const browser = new HttpBrowser()
    const page = await callbackPage(browser, `${broker.url}/login`)
    const url = new URL(page.url)
    const fragment = new URLSearchParams(url.hash.slice(1))
    fragment.set('state', change(fragment.get('state') ?? ''))
    const answer = await postFragment(browser, { ...page, url: `${url.origin}${url.pathname}#${fragment}` })
    expect(answer.status).toBe(400)
    expect(isLoggedIn(browser)).toBe(false)
  })

  test('replayed is refused', async () => {
    const browser = new HttpBrowser()
    const page = await callbackPage(browser, `${broker.url}/login`)
    expect((await postFragment(browser, page)).status).toBe(200)
    expect((await postFragment(browser, page)).status).toBe(400)
  })

  test('of another browser is refused: nobody is logged in to the account of an attacker', async () => {
    const page = await callbackPage(new HttpBrowser(), `${broker.url}/login`)
    const victim = new HttpBrowser()
    await victim.open(`${broker.url}/login`)
    expect((await postFragment(victim, page)).status).toBe(400)
    expect(isLoggedIn(victim)).toBe(false)
  })

  test('brought after ten minutes is refused', async () => {
    const browser = new HttpBrowser()
    const page = await callbackPage(browser, `${broker.url}/login`)
    broker.advance(601)
    expect((await postFragment(browser, page)).status).toBe(400)
  })
})

describe('the token of a log-in', () => {
  test('issued to another client is refused', async () => {
    const browser = new HttpBrowser()
    const page = await callbackPage(browser, `${broker.url}/login`, {
      client_id: 'b1b0c0de-0000-4000-8000-000000000000',
    })
    expect((await postFragment(browser, page)).status).toBe(403)
    expect(isLoggedIn(browser)).toBe(false)
  })

  test.each(['made-up', '', 'x'.repeat(5000), 'a b&audience=mine'])('%j is refused', async token => {
    const browser = new HttpBrowser()
    const page = await callbackPage(browser, `${broker.url}/login`)
    const url = new URL(page.url)
    const fragment = new URLSearchParams(url.hash.slice(1))
    fragment.set('access_token', token)
    const answer = await postFragment(browser, { ...page, url: `${url.origin}${url.pathname}#${fragment}` })
    expect([400, 403]).toContain(answer.status)
    expect(isLoggedIn(browser)).toBe(false)
  })

  test.each(['html', '500', '503', 'redirect', 'huge', 'refused'])(
    'is not believed when odoo.com answers with %s',
    async fault => {
      const browser = new HttpBrowser()
      const page = await callbackPage(browser, `${broker.url}/login`)
      const token = new URLSearchParams(new URL(page.url).hash.slice(1)).get('access_token')
      await fetch(`${sandboxEnvironment().odooComUrl}/sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ path: '/oauth2/tokeninfo', fault, times: 1, containing: token }),
      })
      const answer = await postFragment(browser, page)
      expect([403, 503]).toContain(answer.status)
      expect(isLoggedIn(browser)).toBe(false)
    },
  )
})

describe('a binding code', () => {
  test('brought with another key is refused, and burnt for its own', async () => {
    const [agent, thief] = [brokerClient(broker.url, newUserKey()), brokerClient(broker.url, newUserKey())]
    const { code } = await approve(new HttpBrowser(), await newLink(agent), person)
    expect((await thief.post('/v1/bind', { code })).body.code).toBe('code_refused')
    expect((await agent.post('/v1/bind', { code })).body.code).toBe('code_refused')
  })

  test('brought twice is refused the second time, also at the same moment', async () => {
    const agent = brokerClient(broker.url, newUserKey())
    const { code } = await approve(new HttpBrowser(), await newLink(agent), person)
    const answers = await Promise.all([1, 2, 3, 4].map(() => agent.post('/v1/bind', { code })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403])
  })

  test('brought late is refused', async () => {
    const agent = brokerClient(broker.url, newUserKey())
    const { code } = await approve(new HttpBrowser(), await newLink(agent), person)
    broker.advance(601)
    expect((await agent.post('/v1/bind', { code })).body.code).toBe('code_refused')
  })

  test.each([
    '',
    'short',
    'A'.repeat(32),
    'A'.repeat(10_000),
    "' OR 1=1 --",
    '../../x',
    null,
    7,
    ['A'.repeat(32)],
    {},
  ])('%j is refused', async code => {
    const answer = await brokerClient(broker.url, newUserKey()).post('/v1/bind', { code })
    expect(['invalid_request', 'code_refused']).toContain(answer.body.code)
  })
})

describe('a session', () => {
  test('cookie after log-out opens nothing', async () => {
    const browser = new HttpBrowser()
    await logIn(browser, `${broker.url}/login`, person)
    const page = await browser.open(`${broker.url}/account`)
    const cookie = browser.cookies(broker.url).get('odoo_backup_session') ?? 'none'
    await submit(browser, page, '/logout')
    const thief = new HttpBrowser()
    thief.setCookie(broker.url, 'odoo_backup_session', cookie)
    expect((await thief.open(`${broker.url}/account`)).url).toContain('/oauth2/auth')
  })

  test('that an attacker planted is not the one that the log-in makes', async () => {
    const browser = new HttpBrowser()
    browser.setCookie(broker.url, 'odoo_backup_session', 'A'.repeat(32))
    await logIn(browser, `${broker.url}/login`, person)
    expect(browser.cookies(broker.url).get('odoo_backup_session')).not.toBe('A'.repeat(32))
    const attacker = new HttpBrowser()
    attacker.setCookie(broker.url, 'odoo_backup_session', 'A'.repeat(32))
    expect((await attacker.open(`${broker.url}/account`)).url).toContain('/oauth2/auth')
  })

  test.each([
    ['without a token', undefined],
    ['with a wrong token', 'A'.repeat(43)],
    ['with two tokens', ['a', 'b']],
  ])('is not used by a form of another site, %s', async (_name, form_token) => {
    const browser = new HttpBrowser()
    const agent = await boundAgent(broker, person, browser)
    const page = await browser.open(`${broker.url}/account`)
    for (const { action } of page.forms) {
      const answer = await browser.submit(
        page,
        { action, method: 'post', fields: [] },
        { form_token, purposes: 'backup' },
      )
      expect([400, 403]).toContain(answer.status)
    }
    expect((await agent.get('/v1/account')).body.purposes).toHaveLength(3)
  })

  test('of another account does not see or answer a question that was put to this one', async () => {
    const browser = new HttpBrowser()
    const consent = await logIn(browser, await newLink(brokerClient(broker.url, newUserKey())), person)
    const other = new HttpBrowser()
    await logIn(other, `${broker.url}/login`, await newOdooComUser())
    expect((await other.open(consent.url)).status).toBe(410)
    expect((await answerConsent(other, consent, 'approve')).code).toBeUndefined()
    const sameAccountOtherBrowser = new HttpBrowser()
    await logIn(sameAccountOtherBrowser, `${broker.url}/login`, person)
    expect((await sameAccountOtherBrowser.open(consent.url)).status).toBe(410)
  })
})
