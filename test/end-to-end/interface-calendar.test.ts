import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Interface, startInterface } from './interface.ts'

const DAY_MS = 86_400_000
let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
})
afterAll(() => ui.close())

/** Today at two in the morning where it is nine hours later than in UTC: yesterday there. */
function thisMorning(): Date {
  const ahead = 9 * 3_600_000
  const midnight = Math.floor((Date.now() + ahead) / DAY_MS) * DAY_MS
  return new Date(midnight + 2 * 3_600_000 - ahead)
}

test('a nightly backup stands on the day of the reader’s morning, in the calendar, where a press finds it, and on the overview', async () => {
  const taken = [0, 1].map(days => new Date(thisMorning().getTime() - days * DAY_MS))
  for (const [index, takenAt] of taken.entries())
    ui.fixture.agent.keep(`shop.${index}.zip`, 'shop', { takenAt: takenAt.toISOString() })
  ui.fixture.now = Date.now()
  const page = await ui.openInside({ timezoneId: 'Asia/Tokyo' })
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
