/** What an attacker tries with what is sent: injection, too much, too slow, the wrong shape; each attempt ends in the documented refusal. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type AttackedBroker, HOUR, runAttackedBroker, sendRaw } from '../fixtures/attacked-broker.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, logIn } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { bindInstance } from './vending-instance.ts'

let broker: RunningBroker
let person: AttackedBroker['person']
beforeAll(async () => {
  ;({ broker, person } = await runAttackedBroker())
})
afterAll(() => broker.close())

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

describe('the character NUL, which no database takes', () => {
  test('in what the admin API is asked or told is refused, and changes nothing', async () => {
    const headers = {
      authorization: `Bearer ${await adminToken(broker, 'admin')}`,
      'content-type': 'application/json',
    }
    const { accountId } = await bindInstance(broker)
    const asked: [string, RequestInit][] = [
      ['accounts?search=a%00b', {}],
      ['audit?action=%00', {}],
      ['billing/stripe/a%00b/apply', { method: 'POST', body: '{"reason":"because"}' }],
      ['billing/pause', { method: 'POST', body: '{"reason":"be\\u0000cause"}' }],
      [`accounts/${accountId}/suspend`, { method: 'POST', body: '{"reason":"be\\u0000cause"}' }],
    ]
    for (const [path, init] of asked) {
      const answer = await fetch(`${broker.url}/admin/v1/${path}`, { headers, ...init })
      expect([path, answer.status]).toEqual([path, 400])
      expect(await answer.json()).toMatchObject({ code: 'invalid_request' })
    }
    expect(await broker.query('SELECT suspended_at FROM account WHERE id = $1', [accountId])).toEqual([
      { suspended_at: null },
    ])
  })

  test('in the name of an instance is refused, and its purposes stay', async () => {
    const user = await newOdooComUser()
    const { agent } = await bindInstance(broker, user)
    const browser = new HttpBrowser()
    const page = await logIn(browser, `${broker.url}/login`, user)
    const form = page.forms.find(({ action }) => /instances\/[^/]+$/.test(action))
    if (form === undefined) throw new Error('The page has no form of an instance.')
    const changed = await browser.submit(page, form, { name: 'shop\u0000', purposes: 'backup' })
    expect(changed.status).toBe(400)
    expect((await agent.get('/v1/account')).body.purposes).toHaveLength(3)
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

  test.each([
    ['malformed JSON', '/v1/credentials', 'application/json', '{"purpose":'],
    ['an unknown character set', '/v1/credentials', 'application/json; charset=x-none', '{}'],
    ['too large a body', '/v1/bind', 'application/json', JSON.stringify({ code: 'x'.repeat(200_000) })],
    ['too many fields', '/logout', 'application/x-www-form-urlencoded', 'a=1&'.repeat(200)],
    ['too large a message of Stripe', '/stripe/webhook', 'application/json', 'x'.repeat(1_100_000)],
  ])(
    '%s: what cannot be read counts for its address too, and is not parsed once there was too much',
    async (_what, path, type, body) => {
      const strict = await broker.replica({ ...HOUR, BROKER_RATE_PER_ADDRESS: '10' })
      try {
        const statuses: number[] = []
        for (let count = 0; count < 15; count++) {
          const headers = { 'content-type': type }
          const response = await fetch(`${strict.url}${path}`, { method: 'POST', headers, body })
          await response.arrayBuffer()
          statuses.push(response.status)
        }
        expect(statuses.slice(0, 10).filter(status => [400, 413, 415].includes(status))).toHaveLength(10)
        expect(statuses.slice(10)).toEqual([429, 429, 429, 429, 429])
        expect((await fetch(`${strict.url}/healthz`)).status).toBe(200)
      } finally {
        await strict.close()
      }
    },
  )

  test('headers of a megabyte are refused', async () => {
    expect(
      await sendRaw(
        broker.url,
        `GET /account HTTP/1.1\r\nHost: x\r\nCookie: ${'a'.repeat(1_000_000)}\r\n\r\n`,
      ),
    ).toMatch(/^HTTP\/1\.1 431/)
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
    const answer = await sendRaw(broker.url, text)
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(answer).toContain('Content-Type: application/problem+json')
    expect(answer).toContain(`"code":"${code}"`)
  })

  test('a request without a host is answered by a problem document and counted, one with a strange expectation as any other', async () => {
    const strict = await broker.replica({ ...HOUR, BROKER_RATE_PER_ADDRESS: '2' })
    try {
      const ask = (headers: string) =>
        sendRaw(strict.url, `GET /metrics HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`)
      const hostless = await ask('')
      expect(hostless).toMatch(/^HTTP\/1\.1 400/)
      expect(hostless).toContain('application/problem+json')
      expect(hostless).toContain('"code":"invalid_request"')
      expect(await ask('Host: x\r\nExpect: the-unexpected\r\n')).toMatch(/^HTTP\/1\.1 200/)
      expect(await ask('Host: x\r\nExpect: the-unexpected\r\n')).toMatch(/^HTTP\/1\.1 429/)
    } finally {
      await strict.close()
    }
  })

  test('headers that come one byte at a time are cut off', async () => {
    expect(
      await sendRaw(impatient.url, 'GET /account HTTP/1.1\r\nHost: x\r\nX-Slow: ', { keepOpen: true }),
    ).toMatch(/^HTTP\/1\.1 408|^$/)
  })

  test('a body that never ends is cut off', async () => {
    const head = `POST /v1/bind HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${newUserKey()}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"code":"`
    expect(await sendRaw(impatient.url, head, { keepOpen: true })).toMatch(/^HTTP\/1\.1 4\d\d|^$/)
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
