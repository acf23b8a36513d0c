import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { answerConsent } from '../fixtures/log-in.ts'
import { type OAuthProviderDouble, startOAuthProvider } from '../fixtures/oauth-provider.ts'
import { newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let north: OAuthProviderDouble
let south: OAuthProviderDouble
let broker: RunningBroker
beforeAll(async () => {
  north = await startOAuthProvider('north')
  south = await startOAuthProvider('south')
  broker = await runBroker({ BROKER_OAUTH_PROVIDERS: JSON.stringify([north.setting, south.setting]) })
})
afterAll(async () => {
  await broker.close()
  await Promise.all([north.close(), south.close()])
})
beforeEach(() => {
  north.user = { sub: randomBytes(6).toString('hex'), email: 'person@example.org', name: 'A Person' }
  north.error = undefined
})

const PAGE = 'https://odoo.customer.example/web/database/backups'

async function newLink(): Promise<{ agent: ReturnType<typeof brokerClient>; link: string }> {
  const agent = brokerClient(broker.url, newUserKey())
  return { agent, link: (await agent.post('/v1/login-requests', { redirect: PAGE })).body.authLink }
}

/** The address of the choice that leads to a provider. */
function choice(page: Page, provider: string): string {
  const path = new RegExp(`href="(/auth/${provider}[^"]*)"`).exec(page.text)?.[1] ?? 'none'
  return new URL(path.replaceAll('&amp;', '&'), page.url).href
}

test('the page of choices hands on which page is to be opened then, in any language', async () => {
  const { text } = await new HttpBrowser().open(`${broker.url}/login?next=%2Foperator%2Faudit`)
  expect(text).toContain('href="/auth/north?next=%2Foperator%2Faudit"')
  expect(text).toContain('href="?next=%2Foperator%2Faudit&amp;language=de"')
})

test('where several providers are configured, the page lets people choose', async () => {
  const { link } = await newLink()
  const page = await new HttpBrowser().open(link)
  expect(page.text).toMatch(/Log in with Odoo\.com.*Log in with Provider north.*Log in with Provider south/s)
})

test('a log-in by code flow with PKCE gives an account with a folder of ours, the same one each time', async () => {
  const folders: string[] = []
  for (let count = 0; count < 2; count += 1) {
    const { agent, link } = await newLink()
    const browser = new HttpBrowser()
    const consent = await browser.open(choice(await browser.open(link), 'north'))
    expect(consent.text).toContain('person@example.org')
    const { code } = await answerConsent(browser, consent, 'approve')
    await agent.post('/v1/bind', { code })
    const { body } = await agent.get('/v1/account')
    expect(body).toMatchObject({ provider: 'north', maskedEmail: 'p••••@example.org' })
    folders.push(body.folder)
  }
  expect(folders[0]).toMatch(/^u-[0-9a-f]{20}$/)
  expect(folders[1]).toBe(folders[0])
  expect(north.exchanges.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
})

test('the same subject at another provider, and the same e-mail address, is another account', async () => {
  south.user = north.user
  const folders = new Set<string>()
  for (const provider of ['north', 'south']) {
    const { agent, link } = await newLink()
    const browser = new HttpBrowser()
    const { code } = await answerConsent(
      browser,
      await browser.open(choice(await browser.open(link), provider)),
      'approve',
    )
    await agent.post('/v1/bind', { code })
    folders.add((await agent.get('/v1/account')).body.folder)
  }
  expect(folders.size).toBe(2)
})

test('two tabs of one browser each come to their own end', async () => {
  const browser = new HttpBrowser()
  const [first, second] = [await newLink(), await newLink()]
  const [one, two] = [await browser.open(first.link), await browser.open(second.link)]
  const consents = [await browser.open(choice(one, 'north')), await browser.open(choice(two, 'north'))]
  for (const [index, { agent }] of [first, second].entries()) {
    const { code } = await answerConsent(browser, consents[index] ?? one, 'approve')
    expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  }
})

/** Leads a browser to the provider and stops at the address by which it would come back. */
async function callbackOf(browser: HttpBrowser, provider: string): Promise<string> {
  await browser.open(`${broker.url}/login`)
  const cookie = [...browser.cookies(broker.url)].map(([name, value]) => `${name}=${value}`).join('; ')
  const begun = await fetch(`${broker.url}/auth/${provider}`, { redirect: 'manual', headers: { cookie } })
  for (const line of begun.headers.getSetCookie()) {
    const [pair = ''] = line.split(';')
    browser.setCookie(broker.url, pair.split('=')[0] ?? '', pair.split('=')[1] ?? '')
  }
  const answered = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  return answered.headers.get('location') ?? ''
}

test('an answer is taken once', async () => {
  const browser = new HttpBrowser()
  const callback = await callbackOf(browser, 'north')
  expect((await browser.open(callback)).url).toBe(`${broker.url}/account`)
  const replayed = await browser.open(callback)
  expect(replayed).toMatchObject({ status: 400, url: callback })
})

test.each([
  [
    'of another browser',
    async () => [new HttpBrowser(), await callbackOf(new HttpBrowser(), 'north')] as const,
  ],
  [
    'at the path of another provider',
    async () => {
      const browser = new HttpBrowser()
      return [browser, (await callbackOf(browser, 'north')).replace('/auth/north/', '/auth/south/')] as const
    },
  ],
  [
    'with a state of nobody',
    async () =>
      [new HttpBrowser(), `${broker.url}/auth/north/callback?code=x&state=north.${'a'.repeat(32)}`] as const,
  ],
  ['without anything', async () => [new HttpBrowser(), `${broker.url}/auth/north/callback`] as const],
])('an answer %s is refused', async (_name, make) => {
  const [browser, callback] = await make()
  expect((await browser.open(callback)).status).toBe(400)
  expect(browser.cookies(broker.url).has('odoo_backup_session')).toBe(false)
})

test('an answer that is too late is refused', async () => {
  const browser = new HttpBrowser()
  const callback = await callbackOf(browser, 'north')
  broker.advance(601)
  expect((await browser.open(callback)).status).toBe(400)
})

test('a log-in denied at the provider says so and logs nobody in', async () => {
  north.error = 'access_denied'
  const browser = new HttpBrowser()
  const page = await browser.open(await callbackOf(browser, 'north'))
  expect(page.status).toBe(403)
  expect(page.text).toContain('You did not allow the log-in')
  expect(browser.cookies(broker.url).has('odoo_backup_session')).toBe(false)
})

test('a log-in that failed leads to another one, for the same page or the same question', async () => {
  const { link } = await newLink()
  const consent = expect.stringContaining('May this Odoo use your backup account?')
  for (const [begin, again, then] of [
    [`${broker.url}/login?next=%2Foperator%2Faudit`, '/login?next=%2Foperator%2Faudit', expect.anything()],
    [link, new URL(link).pathname, consent],
  ] as const) {
    const browser = new HttpBrowser()
    const toNorth = async (from: string) => browser.open(choice(await browser.open(from), 'north'))
    const person = north.user
    north.user = {}
    expect((await toNorth(begin)).text).toContain(`<a class="button" href="${again}">Try again</a>`)
    north.error = 'access_denied'
    const { status, text } = await toNorth(begin)
    expect([status, text.includes('href="/operator/audit">Back to the page</a>')]).toEqual([
      403,
      again.startsWith('/login?next'),
    ])
    expect(text).toContain(`<a class="button" href="${again}">Try again</a>`)
    north.error = undefined
    north.user = person
    expect((await toNorth(`${broker.url}${again}`)).text).toEqual(then)
  }
})

test('an answer that belongs to no log-in leads to one', async () => {
  const { text } = await new HttpBrowser().open(`${broker.url}/auth/north/callback`)
  expect(text).toContain('<a class="button" href="/login">Log in</a>')
})

test.each([
  [{}],
  [{ sub: '' }],
  [{ sub: null }],
  [{ sub: 'x'.repeat(300) }],
  [{ sub: { $gt: '' } }],
  [{ sub: 'a\u0000' }],
  [{ sub: 'a\nb' }],
])('a profile of %j names nobody', async profile => {
  north.user = profile
  const browser = new HttpBrowser()
  expect((await browser.open(await callbackOf(browser, 'north'))).status).toBe(403)
})

test('an e-mail address and a name that no database or mail takes are left out, and log in all the same', async () => {
  const sub = randomBytes(6).toString('hex')
  north.user = { sub, email: 'a@example.org\r\nBcc: b@example.org', name: 'A\u0000' }
  const browser = new HttpBrowser()
  expect((await browser.open(await callbackOf(browser, 'north'))).url).toBe(`${broker.url}/account`)
  expect(await broker.query('SELECT email, display_name FROM account WHERE subject = $1', [sub])).toEqual([
    { email: null, display_name: null },
  ])
})

test('a code of another walk does not fit, since its verifier is another', async () => {
  const [attacker, victim] = [new HttpBrowser(), new HttpBrowser()]
  const stolen = new URL(await callbackOf(victim, 'north')).searchParams.get('code') ?? ''
  const own = new URL(await callbackOf(attacker, 'north'))
  own.searchParams.set('code', stolen)
  expect((await attacker.open(own.href)).status).toBe(403)
})
