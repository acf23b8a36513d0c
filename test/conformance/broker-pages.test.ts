import { afterAll, beforeAll, expect, test } from '@jest/globals'
import AxeBuilder from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openChromium } from '../end-to-end/chromium.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { type OperatorRole, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, logIn, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'

/** Each page of the broker in Chromium, light and dark, on the smallest phone: nobody is kept out. */

const LONG = `${'a-very-long-name-without-any-blank-'.repeat(6)}<img src=x onerror=alert(1)>`
const FURTHER = JSON.stringify([
  {
    id: 'company',
    label: 'Company',
    clientId: 'broker',
    authorizationUrl: 'http://127.0.0.1:9/authorize',
    tokenUrl: 'http://127.0.0.1:9/token',
    profileUrl: 'http://127.0.0.1:9/userinfo',
  },
])

let broker: RunningBroker
let operators: Readonly<Record<OperatorRole, OdooComUser & { id: string }>>
let chromium: Browser
let accountId: string
/** Somebody with an installation, an approval that is not completed, notices and stored bytes. */
let customer: HttpBrowser
let customerUser: OdooComUser

beforeAll(async () => {
  chromium = await openChromium()
  ;({ broker, operators } = await runBrokerWithOperators({ BROKER_PAYMENT: 'prepaid' }))
  const user = await newOdooComUser()
  customerUser = user
  const bound = await bindInstance(broker, user)
  accountId = bound.accountId
  customer = new HttpBrowser()
  const open = (await brokerClient(broker.url, newUserKey()).post('/v1/login-requests', {})).body.authLink
  await approve(customer, open, user)
  await broker.query('UPDATE instance SET name = $2 WHERE id = $1', [bound.instanceId, LONG])
  await broker.query(
    'INSERT INTO instance_origin (instance_id, origin, approved_at) VALUES ($1, $2, now())',
    [bound.instanceId, `https://${'odoo.'.repeat(30)}example`],
  )
  await broker.query("INSERT INTO notice (account_id, type, message) VALUES ($1, 'other', $2)", [
    accountId,
    LONG,
  ])
  await broker.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects, upload_bytes, uploads, sampled_at)
     SELECT $1, current_date - n, 3000000000, 7, 1000000000, 2, 500000000, 1, now() FROM generate_series(0, 5) n`,
    [accountId],
  )
  await broker.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, reason, actor, at)
     VALUES ($1, 'grant', 7500, 'a-reference', $2, 'operator', now())`,
    [accountId, LONG],
  )
})
afterAll(async () => {
  await chromium?.close()
  await broker?.close()
})

/** A phone whose browser has the cookies of one that logged in. */
async function phone(
  scheme: 'light' | 'dark',
  from?: HttpBrowser,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chromium.newContext({ colorScheme: scheme, viewport: { width: 320, height: 640 } })
  const cookies = [...(from?.cookies(broker.url) ?? [])].map(([name, value]) => ({
    name,
    value,
    url: broker.url,
  }))
  if (cookies.length > 0) await context.addCookies(cookies)
  return { context, page: await context.newPage() }
}

