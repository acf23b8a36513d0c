import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Page, Route } from 'playwright-core'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

/** What pages say where something was asked for and the answer was lost on its way. */

const archive = 'shop.2026-01-31_04-00-00.zip'
let ui: Interface
let page: Page
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
})
afterAll(() => ui.close())
beforeEach(async () => {
  ui.fixture.agent.kept.splice(0)
  ui.fixture.agent.keep(archive, 'shop')
  page = await ui.openInside()
})
afterEach(async () => {
  await page.unrouteAll({ behavior: 'wait' })
  await page.context().close()
})

const badGateway = (route: Route) => route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' })
const button = (name: string) => page.getByRole('main').getByRole('button', { name, exact: true })

test('what was done though a proxy said nothing of it is not called undone, and the page shows it', async () => {
  await page.route('**/pin', async route => {
    await route.fetch()
    await badGateway(route)
  })
  await page.goto(`${ui.url}#/backups/${archive}`)
  await button('Pin').click()
  await page.getByRole('alert').getByText('it is not known whether this was done').waitFor()
  await button('Unpin').waitFor()
  expect(await page.getByText('The agent does not answer.').count()).toBe(0)
  expect(ui.faults).toEqual([])
})

test('a line that breaks off is told the same, in German too', async () => {
  await page.route('**/pin', route => route.abort('connectionreset'))
  await page.goto(`${ui.url}#/backups/${archive}`)
  await page.getByLabel('Language').selectOption({ label: 'Deutsch' })
  await button('Anheften').click()
  await page.getByRole('alert').getByText('ob das geschehen ist, ist nicht bekannt').waitFor()
})

test('what is on the page stays while the agent is away, and is read as soon as it is back', async () => {
  let isAway = false
  let askedInVain = 0
  await page.route(`**/api/backups/${archive}`, route => {
    if (!isAway) return route.continue()
    askedInVain += 1
    return badGateway(route)
  })
  await page.route('**/pin', async route => {
    await route.fetch()
    isAway = true
    await badGateway(route)
  })
  await page.goto(`${ui.url}#/backups/${archive}`)
  await button('Pin').click()
  // Asked a second time, the page has dealt with the first failure.
  await eventually(async () => expect(askedInVain).toBeGreaterThan(1))
  expect(await page.getByRole('alert').allTextContents()).toEqual([
    expect.stringContaining('it is not known whether this was done'),
  ])
  isAway = false
  await button('Unpin').waitFor()
})

test('a question is only said to be without an answer', async () => {
  await page.route('**/api/restores/plan', badGateway)
  await page.goto(`${ui.url}#/restore/${archive}`)
  await page.getByRole('alert').getByText('The agent does not answer.').waitFor()
  expect(await page.getByText('not known').count()).toBe(0)
})

test('a file that a proxy did not take is only said to be without an answer', async () => {
  await page.route('**/api/uploads*', badGateway)
  await page.goto(`${ui.url}#/restore`)
  await page.locator('input[type=file]').setInputFiles({
    name: 'shop.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('an archive'),
  })
  await page.getByRole('alert').getByText('The agent does not answer.').waitFor()
})

test('what is asked no longer is given up, and its answer not waited for', async () => {
  const held: Route[] = []
  await page.route('**/api/backups?*search=old*', route => {
    held.push(route)
  })
  await page.goto(`${ui.url}#/backups`)
  const asked = page.waitForRequest('**/api/backups?*search=old*')
  await page.getByLabel('Find by name').fill('old')
  const old = await asked
  const givenUp = page.waitForEvent('requestfailed', request => request === old)
  await page.getByLabel('Find by name').fill('shop')
  await givenUp
  // The page asks no more: there is nobody whom this could answer.
  for (const route of held) await route.abort().catch(() => undefined)
  await page.getByText('1 backup', { exact: true }).waitFor()
})
