import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

/** Where it is nine hours later than in UTC, the afternoon of the tenth. */
const NOW = Date.parse('2026-03-10T05:00:00Z')
/** When the two backups were taken: there at two this morning, and the one before; the days before in UTC. */
const taken = ['2026-03-09T17:00:00Z', '2026-03-08T17:00:00Z'].map(at => new Date(at))
let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.now = NOW
  for (const [index, takenAt] of taken.entries())
    ui.fixture.agent.keep(`shop.${index}.zip`, 'shop', { takenAt: takenAt.toISOString() })
})
afterAll(() => ui.close())

/** A page that takes it for the same moment as the agent, at whatever hour the test runs. */
async function open(options?: BrowserContextOptions): Promise<Page> {
  const page = await ui.openInside(options)
  await page.clock.setFixedTime(NOW)
  return page
}

test('a nightly backup stands on the day of the reader’s morning, in the calendar, where a press finds it, and on the overview', async () => {
  const page = await open({ timezoneId: 'Asia/Tokyo' })
  await page.goto(`${ui.url}#/backups`)
  await page.getByText('2 backups').waitFor()
  const squares = page.getByRole('button', { name: /: 1 backup$/ })
  await squares.nth(1).waitFor()
  const long = { dateStyle: 'long', timeZone: 'Asia/Tokyo' } as const
  const today = new Intl.DateTimeFormat('en-GB', long).format(taken[0])
  expect(await squares.last().getAttribute('aria-label')).toBe(`${today}: 1 backup`)
  await squares.last().click()
  await page.getByText('1 backup', { exact: true }).waitFor()
  expect(await page.locator('tbody a').first().getAttribute('href')).toContain('shop.0.zip')

  await page.goto(`${ui.url}#/dashboard`)
  const days = page.getByRole('article').getByRole('listitem')
  const short = { weekday: 'short', day: 'numeric', timeZone: 'Asia/Tokyo' } as const
  const [morning, before] = taken.map(at => new Intl.DateTimeFormat('en-GB', short).format(at))
  await days.nth(6).waitFor({ state: 'attached' })
  expect((await days.allTextContents()).slice(-2)).toEqual([
    `${before}: 1.5\u00a0MB`,
    `${morning}: 1.5\u00a0MB`,
  ])
  const month = page.locator('.chart-tall').getByRole('listitem')
  await month.nth(29).waitFor({ state: 'attached' })
  expect((await month.allTextContents()).slice(-3).map(text => text.replace(/.*: /, ''))).toEqual([
    '0\u00a0B',
    '1.5\u00a0MB',
    '3\u00a0MB',
  ])
  expect(ui.faults).toEqual([])
})

test('on a phone no month’s name is cut by the edge of the calendar, wherever it is scrolled to', async () => {
  const page = await open()
  await page.setViewportSize({ width: 360, height: 780 })
  await page.goto(`${ui.url}#/backups`)
  const year = page.locator('.calendar')
  const months = year.locator('.month > span')
  await months.nth(9).waitFor({ state: 'attached' })
  /** Names that are seen and reach over an edge, once the sixth begins so far right of where all is seen. */
  const cutWith = (pixels: number) =>
    page.evaluate(`(async () => {
      const year = document.querySelector('.calendar')
      const names = [...year.querySelectorAll('.month > span')]
      const { left, right } = year.getBoundingClientRect()
      const begin = left + Number.parseFloat(getComputedStyle(year).paddingInlineStart)
      year.scrollLeft += names[5].getBoundingClientRect().left - begin - ${pixels}
      await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
      return names
        .filter(name => getComputedStyle(name).visibility === 'visible')
        .map(name => [name.textContent, name.getBoundingClientRect()])
        .filter(([, box]) => box.right > left && box.left < right)
        .filter(([, box]) => box.left < begin - 1 || box.right > right + 1)
        .map(([name]) => name)
    })()`)
  for (const offset of [2, -6, -12, -30])
    await eventually(async () => expect(await cutWith(offset)).toEqual([]))
  await eventually(async () => {
    await cutWith(2)
    expect(await months.nth(5).isVisible()).toBe(true)
  })
  await page.context().close()
})

test('a list of which nothing fits says so once', async () => {
  const page = await open()
  await page.goto(`${ui.url}#/backups`)
  await page.getByText('2 backups', { exact: true }).waitFor()
  await page.getByLabel('Find by name').fill('none of that name')
  await page.getByText('There are no backups that fit.', { exact: true }).waitFor()
  expect(await page.getByRole('main').textContent()).not.toContain('0 backups')
  await page.context().close()
})
