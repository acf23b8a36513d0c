import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { BrokerSettings, createBroker } from '@odoo-backup/broker'
import { createLogger, openApiPath, readSettings } from '@odoo-backup/service'
import { brokerEnvironment, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { bindInstance } from './vending-instance.ts'

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

interface Document {
  readonly openapi: string
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, unknown>> }>>>
  >
}

async function document(): Promise<Document> {
  return JSON.parse(await (await fetch(`${broker.url}/openapi.json`)).text())
}

test('the document is OpenAPI 3.1 and has a page to read it by, which loads nothing from elsewhere', async () => {
  expect((await document()).openapi).toMatch(/^3\.1/)
  const page = await (await fetch(`${broker.url}/api-documentation`)).text()
  expect(page).toContain('/v1/credentials')
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
})

test('every operation of the document is answered by the running service, and none by "there is nothing here"', async () => {
  const { paths } = await document()
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => [method, path] as const),
  )
  expect(operations.length).toBeGreaterThan(15)
  for (const [method, path] of operations) {
    const address = path.replaceAll(/\{[^}]+\}/g, '00000000-0000-4000-8000-000000000000')
    const response = await fetch(`${broker.url}${address}`, {
      method: method.toUpperCase(),
      redirect: 'manual',
    })
    const text = await response.text()
    expect(`${method} ${path}: ${response.status} ${text}`).not.toContain('There is nothing at this address')
    const known = Object.keys(paths[path]?.[method]?.responses ?? {})
    if (response.status >= 400) expect(known).toContain(String(response.status))
  }
})

test('whatever an operation is asked wrongly, too large or too often, its refusal stands in the document', async () => {
  const strict = await broker.replica({ BROKER_RATE_PER_ADDRESS: '1', BROKER_RATE_SECONDS: '3600' })
  const refused = await broker.replica()
  // Whoever may not call learns only that.
  const authorization = `Bearer ${await adminToken(broker, 'admin')}`
  try {
    const { paths } = await document()
    await fetch(`${strict.url}/openapi.json`)
    for (const [path, methods] of Object.entries(paths))
      for (const [name, { responses }] of Object.entries(methods)) {
        const address = path.replaceAll(/\{[^}]+\}/g, '00000000-0000-4000-8000-000000000000')
        const method = name.toUpperCase()
        const statusOf = async (url: string, init: RequestInit) => {
          const { status, body } = await fetch(`${url}${address}`, { method, redirect: 'manual', ...init })
          await body?.cancel()
          return status
        }
        const json = { authorization, 'content-type': 'application/json' }
        const found = [
          await statusOf(strict.url, {}),
          ...(name === 'get'
            ? []
            : [
                await statusOf(refused.url, { headers: json, body: JSON.stringify('x'.repeat(200_000)) }),
                await statusOf(refused.url, {
                  headers: { authorization, 'content-type': 'application/json; charset=x' },
                  body: '{}',
                }),
              ]),
          431,
          408,
        ]
        const told = Object.keys(responses)
        expect({ [`${method} ${path}`]: found.filter(status => !told.includes(String(status))) }).toEqual({
          [`${method} ${path}`]: [],
        })
        if (name !== 'get') expect(found).toEqual(expect.arrayContaining([413, 415]))
      }
  } finally {
    await strict.close()
    await refused.close()
  }
})

/** What a person's browser or the service itself uses, and no program: not in the document. By the first segment. */
const NOT_FOR_PROGRAMS = [
  '',
  'account',
  'api-documentation',
  'auth',
  'consent',
  'login',
  'logout',
  'openapi.json',
  'operator',
  'recharge',
]

test('every route of the running app stands in the document, but for the pages of browsers', async () => {
  const settings = readSettings(BrokerSettings, brokerEnvironment(broker.url, broker.databaseUrl))
  const log = createLogger({ name: 'routes', level: 'silent' })
  const own = await createBroker(settings, { log, now: () => new Date(), random: Math.random, fetch })
  try {
    const { paths } = await document()
    const documented = new Set(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map(method => `${method} ${path}`),
      ),
    )
    const routes = routesOf(own.app.router.stack)
    expect(routes).toEqual(expect.arrayContaining(['post /v1/credentials', 'get /admin/v1/audit']))
    const undocumented = routes.filter(route => !documented.has(route))
    const first = undocumented.map(route => /^(?:get|post) \/([^/]*)/.exec(route)?.[1] ?? route)
    expect([...new Set(first)].sort()).toEqual(NOT_FOR_PROGRAMS)
    expect([...documented].filter(route => !routes.includes(route))).toEqual([])
  } finally {
    await own.close()
  }
})

type Layers = readonly {
  route?: { path: string; stack: readonly { method: string }[] } | undefined
  handle: unknown
}[]

/** Such as `get /v1/x/{id}`, of this router and of those within it. */
function routesOf(layers: Layers): string[] {
  return layers.flatMap(({ route, handle }) => {
    if (route !== undefined)
      return route.stack.map(({ method }) => `${method} ${openApiPath(String(route.path))}`)
    return typeof handle === 'function' && 'stack' in handle && Array.isArray(handle.stack)
      ? routesOf(handle.stack)
      : []
  })
}

