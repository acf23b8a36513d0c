import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { BusyAgent } from '../fixtures/busy-agent.ts'
import { type Interface, startInterface } from './interface.ts'

let ui: Interface
beforeAll(async () => {
  const agent = new BusyAgent(new Date())
  for (const name of ['shop', 'crm', 'a', 'b', 'c', 'd', 'e', 'f']) agent.addNights(name, 3)
  ui = await startInterface({ agent })
})
afterAll(() => ui.close())

/** Where the parts of the dashboard begin and how high they are, in pixels. */
async function layout(page: Page): Promise<Record<'figures' | 'heading' | 'card' | 'cardHeight', number>> {
  const boxOf = async (selector: string) => {
    const box = await page.locator(selector).first().boundingBox()
    if (box === null) throw new Error(`${selector} is not to be seen`)
    return box
  }
  const [figures, heading, card] = [
    await boxOf('.figures'),
    await boxOf('#databases'),
    await boxOf('.grid > article'),
  ]
  return { figures: figures.y, heading: heading.y, card: card.y, cardHeight: card.height }
}

test('databases and jobs are shown while the storage is listed, and nothing jumps when it was', async () => {
  const page = await ui.openInside({ viewport: { width: 1280, height: 900 } })
  await page.clock.install()
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor()
  // From here on the page's clock goes by what the test says alone: after four seconds more would be said, in more lines.
  await page.clock.pauseAt(Date.now() + 60_000)
  let answer: () => void = () => undefined
  const answered = new Promise<void>(resolve => {
    answer = resolve
  })
  await page.route('**/api/overview*', async route => {
    await answered
    await route.continue()
  })
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('status').first().getByText('Looking at what is stored').waitFor()
  await page.clock.runFor(1_000)
  await page.getByRole('link', { name: 'crm' }).waitFor()
  expect(await page.locator('.figures').textContent()).toMatch(/….*….*….*0$/s)
  const before = await layout(page)
  answer()
  await page.locator('.database-card').first().waitFor()
  const after = await layout(page)
  expect({ ...after, cardHeight: before.cardHeight }).toEqual(before)
  // What stands in a card differs by a line or two.
  expect(Math.abs(after.cardHeight - before.cardHeight)).toBeLessThan(50)
  expect(ui.faults).toEqual([])
  await page.context().close()
})
