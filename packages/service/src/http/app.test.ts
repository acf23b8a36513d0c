import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { createLogger } from '../log/logger.ts'
import { createMetrics, metricsRoutes } from '../metrics/metrics.ts'
import { HttpProblem } from '../problem/http-problem.ts'
import { type Listening, listen } from '../shutdown/listen.ts'
import { createHttpApp, finishHttpApp } from './app.ts'
import { clientAddress } from './client-address.ts'
import { openApiRoutes } from './openapi-routes.ts'
import { route } from './route.ts'
import { routerOf } from './router.ts'

const lines: string[] = []
const log = createLogger({
  name: 'test',
  level: 'debug',
  destination: { write: line => void lines.push(line) },
})
const metrics = createMetrics({ processFigures: false })

const Greeting = z.object({ text: z.string() })
const routes = [
  route({
    method: 'get',
    path: '/greet/:name',
    summary: 'Greets.',
    tags: ['Greetings'],
    params: z.object({ name: z.string().regex(/^[a-z]+$/, 'Give small letters.') }),
    query: z.object({ times: z.coerce.number().int().max(3).default(1) }),
    answer: Greeting,
    handle: ({ params, query }) => ({ text: `${params.name} `.repeat(query.times), hidden: 'left-out' }),
  }),
  route({
    method: 'post',
    path: '/greet',
    summary: 'Greets by body.',
    security: 'bearer',
    body: z.object({ name: z.string().max(20) }),
    answer: Greeting,
    status: 201,
    problems: [402],
    handle: ({ body }) => {
      if (body.name === 'poor')
        throw new HttpProblem({
          status: 402,
          code: 'payment_required',
          detail: 'Buy <credit> first.',
          cause: new Error('private-canary'),
          extra: { rechargeLink: 'https://pay.example/x' },
          retryAfterSeconds: 2.1,
        })
      if (body.name === 'broken') throw new Error('private-canary')
      return { text: body.name }
    },
  }),
  route({
    method: 'get',
    path: '/address',
    summary: 'Where from.',
    answer: z.object({ address: z.string() }),
    handle: ({ request }) => ({ address: clientAddress(request) }),
  }),
  route({
    method: 'get',
    path: '/wrong-answer',
    summary: 'Answers what it does not declare.',
    answer: z.object({ count: z.number().max(1) }),
    handle: () => ({ count: 2 }),
  }),
]

let direct: Listening
let proxied: Listening
beforeAll(async () => {
  const open = (trustedProxies: string[]) => {
    const app = createHttpApp({ log, trustedProxies, metrics, bodyLimitBytes: 1000 })
    app.use(
      routerOf([
        ...routes,
        ...metricsRoutes(metrics),
        ...openApiRoutes(routes, { title: 'Test', version: '1' }),
      ]),
    )
    return listen(finishHttpApp(app, { log }), { port: 0, headersTimeoutSeconds: 1 })
  }
  direct = await open([])
  proxied = await open(['127.0.0.1'])
})
afterAll(async () => {
  await direct.close()
  await proxied.close()
})

