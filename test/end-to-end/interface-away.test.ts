import { afterAll, beforeAll, expect, test } from '@jest/globals'
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
  page = await ui.openInside()
})
afterAll(() => ui.close())

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
  await eventually(async () =>
    expect(await failures()).toEqual([
      'The agent does not answer. It may be restarting; check that its service runs.Try again',
    ]),
  )
  // From here on nothing is asked by the clock.
  await page.evaluate(
    'Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true })',
  )
  await page.unroute('**/api/**')
  await page.getByRole('main').getByRole('button', { name: 'Try again' }).click()
  await eventually(async () => expect(await failures()).toEqual([]))
  await page.evaluate('delete document.visibilityState')
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
  await page.goto(`${ui.url}#/setup`)
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await page.getByText('No Odoo database was found.').waitFor()
  ui.fixture.agent.known.push(...known)
  await page.getByRole('main').getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('checkbox', { name: /^shop/ }).waitFor()
})
