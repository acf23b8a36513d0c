import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  createHttpApp,
  createLogger,
  finishHttpApp,
  type Listening,
  listen,
  notFound,
  route,
  routerOf,
} from '@odoo-backup/service'
import { z } from 'zod'
import { problemWording } from '../pages/language.ts'
import { leadingBack } from './ways-back.ts'

const values = z.object({ outcome: z.enum(['done', 'refused']).optional() })
const pages = [
  route({
    method: 'get',
    path: '/operator/audit',
    summary: '',
    hidden: true,
    query: values,
    handle() {
      throw notFound()
    },
  }),
  route({
    method: 'post',
    path: '/operator/form',
    summary: '',
    hidden: true,
    body: values.extend({ page: z.string() }),
    handle: ({ response }) => void response.end('done'),
  }),
]

let server: Listening
beforeAll(async () => {
  const log = createLogger({ name: 'test', level: 'silent' })
  const app = createHttpApp({ log })
  app.use(routerOf(leadingBack(pages)))
  server = await listen(finishHttpApp(app, { log, wording: problemWording }), { port: 0 })
})
afterAll(() => server.close())

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(server.url + path, { ...init, headers: { accept: 'text/html' } })
  const wayBack = /<a class="button" href="([^"]*)">/.exec(await response.text())?.[1]
  return { status: response.status, wayBack }
}

test('an address that cannot be right leads to the console', async () => {
  expect(await ask('/operator/audit?outcome=strange')).toEqual({ status: 400, wayBack: '/operator' })
})

test('a page that does not exist for its reader names no console', async () => {
  expect(await ask('/operator/audit')).toEqual({ status: 404, wayBack: '/account' })
})

test.each([
  ['/operator/accounts/1', '/operator/accounts/1'],
  ['//elsewhere.example', '/operator'],
])('a form of the page %s whose values cannot be leads to %s', async (page, wayBack) => {
  const body = new URLSearchParams({ page, outcome: 'strange' })
  expect(await ask('/operator/form', { method: 'POST', body })).toEqual({ status: 400, wayBack })
})