const json = async (response: Response) => JSON.parse(await response.text())
const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${direct.url}/greet`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })

test('params and query are checked and typed, and an answer holds only what it declares', async () => {
  const response = await fetch(`${direct.url}/greet/ann?times=2`)
  expect(response.status).toBe(200)
  expect(await json(response)).toEqual({ text: 'ann ann ' })
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test.each(['/greet/ANN', '/greet/ann?times=4', '/greet/ann?times=1&times=2', '/greet/%E0%A4%A'])(
  '%s is answered 400 invalid_request as a problem document',
  async path => {
    const response = await fetch(direct.url + path)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await json(response)).toMatchObject({ type: 'about:blank', status: 400, code: 'invalid_request' })
  },
)

test('a body of the wrong shape is refused by field, without its values', async () => {
  const response = await post(JSON.stringify({ name: 'canary'.repeat(5) }))
  const { code, detail } = await json(response)
  expect([response.status, code]).toEqual([400, 'invalid_request'])
  expect(detail).toContain('body.name')
  expect(detail).not.toContain('canary')
})

test.each([
  ['{', 400, 'invalid_request'],
  ['"text"', 400, 'invalid_request'],
  ['', 400, 'invalid_request'],
  [JSON.stringify({ name: 'x'.repeat(2000) }), 413, 'too_large'],
])('the body %# is refused with its status and code', async (body, status, code) => {
  const response = await post(body)
  expect([response.status, (await json(response)).code]).toEqual([status, code])
})

test('a problem carries its further members and Retry-After, and keeps its cause for the log', async () => {
  const response = await post('{"name":"poor"}')
  expect(response.status).toBe(402)
  expect(response.headers.get('retry-after')).toBe('3')
  const text = await response.text()
  expect(JSON.parse(text)).toEqual({
    type: 'about:blank',
    title: 'Payment Required',
    status: 402,
    code: 'payment_required',
    detail: 'Buy <credit> first.',
    rechargeLink: 'https://pay.example/x',
  })
  expect(lines.join('')).toContain('private-canary')
})

test('a browser gets a page instead, with everything escaped', async () => {
  const response = await post('{"name":"poor"}', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
  const text = await response.text()
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(text).toContain('Buy &lt;credit&gt; first.')
  expect(text).toContain('href="https://pay.example/x"')
})

test('an unknown error is a 500 without details', async () => {
  const response = await post('{"name":"broken"}')
  expect(response.status).toBe(500)
  const text = await response.text()
  expect(text).toContain('internal_error')
  expect(text).not.toContain('private-canary')
})

test('an answer that breaks its own schema is a 500', async () => {
  expect((await fetch(`${direct.url}/wrong-answer`)).status).toBe(500)
})

test('what no route takes is answered 404', async () => {
  const response = await fetch(`${direct.url}/nowhere`)
  expect([response.status, (await json(response)).code]).toEqual([404, 'not_found'])
})

test('each answer has a content policy with a nonce of its own, and no server name', async () => {
  const [first, second] = await Promise.all([fetch(`${direct.url}/address`), fetch(`${direct.url}/address`)])
  const policy = first.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}'/)
  expect(policy).not.toBe(second.headers.get('content-security-policy'))
  expect(first.headers.get('x-powered-by')).toBeNull()
  expect(first.headers.get('x-content-type-options')).toBe('nosniff')
  expect(first.headers.get('strict-transport-security')).toBeNull()
})

test('the page of a problem carries the nonce of its own answer', async () => {
  const response = await fetch(`${direct.url}/nowhere`, { headers: { accept: 'text/html' } })
  const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1]
  expect(await response.text()).toContain(`<style nonce="${nonce?.replaceAll('=', '=')}">`)
})

test('X-Forwarded-For counts only from a configured proxy', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.7, 2001:db8::1' }
  expect(await (await fetch(`${direct.url}/address`, { headers })).json()).toEqual({ address: '127.0.0.1' })
  expect(await (await fetch(`${proxied.url}/address`, { headers })).json()).toEqual({
    address: '2001:db8::1',
  })
})

test('the access log has one line per answer, without the query string', async () => {
  lines.length = 0
  await (await fetch(`${direct.url}/greet/ann?times=1&user_key=canary-key`)).text()
  await (await fetch(`${direct.url}/nowhere?user_key=canary-key`)).text()
  await (await fetch(`${direct.url}/nowhere%3Fuser_key=canary-key`)).text()
  const requests = lines.map(line => JSON.parse(line)).filter(line => line.msg === 'request')
  expect(requests).toMatchObject([
    { method: 'GET', path: '/greet/ann', status: 200, address: '127.0.0.1' },
    { path: '/nowhere', status: 404 },
    { path: '/nowhere', status: 404 },
  ])
  expect(requests[0]?.requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(lines.join('')).not.toContain('canary-key')
})

test('what cannot be read is told in the log by its kind, and none of it is quoted', async () => {
  lines.length = 0
  await (await post('{"name":"canary-key" x')).text()
  await (await post(JSON.stringify({ name: 'canary-key'.repeat(200) }))).text()
  await (await fetch(`${direct.url}/greet/canary-key%E0%A4%A`)).text()
  const told = lines.filter(line => line.includes('request refused'))
  expect(told.map(line => JSON.parse(line).err.message)).toEqual([
    'The request was not read: entity.parse.failed',
    'The request was not read: entity.too.large',
  ])
  expect(told.join('')).not.toContain('canary-key')
})

test('metrics name the pattern of a route, never its path', async () => {
  await (await fetch(`${direct.url}/greet/somebody`)).text()
  const text = await (await fetch(`${direct.url}/metrics`)).text()
  expect(text).toContain('route="/greet/:name",status="200"')
  expect(text).not.toContain('somebody')
})

test('the document holds every declared route, with its schemas and problems', async () => {
  const document = await json(await fetch(`${direct.url}/openapi.json`))
  expect(document.openapi).toBe('3.1.0')
  for (const { method, path } of routes) {
    expect(document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method]).toBeDefined()
  }
  const greet = document.paths['/greet'].post
  expect(greet.security).toEqual([{ bearer: [] }])
  expect(Object.keys(greet.responses)).toEqual(['201', '400', '402', '408', '413', '415', '431', '500'])
  expect(greet.requestBody.content['application/json'].schema.properties.name).toMatchObject({
    maxLength: 20,
  })
  expect(document.paths['/greet/{name}'].get.parameters).toHaveLength(2)
})

test('the document is also a page that needs nothing from elsewhere', async () => {
  const text = await (await fetch(`${direct.url}/api-documentation`)).text()
  expect(text).toContain('POST /greet')
  expect(text).not.toMatch(/(?:src|href)="https?:/)
})

test('a request whose headers do not end is cut', async () => {
  const socket = connect(direct.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')
  let answer = ''
  socket.on('data', data => {
    answer += data.toString()
  })
  await once(socket, 'close')
  expect(answer === '' || answer.startsWith('HTTP/1.1 408')).toBe(true)
})