test('every refusal is a problem document with a stable code', async () => {
  const bearer = { authorization: `Bearer ${newUserKey()}` }
  const json = { 'content-type': 'application/json' }
  const refusals: [RequestInit, string, number, string][] = [
    [
      { method: 'POST', headers: json, body: '{"purpose":"backup"}' },
      '/v1/credentials',
      400,
      'invalid_request',
    ],
    [
      { method: 'POST', headers: { ...json, authorization: 'Bearer short' }, body: '{"purpose":"backup"}' },
      '/v1/credentials',
      400,
      'invalid_request',
    ],
    [
      { method: 'POST', headers: { ...json, authorization: 'Basic dTpw' }, body: '{"purpose":"backup"}' },
      '/v1/credentials',
      400,
      'invalid_request',
    ],
    [
      { method: 'POST', headers: { ...json, ...bearer }, body: '{"purpose":"everything"}' },
      '/v1/credentials',
      400,
      'invalid_request',
    ],
    [
      { method: 'POST', headers: { ...json, ...bearer }, body: '{"purpose":["backup"]}' },
      '/v1/credentials',
      400,
      'invalid_request',
    ],
    [
      { method: 'POST', headers: { ...json, ...bearer }, body: '{"purpose":' },
      '/v1/credentials',
      400,
      'invalid_request',
    ],
    [
      { method: 'POST', headers: { ...json, ...bearer }, body: '{"purpose":"backup"}' },
      '/v1/credentials',
      401,
      'login_required',
    ],
    [
      {
        method: 'POST',
        headers: { ...json, ...bearer },
        body: JSON.stringify({ purpose: 'x'.repeat(200_000) }),
      },
      '/v1/credentials',
      413,
      'too_large',
    ],
    [{}, '/v1/nothing', 404, 'not_found'],
    [{}, '/admin/v1/accounts', 401, 'admin_token_required'],
  ]
  const fresh = await broker.replica()
  for (const [init, path, status, code] of refusals) {
    const response = await fetch(`${fresh.url}${path}`, init)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect({ status: response.status, ...JSON.parse(await response.text()) }).toMatchObject({ status, code })
    expect(response.headers.get('cache-control')).toBe('no-store')
  }
  await fresh.close()
})

test('a key, and an address, that ask too often are told to wait, and others are served on', async () => {
  const strict = await broker.replica({
    BROKER_RATE_PER_KEY: '3',
    BROKER_RATE_PER_ADDRESS: '20',
    BROKER_RATE_SECONDS: '3600',
  })
  try {
    const { userKey } = await bindInstance(broker)
    const other = await bindInstance(broker)
    const ask = (key: string) =>
      fetch(`${strict.url}/v1/credentials`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'x-forwarded-for': `10.0.0.${Math.random()}`,
        },
        body: '{"purpose":"backup"}',
      })
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await ask(userKey)).status)
    expect(statuses).toEqual([200, 200, 200, 429])
    expect((await ask(other.userKey)).status).toBe(200)
    // A made-up X-Forwarded-For does not make another address of a client that no proxy vouches for.
    let last = await ask(newUserKey())
    for (let count = 0; count < 20 && last.status !== 429; count++) last = await ask(newUserKey())
    expect(last.status).toBe(429)
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await last.json()).toMatchObject({ code: 'rate_limited' })
    expect((await fetch(`${strict.url}/healthz`)).status).toBe(200)
  } finally {
    await strict.close()
  }
})

test('headers that are too large are refused, and the service goes on', async () => {
  const { hostname, port } = new URL(broker.url)
  const answer = await new Promise<string>(resolve => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`),
    )
    socket.on('data', data => resolve(String(data)))
    socket.on('error', error => resolve(String(error)))
  })
  expect(answer).toMatch(/431|ECONNRESET/)
  expect((await fetch(`${broker.url}/healthz`)).status).toBe(200)
})

test('no line of the log holds a secret that was used, nor a query string', async () => {
  const { userKey, agent } = await bindInstance(broker)
  const { body } = await agent.post('/v1/credentials', { purpose: 'backup' })
  await agent.cloudParams('https://odoo.example/web?session_id=canary-of-the-query', '1')
  await fetch(`${broker.url}/v1/credentials?user_key=${userKey}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${userKey}` },
    body: '{',
  })
  const log = broker.logged.join('')
  expect(log).toContain('/v1/credentials')
  for (const secret of [userKey, body.secretAccessKey, body.sessionToken, 'canary-of-the-query', 'user_key='])
    expect(log.includes(secret)).toBe(false)
})

test('figures for Prometheus are served, and name no key, account or path of one', async () => {
  const { userKey, accountId, agent } = await bindInstance(broker)
  await agent.post('/v1/credentials', { purpose: 'backup' })
  await agent.post('/v1/credentials', { purpose: 'backup' })
  const metrics = await (await fetch(`${broker.url}/metrics`)).text()
  expect(metrics).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/v1\/credentials"/)
  expect(metrics).toMatch(/^vended_credentials_total\{source="issued"\} [1-9]/m)
  expect(metrics).toMatch(/^vended_credentials_total\{source="kept"\} [1-9]/m)
  expect(metrics).not.toContain(userKey)
  expect(metrics).not.toContain(accountId)
})