/** What keeps somebody out of the page as it is now. */
async function barriers(page: Page, heading: string): Promise<string[]> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await page.evaluate(AxeBuilder.source)
  const found = await page.evaluate(async () => {
    const axe: unknown = Reflect.get(globalThis, 'axe')
    if (typeof axe !== 'object' || axe === null || !('run' in axe) || typeof axe.run !== 'function')
      return ['no axe']
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
          `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
      )
  })
  const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
  return [...found, ...(width > 320 ? [`${width} pixels wide`] : [])]
}

const SCHEMES = ['light', 'dark'] as const

test.each(SCHEMES)('the pages of a log-in and of an account keep nobody out, %s', async scheme => {
  const several = await broker.replica({ BROKER_OAUTH_PROVIDERS: FURTHER })
  const { context, page } = await phone(scheme, customer)
  const seen: Record<string, string[]> = {}
  const look = async (name: string, heading: string) => {
    seen[name] = await barriers(page, heading)
  }
  const ask = async (redirect?: string) =>
    (
      await brokerClient(broker.url, newUserKey()).post(
        '/v1/login-requests',
        redirect === undefined ? {} : { redirect },
      )
    ).body.authLink
  try {
    await page.goto(`${several.url}/login`)
    await look('the choice of providers', 'Log in')
    await logIn(customer, `${broker.url}/login`, customerUser)
    for (const [name, value] of customer.cookies(broker.url))
      await context.addCookies([{ name, value, url: broker.url }])
    await page.goto(await ask(`https://${'odoo.'.repeat(20)}example/web`))
    await look('the question for an address', 'May this Odoo use your backup account?')
    await page.goto(await ask())
    await look('the question for a command line', 'May this Odoo use your backup account?')
    await page.getByRole('button', { name: 'Approve' }).click()
    await look('the code', 'Approved')
    await page.goto(await ask())
    await page.getByRole('button', { name: 'Deny' }).click()
    await look('the denial', 'Denied')
    await page.goto(`${broker.url}/login/${'x'.repeat(32)}`)
    await look('a link that is no longer valid', 'This link is no longer valid')
    await page.goto(`${broker.url}/account`)
    await look('the account', 'Your backup account')
    await page.goto(`${broker.url}/nowhere`)
    await look('a page that is not there', 'Not Found')
    await page.goto(`${broker.url}/account`)
    await page.getByRole('button', { name: 'Log out' }).click()
    await look('after the log-out', 'You are logged out')
  } finally {
    await context.close()
    await several.close()
  }
  expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map(name => [name, []])))
  expect(Object.keys(seen)).toHaveLength(9)
})

test.each(SCHEMES)('the pages of operators keep nobody out, %s', async scheme => {
  const admin = new HttpBrowser()
  await logIn(admin, `${broker.url}/login`, operators.admin)
  const viewer = new HttpBrowser()
  await logIn(viewer, `${broker.url}/login`, operators.viewer)
  const { context, page } = await phone(scheme, admin)
  const asViewer = await phone(scheme, viewer)
  const seen: Record<string, string[]> = {}
  const account = `/operator/accounts/${accountId}`
  try {
    for (const [path, heading] of [
      ['/operator', 'Health'],
      ['/operator/accounts', 'Accounts'],
      ['/operator/credentials', 'Credentials issued'],
      ['/operator/billing', 'Billing'],
      [account, customerUser.login],
      [`${account}/ledger`, 'Books'],
      [`${account}/usage`, 'Storage'],
      [`/operator/audit?accountId=${accountId}`, 'Audit log'],
    ] as const) {
      await page.goto(`${broker.url}${path}`)
      for (const summary of await page.locator('summary').all()) await summary.click()
      seen[path] = await barriers(page, heading)
    }
    await asViewer.page.goto(`${broker.url}${account}/ledger`)
    seen['a page for another role'] = await barriers(asViewer.page, 'Forbidden')
  } finally {
    await context.close()
    await asViewer.context.close()
  }
  expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map(name => [name, []])))
})

test('an operator works by the keyboard alone: from the address to a suspended account', async () => {
  const admin = new HttpBrowser()
  await logIn(admin, `${broker.url}/login`, operators.admin)
  const { folder, accountId: other, agent } = await bindInstance(broker)
  const { context, page } = await phone('light', admin)
  const reach = async (selector: string) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab')
      if ((await page.locator(`${selector}:focus`).count()) === 1) return
    }
    throw new Error(`${selector} is not reached by the tab key.`)
  }
  try {
    await page.goto(`${broker.url}/operator`)
    await reach('nav a[href="/operator/accounts"]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/accounts$/)
    await reach('#search')
    await page.keyboard.type(folder)
    await page.keyboard.press('Enter')
    await page.waitForURL(/search=/)
    await reach(`a[href="/operator/accounts/${other}"]`)
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(other))
    await reach('#reason-suspend')
    await page.keyboard.type('by the keyboard')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Resume' }).waitFor()
  } finally {
    await context.close()
  }
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).body.code).toBe('suspended')
})
