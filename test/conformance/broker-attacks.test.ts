/** A list of what an attacker tries against the broker; each attempt ends in the documented refusal. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser, type Page } from '../fixtures/http-browser.ts'
import { answerConsent, approve, logIn, type OdooComUser, postFragment, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
let person: OdooComUser & { id: string }
beforeAll(async () => {
  broker = await runBroker({ BROKER_RATE_PER_ADDRESS: '100000', BROKER_PENDING_LOGINS_PER_ADDRESS: '1000' })
  person = await newOdooComUser()
})
afterAll(() => broker.close())

const PAGE = 'https://odoo.customer.example/web/database/backups'

async function newLink(agent: BrokerClient): Promise<string> {
  return (await agent.post('/v1/login-requests', { redirect: PAGE })).body.authLink
}

async function boundAgent(user: OdooComUser, browser = new HttpBrowser()): Promise<BrokerClient> {
  const agent = brokerClient(broker.url, newUserKey())
  const { code } = await approve(browser, await newLink(agent), user)
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  return agent
}

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
    const agent = await boundAgent(person, browser)
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

describe('keys', () => {
  test('next to a real one are strangers', async () => {
    const agent = await boundAgent(person)
    const key = agent.userKey
    const near = [
      key.slice(0, -1),
      `${key}A`,
      key.toLowerCase(),
      key.replace(/.$/, last => (last === 'A' ? 'B' : 'A')),
    ]
    for (const guess of near) {
      const answer = await brokerClient(broker.url, guess).post('/v1/credentials', { purpose: 'restore' })
      expect(answer.body.code).toBe('login_required')
    }
  })

  test.each([
    'a'.repeat(64),
    'short',
    'ключ-ключ-ключ-ключ-ключ-ключ-1234',
    'x'.repeat(129),
    'has space in it but is long enough 12345',
  ])('%j cannot be one', async key => {
    const answer = await fetch(`${broker.url}/get_cloud_params?${new URLSearchParams({ user_key: key })}`)
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain(key)
  })

  test('are not guessed for long: an address and a key have their share', async () => {
    const narrow = await broker.replica({ BROKER_RATE_PER_ADDRESS: '20', BROKER_RATE_PER_KEY: '5' })
    const answers = []
    for (let count = 0; count < 25; count += 1)
      answers.push(await brokerClient(narrow.url, newUserKey()).get('/v1/account'))
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(5)
    expect(answers.at(-1)?.body.code).toBe('rate_limited')
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    await narrow.close()
  })

  test('in a header that pretends to be a proxy change nothing about who is counted', async () => {
    const narrow = await broker.replica({ BROKER_RATE_PER_ADDRESS: '10' })
    let last = 0
    for (let count = 0; count < 15; count += 1) {
      const headers = { authorization: `Bearer ${newUserKey()}`, 'x-forwarded-for': `192.0.2.${count}` }
      last = (await fetch(`${narrow.url}/v1/account`, { headers })).status
    }
    expect(last).toBe(429)
    await narrow.close()
  })
})

describe('an open redirect', () => {
  const spellings = [
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https:/evil.example',
    'https:///evil.example',
    'https:\\\\evil.example',
    'https://odoo.customer.example\\@evil.example',
    'https://odoo.customer.example@evil.example',
    'https://odoo.customer.example:443@evil.example',
    'https://@evil.example',
    'https://user:pass@evil.example',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://evil.example/x',
    'ftp://evil.example',
    'https://evil.example\r\nLocation: https://worse.example',
    'https://evil.example/\u0000',
    ' https://evil.example',
    'https://evil.example\t.customer.example',
    'https://[::1',
    'https://evil.example:99999',
    '/web/database/backups',
    'web',
    `https://evil.example/${'a'.repeat(10_000)}`,
  ]
  test.each(spellings)('%j is refused by old and new calls', async redirect => {
    const agent = brokerClient(broker.url, newUserKey())
    for (const answer of [
      await agent.cloudParams(redirect, '1'),
      await agent.post('/v1/login-requests', { redirect }),
    ]) {
      expect([400, 413, 414, 431]).toContain(answer.status)
      expect(JSON.stringify(answer.body)).not.toContain('evil')
    }
  })

  test('in further parameters is not listened to', async () => {
    const browser = new HttpBrowser()
    const evil = `next=https://evil.example&redirect=https://evil.example&return_to=//evil.example&redirect_uri=//evil.example`
    const page = await logIn(browser, `${broker.url}/login?${evil}`, person)
    expect(page.url).toBe(`${broker.url}/account`)
    expect(page.text).not.toContain('evil.example')
  })

  test('by a Host header does not change the links that are made', async () => {
    const answer = await raw(
      `POST /v1/login-requests HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nAuthorization: Bearer ${newUserKey()}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    )
    expect(answer).toContain(`"authLink":"${broker.url}/login/`)
    expect(answer).not.toContain('evil')
  })
})

/** Sends bytes as they are and reads until the broker closes. */
function raw(text: string, options: { keepOpen?: boolean; url?: string } = {}): Promise<string> {
  const { hostname, port } = new URL(options.url ?? broker.url)
  return new Promise(resolve => {
    const socket = connect(Number(port), hostname)
    let received = ''
    socket.on('data', data => {
      received += data
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
    socket.write(text)
    if (options.keepOpen !== true) socket.on('end', () => socket.end())
  })
}

describe('injection', () => {
  test('of headers by what is sent in is not possible', async () => {
    const agent = brokerClient(broker.url, newUserKey())
    const page = `https://odoo.customer.example/%0d%0aSet-Cookie:%20evil=1/x`
    const { body } = await agent.cloudParams(page, '1')
    const { leadsTo, page: led } = await approve(new HttpBrowser(), body.auth_link, person)
    expect(leadsTo).toContain('%0d%0aSet-Cookie')
    expect([...led.headers.keys()]).not.toContain('evil')
    expect(led.headers.getSetCookie().join()).not.toContain('evil')
  })

  test('of HTML by the address of an instance or its name is shown as text', async () => {
    const agent = brokerClient(broker.url, newUserKey())
    const { body } = await agent.cloudParams(`https://odoo.customer.example/"><script>alert(1)</script>`, '1')
    const { page } = await approve(new HttpBrowser(), body.auth_link, person)
    expect(page.text).not.toContain('<script>alert(1)')
  })

  test('of lines into the log stays inside one line of JSON', async () => {
    const evil = encodeURIComponent('x\n{"level":"error","msg":"forged"}\r\n')
    await fetch(`${broker.url}/${evil}?user_key=${evil}`, { headers: { 'user-agent': 'a\\n{"forged":1}' } })
    await brokerClient(broker.url, newUserKey()).post('/v1/bind', { code: 'x\n{"level":"error"}' })
    for (const line of broker.logged) {
      expect(line.trimEnd()).not.toContain('\n')
      expect(JSON.parse(line)).not.toHaveProperty('forged')
    }
  })

  test('no line of the log has a query string', async () => {
    const redirect = `https://odoo.customer.example/web?odoo_backup_code=${'x'.repeat(32)}`
    await brokerClient(broker.url, newUserKey()).cloudParams(redirect, '1')
    expect(broker.logged.some(line => line.includes('/get_cloud_params'))).toBe(true)
    expect(broker.logged.filter(line => /user_key=|redirect=|odoo_backup_code=/.test(line))).toEqual([])
  })
})

describe('requests that are too much', () => {
  let impatient: { url: string; close(): Promise<void> }
  beforeAll(async () => {
    impatient = await broker.replica({}, { headersTimeoutSeconds: 1, requestTimeoutSeconds: 2 })
  })
  afterAll(() => impatient.close())

  test('a body of a megabyte is refused', async () => {
    const answer = await brokerClient(broker.url, newUserKey()).post('/v1/bind', {
      code: 'x'.repeat(1_000_000),
    })
    expect(answer.status).toBe(413)
  })

  test('headers of a megabyte are refused', async () => {
    expect(await raw(`GET /account HTTP/1.1\r\nHost: x\r\nCookie: ${'a'.repeat(1_000_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431/,
    )
  })

  test.each([
    [
      'that are too large',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      'headers_too_large',
    ],
    ['that are none', 'GET\u0001 / HTTP/9.9\r\n\r\n', 'invalid_request'],
    [
      'of two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      'invalid_request',
    ],
    [
      'with a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'invalid_request',
    ],
  ])('headers %s are answered by a problem document, and once', async (_name, text, code) => {
    const answer = await raw(text)
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(answer).toContain('Content-Type: application/problem+json')
    expect(answer).toContain(`"code":"${code}"`)
  })

  test('headers that come one byte at a time are cut off', async () => {
    expect(
      await raw('GET /account HTTP/1.1\r\nHost: x\r\nX-Slow: ', { keepOpen: true, url: impatient.url }),
    ).toMatch(/^HTTP\/1\.1 408|^$/)
  })

  test('a body that never ends is cut off', async () => {
    const head = `POST /v1/bind HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${newUserKey()}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"code":"`
    expect(await raw(head, { keepOpen: true, url: impatient.url })).toMatch(/^HTTP\/1\.1 4\d\d|^$/)
  })
})

describe('JSON of the wrong shape', () => {
  test.each([
    'null',
    '[]',
    '7',
    '"text"',
    '{}',
    '{"purpose":null}',
    '{"purpose":["backup"]}',
    '{"purpose":{"toString":"backup"}}',
    '{"purpose":"backup "}',
    '{"purpose":"BACKUP"}',
    '{"purpose":"admin"}',
    '{"__proto__":{"purpose":"backup"}}',
    '{"purpose":"backup"',
    '',
    '\u0000',
    '{"purpose":"backup","purpose":"everything"}',
  ])('%j asks for nothing', async text => {
    const response = await fetch(`${broker.url}/v1/credentials`, {
      method: 'POST',
      headers: { authorization: `Bearer ${newUserKey()}`, 'content-type': 'application/json' },
      body: text,
    })
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'invalid_request', status: 400 })
  })

  test.each(['user_key=a&user_key=b', 'user_key[]=a', 'user_key[x]=a', '', 'redirect=https://a.example'])(
    'a query of %j is refused by the old call',
    async query => {
      expect((await fetch(`${broker.url}/get_cloud_params?${query}`)).status).toBe(400)
    },
  )
})

describe('ids of others', () => {
  test('open nothing of the admin API, with a key, a session or a made-up token', async () => {
    const browser = new HttpBrowser()
    const agent = await boundAgent(person, browser)
    for (const path of ['/admin/v1/accounts', '/admin/v1/audit']) {
      expect((await agent.get(path)).status).toBe(401)
      expect((await browser.open(`${broker.url}${path}`)).status).toBe(401)
      expect((await brokerClient(broker.url, 'A'.repeat(64)).get(path)).status).toBe(401)
    }
  })

  test('of instances, put into the forms of the own account, change nothing', async () => {
    const theirs = await boundAgent(await newOdooComUser())
    const { instanceId } = (await theirs.get('/v1/account')).body
    const browser = new HttpBrowser()
    await boundAgent(person, browser)
    const page = await browser.open(`${broker.url}/account`)
    const own = page.forms.find(({ action }) => action.endsWith('/revoke'))
    for (const id of [
      instanceId,
      instanceId.toUpperCase(),
      `${instanceId}/../x`,
      '*',
      '%00',
      "' OR 1=1 --",
    ]) {
      const form = { action: `/account/instances/${id}/revoke`, method: 'post', fields: own?.fields ?? [] }
      expect([400, 404]).toContain((await browser.submit(page, form)).status)
    }
    expect((await theirs.post('/v1/credentials', { purpose: 'restore' })).status).toBe(200)
  })

  test('of links, questions and notices give nothing away', async () => {
    const agent = await boundAgent(person)
    for (const cursor of ['-1', '0 OR 1=1', '99999999999999999999', "'", '%00'])
      expect([200, 400]).toContain((await agent.get(`/v1/notices?after=${cursor}`)).status)
    const browser = new HttpBrowser()
    for (const path of ['/recharge/', '/consent/', '/login/'])
      expect((await browser.open(`${broker.url}${path}${'A'.repeat(32)}`)).status).toBe(410)
  })

  test('a folder that is not its own is in no credential', async () => {
    const [one, two] = [await newOdooComUser(), await newOdooComUser()]
    const agent = await boundAgent(one)
    await boundAgent(two)
    const { body } = await agent.post('/v1/credentials', {
      purpose: 'backup',
      folder: two.id,
      account: two.id,
    })
    expect(body.folder).toBe(one.id)
  })
})
