import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { type ConsoleMessages, consoleWordsOf } from '../../apps/broker/src/operators/messages/index.ts'
import { wordsIn } from '../../apps/broker/src/pages/language.ts'
import type { Messages } from '../../apps/broker/src/pages/messages/en.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { bindInstance } from '../conformance/vending-instance.ts'
import { startTcpProxy, type TcpProxy } from '../faults/tcp-proxy.ts'
import { until } from '../faults/waiting.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { logIn } from '../fixtures/log-in.ts'
import { barriers } from '../fixtures/page-barriers.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'
import { openChromium } from './chromium.ts'

/** An operator's browser opens the page of health while what the broker stands on is away. */

/** Each reader on another window, so that every word is seen on the narrowest and on a wide one, light and dark. */
const READERS = [
  { language: 'en', width: 1440, colorScheme: 'light' },
  { language: 'de', width: 360, colorScheme: 'dark' },
] as const

let chromium: Browser
let broker: RunningBroker
let replica: { url: string; close(): Promise<void> }
let operator: HttpBrowser
let redis: TcpProxy
let database: TcpProxy

/** A wire to the server of this URL, and the URL that leads over it. */
async function wireTo(url: string): Promise<{ wire: TcpProxy; url: string }> {
  const through = new URL(url)
  const wire = await startTcpProxy(Number(through.port))
  through.port = String(wire.port)
  return { wire, url: through.href }
}

beforeAll(async () => {
  chromium = await openChromium()
  const run = await runBrokerWithOperators()
  broker = run.broker
  const toRedis = await wireTo(sandboxEnvironment().redisUrl)
  const toDatabase = await wireTo(broker.databaseUrl)
  redis = toRedis.wire
  database = toDatabase.wire
  replica = await broker.replica({
    BROKER_REDIS_URL: toRedis.url,
    BROKER_REDIS_PREFIX: `test-health-${randomBytes(6).toString('hex')}:`,
    BROKER_DATABASE_URL: toDatabase.url,
    BROKER_STS_ENDPOINT: 'http://127.0.0.1:9',
  })
  operator = new HttpBrowser()
  await logIn(operator, `${broker.url}/login`, run.operators.viewer)
})
afterEach(() => {
  redis.mend()
  database.mend()
})
afterAll(async () => {
  await chromium?.close()
  await replica?.close()
  await broker?.close()
  await redis?.close()
  await database?.close()
})

interface Seen {
  readonly page: Page
  /** The words of the console, and those of all pages, for the reader of this one. */
  readonly own: ConsoleMessages['health']
  readonly site: Messages
  readonly status: number | undefined
}

/** Opens the page of health for each reader: none of them is kept out of what it says. */
async function look(check: (seen: Seen) => Promise<void>, path = '/operator'): Promise<void> {
  for (const { language, width, colorScheme } of READERS) {
    const context = await chromium.newContext({
      colorScheme,
      viewport: { width, height: 800 },
      locale: language,
    })
    for (const [name, value] of operator.cookies(broker.url))
      await context.addCookies([{ name, value, url: replica.url }])
    const page = await context.newPage()
    const response = await page.goto(`${replica.url}${path}`)
    await check({
      page,
      own: consoleWordsOf(language).health,
      site: wordsIn(language),
      status: response?.status(),
    })
    expect(await barriers(page)).toEqual([])
    await context.close()
  }
}

const inCard = (page: Page, text: string) => page.locator('.card', { hasText: text })

test('a store that gives no credentials is told, with what follows and where to look', async () => {
  const { userKey } = await bindInstance(broker)
  const vended = await brokerClient(replica.url, userKey).post('/v1/credentials', { purpose: 'backup' })
  expect(vended.status).toBe(503)
  await look(async ({ page, own, status }) => {
    expect(status).toBe(200)
    expect(await page.getByRole('status').textContent()).toBe(own.sentences.degraded)
    expect(await inCard(page, own.faults.sts).allTextContents()).toEqual([
      expect.stringContaining(own.logTells),
    ])
    expect(await inCard(page, own.faults.redis).count()).toBe(0)
    expect(await page.locator('dd.warn').allTextContents()).toEqual([own.checkStates.degraded])
  })
})

test('a Redis that is gone is told, and the page stands', async () => {
  redis.cut()
  await until(async () => ((await fetch(`${replica.url}/readyz`)).status === 503 ? true : undefined))
  await look(async ({ page, own, status }) => {
    expect(status).toBe(200)
    expect(await page.getByRole('status').textContent()).toBe(own.sentences.failed)
    expect(await inCard(page, own.faults.redis).allTextContents()).toEqual([
      expect.stringContaining(own.logTells),
    ])
    expect(await page.locator('dd.danger').allTextContents()).toEqual([own.checkStates.failed])
  })
  redis.mend()
  await until(async () => ((await fetch(`${replica.url}/readyz`)).ok ? true : undefined))
  await look(async ({ page, own }) => {
    expect(await inCard(page, own.faults.redis).count()).toBe(0)
  })
})

test('a registry that is gone leaves no page of health, and what is shown instead says why', async () => {
  database.cut()
  await look(async ({ page, site, status }) => {
    expect(status).toBe(503)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(site.problems.titles[503])
    expect(await page.getByText(site.particulars.registryAway).count()).toBe(1)
  })
  database.mend()
  await until(async () => ((await fetch(`${replica.url}/readyz`)).ok ? true : undefined))
  await look(async ({ status }) => {
    expect(status).toBe(200)
  })
})

test('a registry that takes connections and says nothing leaves no page of the console, and each leads back to itself', async () => {
  const path = '/operator/accounts?q=x%40example.com'
  database.silence('open and new')
  await look(async ({ page, site, status }) => {
    expect(status).toBe(503)
    expect(await page.getByText(site.particulars.registryAway).count()).toBe(1)
    const again = page.getByRole('link', { name: site.loginFailure.again })
    expect(await again.getAttribute('href')).toBe(path)
  }, path)
  database.mend()
  await until(async () => ((await fetch(`${replica.url}/readyz`)).ok ? true : undefined))
  await look(async ({ status }) => {
    expect(status).toBe(200)
  }, path)
})

test('nor does it let anybody wait for their account, who is told what that means for them', async () => {
  database.silence('open and new')
  await look(async ({ page, site, status }) => {
    expect(status).toBe(503)
    expect(await page.getByText(site.particulars.accountsAway).count()).toBe(1)
    expect(await page.getByRole('link', { name: site.loginFailure.again }).getAttribute('href')).toBe(
      '/account',
    )
  }, '/account')
  // The page that takes a token out of the address comes all the same.
  const returned = await fetch(`${replica.url}/auth/odoo/callback`)
  expect([returned.status, await returned.text()]).toEqual([
    200,
    expect.stringContaining('history.replaceState'),
  ])
  database.mend()
  await until(async () => ((await fetch(`${replica.url}/readyz`)).ok ? true : undefined))
  await look(async ({ status }) => {
    expect(status).toBe(200)
  }, '/account')
})
