import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

/** What pages say of an agent that does not answer, or not as it should. */

let ui: Interface
let page: Page
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
})
afterAll(() => ui.close())
// Each in a profile of its own, so that what one test routes and hides is gone with its page.
beforeEach(async () => {
  page = await ui.openInside()
})
afterEach(async () => {
  await page.unrouteAll({ behavior: 'wait' })
  await page.context().close()
})

const failures = () => page.getByRole('main').getByRole('alert').allTextContents()

test('what a proxy says while the agent is away is told as that, and once for all that was asked', async () => {
  await page.goto(`${ui.url}#/dashboard`)
  await page.getByRole('article').waitFor()
  await page.route('**/api/**', route => route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }))
  // What is asked already when somebody comes back is not asked anew.
  await eventually(async () => {
    await page.evaluate('window.dispatchEvent(new Event("focus"))')
    expect(await page.getByText('this may be out of date').count()).toBe(1)
  })
  const verdict = page.locator('.verdict')
  expect(await page.getByRole('main').getByText('does not answer').count()).toBe(1)
  expect(await verdict.textContent()).toContain('It may be restarting; check that its service runs.')
  expect(await failures()).toEqual([])
  // From here on nothing is asked by the clock.
  await page.evaluate(
    'Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true })',
  )
  await page.unroute('**/api/**')
  await verdict.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('this may be out of date').waitFor({ state: 'detached' })
  await page.evaluate('delete document.visibilityState')
})

test('while the agent is away the settings say so once, and are all there when it is back', async () => {
  await page.route('**/api/**', route => route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }))
  const asked = ['databases/settings', 'settings', 'tokens'].map(path =>
    page.waitForResponse(answer => answer.url().endsWith(`/api/${path}`) && answer.status() === 502),
  )
  await page.evaluate('location.hash = "#/settings"')
  await Promise.all(asked)
  await eventually(async () =>
    expect(await failures()).toEqual([
      'The agent does not answer. It may be restarting; check that its service runs.Try again',
    ]),
  )
  // No empty list of databases, and nothing to press that would be refused.
  const main = page.getByRole('main')
  expect(await main.getByRole('heading', { level: 2 }).allTextContents()).toEqual([])
  expect(await main.getByRole('button').allTextContents()).toEqual(['Try again'])
  await page.unroute('**/api/**')
  await page.getByRole('main').getByRole('button', { name: 'Try again' }).click()
  for (const name of ['Save', 'Make a token'])
    await page.getByRole('main').getByRole('button', { name }).first().waitFor()
  await eventually(async () => expect(await failures()).toEqual([]))
})

test('what keeps the storage and the notices from being set is told once', async () => {
  const detail = 'The storage did not answer.'
  const away = { type: 'about:blank', title: detail, status: 502, code: 'storage_unreachable', detail }
  await page.route('**/api/settings', route => route.fulfill({ status: 502, json: away }))
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/settings`)
  await page.getByRole('heading', { name: 'Databases' }).waitFor()
  await eventually(async () => expect((await failures()).join()).toContain(detail))
  expect(await failures()).toHaveLength(1)
  await page.unroute('**/api/settings')
})

test('a fault of the agent leads to its log, and to no operator', async () => {
  const fault = {
    type: 'about:blank',
    title: 'Fault',
    status: 500,
    code: 'internal_error',
    detail: 'On our side.',
  }
  await page.route('**/api/backups*', route => route.fulfill({ status: 500, json: fault }))
  await page.goto(`${ui.url}#/backups`)
  await page.getByText('Something went wrong that the agent did not explain. Its log says more.').waitFor()
  expect(await page.getByText('On our side.').count()).toBe(0)
  expect(ui.faults).toEqual([])
})

test('who finds no database in the set-up looks again without leaving it', async () => {
  const known = ui.fixture.agent.known.splice(0)
  try {
    await page.goto(`${ui.url}#/setup`)
    await page.getByRole('button', { name: 'Save and connect' }).click()
    await page.getByText('No Odoo database was found.').waitFor()
  } finally {
    ui.fixture.agent.known.push(...known)
  }
  await page.getByRole('main').getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('checkbox', { name: /^shop/ }).waitFor()
})

test('where a log-in is asked for again, backups that are set up are not called none', async () => {
  const authLink = 'https://broker.example/login/1'
  const detail = 'The storage asks for a log-in.'
  const asked = { type: 'about:blank', title: detail, status: 401, code: 'login_required', detail, authLink }
  await page.route('**/api/overview*', route => route.fulfill({ status: 401, json: asked }))
  const nothing = page.getByText('Nothing is backed up yet.')
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/dashboard`)
  await nothing.waitFor()
  await page.route('**/api/databases/settings*', async route => {
    const response = await route.fetch()
    const { items, ...others } = await response.json()
    const scheduled = items.map((item: object) => ({
      ...item,
      schedules: [{ kind: 'every', every: 1, unit: 'days', at: '03:30', timeZone: 'UTC' }],
    }))
    await route.fulfill({ response, json: { ...others, items: scheduled } })
  })
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/dashboard`)
  await page.getByRole('alert').getByRole('link', { name: 'Connect the storage' }).waitFor()
  expect(await nothing.count()).toBe(0)
})
