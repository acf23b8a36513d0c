/** What an attacker tries with keys, addresses and ids of others; each attempt ends in the documented refusal. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type AttackedBroker,
  boundAgent,
  HOUR,
  runAttackedBroker,
  sendRaw,
} from '../fixtures/attacked-broker.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { logIn } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker } from '../fixtures/running-broker.ts'
import { ATTEMPTS, attempt, letThrough } from './vending-climb-attempts.ts'
import { sandbox } from './vending-sandbox.ts'
import { sendSigned } from './vending-signed-request.ts'

let broker: RunningBroker
let person: AttackedBroker['person']
beforeAll(async () => {
  ;({ broker, person } = await runAttackedBroker())
})
afterAll(() => broker.close())

describe('keys', () => {
  test('next to a real one are strangers', async () => {
    const agent = await boundAgent(broker, person)
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
    // What was refused as a key is looked for in all logs, so it must be no text that others may write.
    'few-keys'.repeat(8),
    'short',
    'ключ-ключ-ключ-ключ-ключ-ключ-1234',
    'key-of-129-bytes'.repeat(8).padEnd(129, '-'),
    'has space in it but is long enough 12345',
  ])('%j cannot be one', async key => {
    const answer = await fetch(`${broker.url}/get_cloud_params?${new URLSearchParams({ user_key: key })}`)
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toContain(key)
  })

  test('are not guessed for long: an address and a key have their share', async () => {
    const narrow = await broker.replica({ ...HOUR, BROKER_RATE_PER_ADDRESS: '20', BROKER_RATE_PER_KEY: '5' })
    const answers = []
    for (let count = 0; count < 25; count += 1)
      answers.push(await brokerClient(narrow.url, newUserKey()).get('/v1/account'))
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(5)
    expect(answers.at(-1)?.body.code).toBe('rate_limited')
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    await narrow.close()
  })

  test('in a header that pretends to be a proxy change nothing about who is counted', async () => {
    const narrow = await broker.replica({ ...HOUR, BROKER_RATE_PER_ADDRESS: '10' })
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
    const answer = await sendRaw(
      broker.url,
      `POST /v1/login-requests HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nAuthorization: Bearer ${newUserKey()}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    )
    expect(answer).toContain(`"authLink":"${broker.url}/login/`)
    expect(answer).not.toContain('evil')
  })
})

describe('ids of others', () => {
  test('open nothing of the admin API, with a key, a session or a made-up token', async () => {
    const browser = new HttpBrowser()
    const agent = await boundAgent(broker, person, browser)
    for (const path of ['/admin/v1/accounts', '/admin/v1/audit']) {
      expect((await agent.get(path)).status).toBe(401)
      expect((await browser.open(`${broker.url}${path}`)).status).toBe(401)
      expect((await brokerClient(broker.url, 'made-up-'.repeat(8)).get(path)).status).toBe(401)
    }
  })

  test('of instances, put into the forms of the own account, change nothing', async () => {
    const theirs = await boundAgent(broker, await newOdooComUser())
    const { instanceId } = (await theirs.get('/v1/account')).body
    const browser = new HttpBrowser()
    await boundAgent(broker, person, browser)
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
    const agent = await boundAgent(broker, person)
    for (const cursor of ['-1', '0 OR 1=1', '99999999999999999999', "'", '%00'])
      expect([200, 400]).toContain((await agent.get(`/v1/notices?after=${cursor}`)).status)
    const browser = new HttpBrowser()
    for (const path of ['/recharge/', '/consent/', '/login/'])
      expect((await browser.open(`${broker.url}${path}${'A'.repeat(32)}`)).status).toBe(410)
  })

  test('a folder that is not its own is in no credential', async () => {
    const [one, two] = [await newOdooComUser(), await newOdooComUser()]
    const agent = await boundAgent(broker, one)
    await boundAgent(broker, two)
    const { body } = await agent.post('/v1/credentials', {
      purpose: 'backup',
      folder: two.id,
      account: two.id,
    })
    expect(body.folder).toBe(one.id)
  })
})

describe('a vended credential', () => {
  test('climbs neither to more rights nor out of its folder, at any address of the store', async () => {
    const agent = await boundAgent(broker, person)
    const { body } = await agent.post('/v1/credentials', { purpose: 'backup' })
    const { bucket, folder } = body
    const refusals = [400, 403, 404, 405, 501]
    for (const endpoint of [sandbox.s3Endpoint, sandbox.stsEndpoint, sandbox.shortStsEndpoint]) {
      const ask = async (method: string, path: string, query = {}) =>
        (await sendSigned(endpoint, sandbox.region, body, { method, path, query })).status
      // It does count here, for what it is for.
      expect(await ask('PUT', `/${bucket}/${folder}/climb`)).toBe(200)
      for (const tried of ATTEMPTS) {
        const answers = await attempt(endpoint, body, tried)
        expect([tried[0], letThrough(answers)]).toEqual([tried[0], []])
        for (const { status } of answers) expect(refusals).toContain(status)
      }
      for (const [method, path, query] of [
        ['GET', `/${bucket}/${folder}/climb`],
        ['DELETE', `/${bucket}/${folder}/climb`],
        ['PUT', `/${bucket}/${folder}0/climb`],
        ['PUT', `/${bucket}/climb`],
        ['GET', `/${bucket}`, { prefix: '' }],
        ['GET', `/${bucket}`, { prefix: `${folder}0/` }],
        ['GET', `/${bucket}`, { versions: '', prefix: `${folder}/` }],
        ['GET', `/${bucket}`, { policy: '' }],
        ['GET', '/'],
      ] as const)
        expect([method, path, await ask(method, path, query)]).toEqual([method, path, 403])
    }
  })
})
