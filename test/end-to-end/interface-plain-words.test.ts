import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

/** Pages say of a database what is so: when it runs, whether anybody expects backups of it, how a trial went. */

const archive = 'shop.2026-01-31_04-00-00.zip'
let ui: Interface
let page: Page
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep(archive, 'shop')
  page = await ui.openInside()
})
afterAll(() => ui.close())

const show = async (place: string) => {
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/${place}`)
}
const daily = { kind: 'every', every: 1, unit: 'days', timeZone: 'UTC' } as const

test('a schedule that names no time of day is shown at the time when it runs: midnight', async () => {
  await ui.fixture.agent.changeDatabaseSettings('shop', { schedules: [daily] })
  await show('settings/shop')
  const at = page.getByLabel('At', { exact: true })
  await eventually(async () => expect(await at.inputValue()).toBe('00:00'))
})

test('a database whose schedules are off is called left out only where it has none: else its backups are missed', async () => {
  await ui.fixture.agent.changeDatabaseSettings('shop', { schedules: [daily], enabled: false })
  await show('settings')
  await page.getByText('schedules are off', { exact: true }).waitFor()
  expect(await page.getByText('left out', { exact: true }).count()).toBe(0)
  await ui.fixture.agent.changeDatabaseSettings('shop', { schedules: [], drills: [] })
  await show('settings')
  await page.getByText('left out', { exact: true }).waitFor()
  expect(await page.getByText('schedules are off', { exact: true }).count()).toBe(0)
})

test('a trial restore that is done says that the backup passed, and its name is underlined whole', async () => {
  ui.fixture.agent.outcome = { state: 'completed', backup: archive }
  await show(`jobs/${await ui.fixture.agent.startVerify(archive)}`)
  await page.getByText('The backup passed the trial restore.', { exact: true }).waitFor()
  await page.locator('dd a .stamp').waitFor()
  const line = "getComputedStyle(document.querySelector('dd a .stamp')).textDecorationLine"
  expect(await page.evaluate(line)).toBe('underline')
  await show(`jobs/${await ui.fixture.agent.startDelete(archive)}`)
  await page.getByText('Deletion of a backup of').waitFor()
  expect(await page.getByText('The backup passed').count()).toBe(0)
})

test('a backup of the database alone says that it has no files: in lists, on its page and where one is chosen to restore', async () => {
  const { name } = ui.fixture.agent.keep('shop.2026-02-01_04-00-00.dump', 'shop', { format: 'dump' })
  for (const place of ['backups', 'restore', `backups/${name}`]) {
    await show(place)
    await page.getByText('database alone, no files', { exact: true }).waitFor()
  }
  await page.getByText('dump, the database alone', { exact: true }).waitFor()
  await show(`backups/${archive}`)
  await page.getByText('zip, with the files', { exact: true }).waitFor()
  expect(await page.getByText('database alone').count()).toBe(0)
})

test('backups whose trial restore failed are found by their state, and are not among those that were never verified', async () => {
  const verification = { passed: false, at: '2026-02-02T05:00:00Z' }
  ui.fixture.agent.keep('shop.2026-02-02_04-00-00.zip', 'shop', { verification })
  await show('backups')
  const state = page.getByLabel('State', { exact: true })
  await state.selectOption('verification failed')
  await page.getByText('1 backup', { exact: true }).waitFor()
  await page.locator('td').getByText('verification failed', { exact: true }).waitFor()
  await state.selectOption('not verified')
  await page.getByText('2 backups', { exact: true }).waitFor()
  expect(await page.locator('td').getByText('verification failed', { exact: true }).count()).toBe(0)
})

test('for somebody who may only look, no room is kept on the page of a backup for what they may not do', async () => {
  const gap = `(() => {
    const card = document.querySelector('main dl').closest('.card')
    const above = [...card.parentElement.children].filter(part => part !== card && part.getBoundingClientRect().height > 0)
    return Math.round(card.getBoundingClientRect().top - above.at(-1).getBoundingClientRect().bottom)
  })()`
  const at = async () => {
    await show(`backups/${archive}`)
    await page.getByText('What is in it', { exact: true }).waitFor()
    return page.evaluate(gap)
  }
  const usual = await at()
  await page.route('**/api/session', route =>
    route.fulfill({ json: { role: 'look', name: 'm', database: 'shop' } }),
  )
  expect(await at()).toBe(usual)
  expect(await page.getByRole('button', { name: 'Trial restore' }).count()).toBe(0)
  await page.unroute('**/api/session')
})
