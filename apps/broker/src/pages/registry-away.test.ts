import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import {
  createHttpApp,
  createLogger,
  finishHttpApp,
  type HealthState,
  type Listening,
  listen,
  type Route,
  route,
  routerOf,
} from '@odoo-backup/service'
import { leadToWhereTheyWere } from '../operators/ways-back.ts'
import { leadToItself, problemWording } from './language.ts'
import { en } from './messages/en.ts'
import { whereRegistryAnswers } from './registry-away.ts'

/** What the registry is found to be, look by look; then it stays so. */
let looks: HealthState[]
/** What a page or form does once it is begun. */
let work: () => void
let begun: number

const own = (method: Route['method'], path: string) =>
  route({
    method,
    path,
    summary: '',
    hidden: true,
    handle({ response }) {
      begun += 1
      work()
      response.end('shown')
    },
  })

let server: Listening
beforeAll(async () => {
  const log = createLogger({ name: 'test', level: 'silent' })
  const app = createHttpApp({ log })
  const registry = async () => ({ state: (looks.length > 1 ? looks.shift() : looks[0]) ?? 'ok', checks: {} })
  const routes = [
    own('get', '/operator/accounts'),
    own('get', '/operator/books.csv'),
    own('post', '/operator/form'),
  ]
  const operators = { registry, told: 'registryAway', lead: leadToWhereTheyWere } as const
  app.use(routerOf(whereRegistryAnswers(operators, routes)))
  const accounts = [own('get', '/account'), own('post', '/account/form')]
  const told = { registry, told: 'accountsAway', lead: leadToItself } as const
  app.use(routerOf(whereRegistryAnswers(told, accounts)))
  server = await listen(finishHttpApp(app, { log, wording: problemWording }), { port: 0 })
})
afterAll(() => server.close())
beforeEach(() => {
  looks = ['ok']
  work = () => undefined
  begun = 0
})

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(server.url + path, {
    ...init,
    headers: { accept: 'text/html', 'accept-language': 'en' },
  })
  const text = await response.text()
  return { status: response.status, text, wayBack: /<a class="button" href="([^"]*)">/.exec(text)?.[1] }
}
const send = (page: string) =>
  ask('/operator/form', { method: 'POST', body: new URLSearchParams({ page, credits: '5' }) })
const broken = () => {
  throw new Error('Connection terminated due to connection timeout')
}

test('where the registry answers, pages and forms are begun', async () => {
  expect(await ask('/operator/accounts')).toMatchObject({ status: 200, text: 'shown' })
  expect(await send('/operator')).toMatchObject({ status: 200, text: 'shown' })
})

test('where it does not, no page waits for its own questions: it says so, and leads to itself', async () => {
  looks = ['failed']
  const answer = await ask('/operator/accounts?q=a%40b')
  expect(answer).toMatchObject({ status: 503, wayBack: '/operator/accounts?q=a%40b' })
  expect(answer.text).toContain(en.particulars.registryAway)
  expect(answer.text).not.toContain(en.particulars.nothingChanged)
  expect(begun).toBe(0)
})

test('what no log-in leads back to leads to the console', async () => {
  looks = ['failed']
  expect(await ask('/operator/books.csv')).toMatchObject({ status: 503, wayBack: '/operator' })
})

test.each([
  ['/operator/accounts/1', '/operator/accounts/1'],
  ['https://elsewhere.example', '/operator'],
])(
  'a form of the page %s is not begun either: nothing was changed, and it leads to %s',
  async (page, wayBack) => {
    looks = ['failed']
    const answer = await send(page)
    expect(answer).toMatchObject({ status: 503, wayBack })
    expect(answer.text).toContain(`${en.particulars.nothingChanged} ${en.particulars.registryAway}`)
    expect(begun).toBe(0)
  },
)

test('a page that fails since the registry went away says so; one that fails for itself does not', async () => {
  work = broken
  looks = ['ok', 'failed']
  expect(await ask('/operator/accounts')).toMatchObject({ status: 503, wayBack: '/operator/accounts' })
  looks = ['ok']
  expect(await ask('/operator/accounts')).toMatchObject({ status: 500, wayBack: '/account' })
})

test('of a form that was begun nobody says that nothing was changed', async () => {
  work = broken
  looks = ['ok', 'failed']
  const answer = await send('/operator')
  expect(answer.status).toBe(500)
  expect(answer.text).not.toContain(en.particulars.nothingChanged)
})

test.each([
  ['get', '/account?after=1', ''],
  ['post', '/account/form', `${en.particulars.nothingChanged} `],
])('who uses the service is told what that means for them, by %s %s', async (method, path, before) => {
  looks = ['failed']
  const answer = await ask(path, { method })
  expect(answer).toMatchObject({ status: 503, wayBack: method === 'get' ? path : '/account' })
  expect(answer.text).toContain(`${before}${en.particulars.accountsAway}`)
  expect(answer.text).not.toContain(en.particulars.registryAway)
  expect(begun).toBe(0)
})

test('what is refused is read in another language where that asks for the same page', async () => {
  looks = ['failed']
  const link = 'href="?language=de"'
  expect((await ask('/account')).text).toContain(link)
  expect((await ask('/account?language=en')).text).toContain(link)
  expect((await ask('/operator/accounts?q=shop')).text).not.toContain(link)
  expect((await send('/operator')).text).not.toContain(link)
})
