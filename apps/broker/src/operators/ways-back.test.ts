import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  createHttpApp,
  createLogger,
  finishHttpApp,
  html,
  type Listening,
  listen,
  notFound,
  route,
  routerOf,
} from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { leadToConsole, problemWording, showMenu } from '../pages/language.ts'
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
/** Whether the browser that asks is an operator's. */
let isOperator = false
const greet = async (request: Request, response: Response) => {
  if (!isOperator) return
  if (request.method === 'GET') leadToConsole(response)
  showMenu(response, html`<nav>the menu</nav>`)
}
beforeAll(async () => {
  const log = createLogger({ name: 'test', level: 'silent' })
  const app = createHttpApp({ log })
  app.use(routerOf(leadingBack({ greet }, pages)))
  server = await listen(finishHttpApp(app, { log, wording: problemWording }), { port: 0 })
})
afterAll(() => server.close())

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(server.url + path, { ...init, headers: { accept: 'text/html' } })
  const text = await response.text()
  const wayBack = /<a class="button" href="([^"]*)">/.exec(text)?.[1]
  return { status: response.status, wayBack, hasMenu: text.includes('<nav>the menu</nav>') }
}

test.each([
  [true, '/operator'],
  [false, '/account'],
] as const)('an address that cannot be right leads an operator (%s) to %s', async (is, wayBack) => {
  isOperator = is
  const answer = { status: 400, wayBack, hasMenu: is }
  expect(await ask('/operator/audit?outcome=strange')).toEqual(answer)
})

test('a page that does not exist for its reader names no console', async () => {
  expect(await ask('/operator/audit')).toEqual({ status: 404, wayBack: '/account', hasMenu: false })
})

test.each([
  ['/operator/accounts/1', '/operator/accounts/1'],
  ['//elsewhere.example', '/operator'],
])('a form of the page %s whose values cannot be leads to %s, with the menu', async (page, wayBack) => {
  isOperator = true
  const body = new URLSearchParams({ page, outcome: 'strange' })
  const answer = await ask('/operator/form', { method: 'POST', body })
  expect(answer).toEqual({ status: 400, wayBack, hasMenu: true })
})
