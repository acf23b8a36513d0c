import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Interface, startInterface } from './interface.ts'

/** Where things stand on a phone. */

let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
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
