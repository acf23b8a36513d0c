import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Notice } from '@odoo-backup/protocol'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

/** Where things stand on a phone. */

const moved = Notice.parse({
  id: 'rotation_refused',
  kind: 'rotation_refused',
  severity: 'warning',
  message: 'Backups made elsewhere are not rotated.',
  text: { code: 'former_backups_stay' },
  raisedAt: '2026-01-31T04:00:00Z',
})
let ui: Interface
beforeAll(async () => {
  ui = await startInterface({ notices: [moved] })
  ui.fixture.agent.know('shop')
})
afterAll(() => ui.close())

test.each([320, 360, 600])(
  'in a window of %i pixels what removes a schedule stands at the end of its last line, beside the time zone',
  async width => {
    const page = await ui.openInside({ timezoneId: 'America/Argentina/Buenos_Aires' })
    await page.setViewportSize({ width, height: 800 })
    await page.goto(`${ui.url}#/settings/shop`)
    await page.getByRole('button', { name: 'Add a nightly run' }).first().click()
    await page.getByRole('button', { name: 'Add a cron expression' }).first().click()
    await page.getByLabel('Cron expression').waitFor()
    const lines = await page.evaluate(`[...document.querySelectorAll('.schedule')].map(schedule => {
      const box = part => part.getBoundingClientRect()
      const [zone, button] = [box(schedule.querySelector('.soft')), box(schedule.querySelector('button'))]
      const fields = [...schedule.querySelectorAll('input, select')].map(field => box(field).bottom)
      return {
        isBelowFields: button.top >= Math.max(...fields),
        isBesideZone: button.top < zone.bottom && zone.top < button.bottom && button.left >= zone.right,
        isAtEnd: Math.abs(button.right - box(schedule).right) < 1,
      }
    })`)
    const asItShould = { isBelowFields: true, isBesideZone: true, isAtEnd: true }
    expect(lines).toEqual([asItShould, asItShould])
    expect(ui.faults).toEqual([])
    await page.context().close()
  },
)

test('where rows are cards the order of backups is chosen beside what narrows them down, and nowhere else', async () => {
  const { agent } = ui.fixture
  const sizes = {
    '2026-01-29_04-00-00': 20_000_000,
    '2026-01-30_04-00-00': 40_000_000,
    '2026-01-31_04-00-00': 30_000_000,
  }
  for (const [stamp, sizeBytes] of Object.entries(sizes)) {
    const [day, time] = stamp.split('_')
    const takenAt = `${day}T${time?.replaceAll('-', ':')}Z`
    agent.keep(`shop.${stamp}.zip`, 'shop', { takenAt, sizeBytes })
  }
  const page = await ui.openInside()
  await page.setViewportSize({ width: 360, height: 800 })
  await page.goto(`${ui.url}#/backups`)
  const shown = () => page.locator('.backup-cards tbody .amount').allTextContents()
  const order = page.getByLabel('Sort by')
  await order.waitFor()
  expect(await order.inputValue()).toBe('newest')
  for (const [chosen, expected] of [
    ['Largest first', ['40\u00a0MB', '30\u00a0MB', '20\u00a0MB']],
    ['Oldest first', ['20\u00a0MB', '40\u00a0MB', '30\u00a0MB']],
  ] as const) {
    await order.selectOption(chosen)
    await eventually(async () => expect(await shown()).toEqual(expected))
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByRole('button', { name: 'Taken' }).waitFor()
  expect(await order.isVisible()).toBe(false)
  await page.context().close()
})

const SETTING = 'odoo_backup_sh_former_instance_ids'

/** The lines on which a name stands in what is shown, and the name as it is copied. */
const linesOf = (name: string) => `(() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const letters = []
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
    for (let at = 0; at < text.data.length; at += 1) letters.push([text, at])
  const begin = letters.map(([text, at]) => text.data[at]).join('').indexOf('${name}')
  const lines = new Map()
  const range = document.createRange()
  for (const [text, at] of letters.slice(begin, begin + ${name.length})) {
    range.setStart(text, at)
    range.setEnd(text, at + 1)
    const top = Math.round(range.getBoundingClientRect().top)
    lines.set(top, (lines.get(top) ?? '') + text.data[at])
  }
  range.setStart(...letters[begin])
  getSelection().removeAllRanges()
  getSelection().addRange(range)
  return { lines: [...lines.values()], copied: String(getSelection()) }
})()`

test.each(['en-GB', 'de-DE'])(
  'for a reader of %s the name of a setting is broken after underscores alone, and copied whole',
  async locale => {
    const page = await ui.openInside({ locale })
    for (let width = 320; width <= 420; width += 4) {
      await page.setViewportSize({ width, height: 800 })
      await page.getByText(SETTING).waitFor()
      const found = await page.evaluate(linesOf(SETTING))
      const { lines = [], copied }: { lines?: string[]; copied?: string } = Object(found)
      expect(copied).toBe(SETTING)
      expect([width, lines.slice(0, -1).filter(line => !line.endsWith('_'))]).toEqual([width, []])
      expect(lines.join('')).toBe(SETTING)
    }
    await page.context().close()
  },
)
