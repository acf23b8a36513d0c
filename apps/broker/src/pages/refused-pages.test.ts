import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  createHttpApp,
  createLogger,
  finishHttpApp,
  HttpProblem,
  type Listening,
  listen,
  route,
  routerOf,
} from '@odoo-backup/service'
import { z } from 'zod'
import { problemWording } from './language.ts'

let server: Listening
beforeAll(async () => {
  const log = createLogger({ name: 'test', level: 'silent' })
  const app = createHttpApp({ log })
  app.use((request, _response, next) => {
    if (request.path === '/form') return next()
    throw new HttpProblem({ status: 429, code: 'rate_limited' })
  })
  const form = route({
    method: 'post',
    path: '/form',
    summary: '',
    body: z.object({ name: z.string().max(80) }),
    handle: ({ response }) => void response.end(),
  })
  app.use(routerOf([form]))
  server = await listen(finishHttpApp(app, { log, wording: problemWording }), { port: 0 })
})
afterAll(() => server.close())

/** The page that answers. */
async function answer(path: string, init: RequestInit = {}): Promise<string> {
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  return await (await fetch(`http://127.0.0.1:${server.port}${path}`, { headers, ...init })).text()
}

test('a page that was asked for too often leads to itself, since any other is refused as well', async () => {
  const page = await answer('/account?after=1&x=%22')
  expect(page).toContain('<a class="button" href="/account?after=1&amp;x=%22">Try again</a>')
})

test.each([
  ['a form', '/account', { method: 'POST', body: 'x=1' }],
  ['an address that a browser takes for another site', '//other.example/x', {}],
])('%s leads to the account', async (_name, path, init) => {
  expect(await answer(path, init)).toContain('<a class="button" href="/account">To your account</a>')
})

test.each([
  ['en', 'name (longer than 80 letters)'],
  ['de', 'Name (länger als 80 Zeichen)'],
])('a text that is too long is refused with how long it may be: %s', async (language, told) => {
  const init = { method: 'POST', body: `name=${'N'.repeat(81)}` }
  expect(await answer(`/form?language=${language}`, init)).toContain(told)
})
