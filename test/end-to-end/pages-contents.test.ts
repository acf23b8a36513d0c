import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { JobId } from '@odoo-backup/protocol'
import type { Locator, Page } from 'playwright-core'
import { type BusyAgent, busyAgent } from '../fixtures/busy-agent.ts'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

/** Every figure that the pages promise is there, and is that of what is stored. */

const DAY_MS = 86_400_000

let ui: Interface
let agent: BusyAgent
let page: Page
beforeAll(async () => {
  const now = new Date()
  const busy = busyAgent(now)
  agent = busy.agent
  ui = await startInterface({ agent, notices: busy.notices })
  ui.fixture.now = now.getTime()
  page = await ui.openInside({ timezoneId: 'UTC' })
})
afterAll(() => ui.close())

const show = async (place: string) => {
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/${place}`)
}
const texts = async (items: Locator) => (await items.allTextContents()).map(plain)
const gigabytes = (bytes: number) => Number((bytes / 1e9).toFixed(1))
/** With ordinary spaces. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')
/** The value beside a name. */
const fact = async (within: Locator, name: string) => {
  const value = within
    .locator('dt')
    .filter({ hasText: new RegExp(`^${name}$`) })
    .locator('+ dd')
  return plain((await value.textContent()) ?? '')
}

test('a database’s card has its last, verified and next backup, what is stored, and the sizes of seven days', async () => {
  await show('dashboard')
  const card = page
    .getByRole('article')
    .filter({ has: page.getByRole('link', { name: 'accounting', exact: true }) })
  await card.waitFor()
  expect(await fact(card, 'Last backup')).toBe('9 hours ago')
  // The second newest was verified when it was made.
  expect(await fact(card, 'Last verified')).toBe('yesterday')
  expect(await fact(card, 'Next run')).toMatch(/^in 1[45] hours$/)
  // 40 nights, each a hundredth of 900 MB larger than the one before.
  expect(await fact(card, 'Stored')).toBe('40 backups, 43.4 GB')
  const mine = agent.kept.filter(({ database }) => database === 'accounting')
  const days = [6, 5, 4, 3, 2, 1, 0].map(ago =>
    new Date(ui.fixture.now - ago * DAY_MS).toISOString().slice(0, 10),
  )
  const sizes = days.map(day => mine.find(({ takenAt }) => takenAt.startsWith(day))?.sizeBytes)
  const inWords = (bytes = 0) => (bytes === 0 ? '0 B' : `${gigabytes(bytes)} GB`)
  expect((await texts(card.getByRole('listitem'))).map(text => text.replace(/.*: /, ''))).toEqual(
    sizes.map(inWords),
  )
})

test('the overview has the sums of all, what runs, the month’s storage day by day, and the account', async () => {
  await show('dashboard')
  const figures = page.locator('.figures')
  await eventually(async () => expect(await fact(figures, 'Backups')).toBe('120'))
  const stored = agent.kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  expect(await fact(figures, 'Stored')).toBe(`${gigabytes(stored)} GB`)
  expect(await fact(figures, 'Next run')).toMatch(/^in 1[45] hours$/)
  await eventually(async () => expect(await fact(figures, 'Running now')).toBe('2'))
  const month = await texts(page.locator('.chart-tall').getByRole('listitem'))
  expect(month).toHaveLength(30)
  expect(month.at(-1)).toMatch(new RegExp(`: ${gigabytes(stored)} GB$`))
  const first = new Date(ui.fixture.now - 29 * DAY_MS).toISOString().slice(0, 10)
  const before = agent.kept.filter(({ takenAt }) => takenAt.slice(0, 10) <= first)
  const then = before.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  expect(month[0]).toMatch(new RegExp(`: ${gigabytes(then)} GB$`))
  const account = page.locator('section[aria-labelledby="account"]')
  await account.waitFor()
  expect(await fact(account, 'Connected as')).toBe('a••••@example.com')
  expect(await fact(account, 'State')).toBe('paid: everything works')
  expect(await fact(account, 'Balance')).toBe('92.5 credits')
  await page.getByLabel('Language').selectOption('de')
  await eventually(async () => expect(await fact(account, 'Guthaben')).toBe('92,5 Credits'))
  await page.getByLabel('Sprache').selectOption('en')
})

test('a notice is put away, and is back where the page is opened anew', async () => {
  await show('dashboard')
  const notice = page.locator('.notice').filter({ hasText: 'No backup of shop was ever restored' })
  await notice.getByRole('button', { name: 'Dismiss' }).click()
  await notice.waitFor({ state: 'detached' })
  expect(await page.locator('.notice').count()).toBe(1)
  await show('dashboard')
  await notice.waitFor()
})

test('a backup’s page says all that is in it, and finds a module', async () => {
  await show(`backups/${agent.kept[0]?.name}`)
  const contents = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'What is in it' }) })
  await contents.waitFor()
  const told: Record<string, string> = {
    Odoo: '16.0',
    PostgreSQL: '15.8',
    Modules: '8',
    Tables: '812',
    Rows: '1,843,221',
    'Database dump': '31 MB',
    Files: '12,412 (210 MB)',
    'Missing files': '2',
    Stored: '64 MB',
    Took: '1 min 14 s',
    'Made by agent': 'a1b2c3d4, counted as this server’s',
  }
  for (const [name, value] of Object.entries(told))
    expect([name, await fact(contents, name)]).toEqual([name, value])
  await contents.locator('summary').click()
  expect(await contents.getByRole('listitem').count()).toBe(8)
  await contents.getByLabel('Find a module').fill('Sto')
  await eventually(async () =>
    expect(await texts(contents.getByRole('listitem'))).toEqual(['stock 16.0.1.0']),
  )
  const asked = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  const got = await asked
  expect(got.suggestedFilename()).toBe(agent.kept[0]?.name)
  expect(await readFile(await got.path(), 'utf8')).toBe(`content of ${agent.kept[0]?.name}`)
})

test.each(['foreign', 'unclaimed'] as const)(
  'a backup that is %s is not said to be counted as this server’s',
  async whose => {
    const name = `shop.2026-01-0${whose === 'foreign' ? 1 : 2}_04-00-00.zip`
    agent.keep(name, 'shop', { [whose]: true })
    await show(`backups/${name}`)
    const contents = page
      .locator('.card')
      .filter({ has: page.getByRole('heading', { name: 'What is in it' }) })
    await contents.waitFor()
    expect(await fact(contents, 'Made by agent')).toBe('a1b2c3d4')
    agent.kept.pop()
  },
)

test('a list of many backups is read page by page, to its end and back', async () => {
  await show('backups')
  const rows = page.getByRole('table').locator('tbody tr')
  const seen = new Set<string>()
  for (const [number, count] of [
    [1, 50],
    [2, 50],
    [3, 20],
  ]) {
    await page.getByText(`Page ${number} of 3`, { exact: true }).waitFor()
    await eventually(async () => {
      const links = await rows.locator('td a').first().getAttribute('href')
      expect([await rows.count(), seen.has(links ?? '')]).toEqual([count, false])
    })
    for (const row of await rows.all())
      seen.add((await row.locator('td a').first().getAttribute('href')) ?? '')
    const next = page.getByRole('button', { name: 'Next page' })
    expect(await next.getAttribute('aria-disabled')).toBe(String(number === 3))
    if (number !== 3) await next.click()
  }
  expect(seen.size).toBe(120)
  await page.getByRole('button', { name: 'Previous page' }).click()
  await page.getByText('Page 2 of 3', { exact: true }).waitFor()
})

test('the history says why each failure was and what to do, and a job’s log is taken away as a file', async () => {
  const failed = agent.jobsMade.find(({ failure }) => failure?.code === 'storage_unreachable')
  await show('jobs')
  const row = page.getByRole('row').filter({ hasText: 'The storage did not answer.' })
  await row.getByText('Check the network and the endpoint of the storage.').waitFor()
  await row.getByRole('link', { name: /Backup of warehouse/ }).click()
  await page.getByText('Line 499 of the log.').waitFor()
  const asked = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the log' }).click()
  const got = await asked
  expect(got.suggestedFilename()).toBe(`${failed?.id}.log`)
  const lines = (await readFile(await got.path(), 'utf8')).trimEnd().split('\n')
  expect(lines).toHaveLength(500)
  expect(lines.at(-1)).toMatch(/^\d{4}-.*Z Line 499 of the log\.$/)
  expect(ui.faults).toEqual([])
})

test('a job that failed for want of credit leads to where it is bought', async () => {
  const [like] = agent.jobsMade.filter(({ failure }) => failure?.code === 'storage_unreachable')
  if (like === undefined) throw new Error('No job failed.')
  const message = 'Nothing is left. Buy credit.'
  agent.jobsMade.push({ ...like, id: JobId.parse('9000'), failure: { code: 'payment_required', message } })
  await show('jobs/9000')
  await page.getByText(message).waitFor()
  await page.route('**/api/connection/recharge-link', route =>
    route.fulfill({ json: { rechargeLink: `${ui.url}?where-credit-is-sold` } }),
  )
  const opened = page.context().waitForEvent('page')
  await page.getByRole('button', { name: 'Buy credit', exact: true }).click()
  await (await opened).waitForURL(/where-credit-is-sold/)
})
