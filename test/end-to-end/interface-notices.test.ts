import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Notice } from '@odoo-backup/protocol'
import { type Interface, startInterface } from './interface.ts'

/** What the overview does with many notices, such as one for each database after a weekend without the agent. */

const overdue = Array.from({ length: 9 }, (_, index) =>
  Notice.parse({
    id: `overdue shop_${index}`,
    kind: 'backup_overdue',
    severity: 'warning',
    message: `No backup of shop_${index} since Friday.`,
    database: `shop_${index}`,
    raisedAt: '2026-01-31T04:00:00Z',
  }),
)
const unreachable = Notice.parse({
  id: 'storage',
  kind: 'storage_unreachable',
  severity: 'error',
  message: 'The storage cannot be reached.',
  raisedAt: '2026-01-31T04:00:00Z',
})

let ui: Interface
beforeAll(async () => {
  ui = await startInterface({ notices: [...overdue, unreachable] })
  ui.fixture.agent.know('shop_0')
})
afterAll(() => ui.close())

test('the worst few are told, so that they do not bury the databases, and all on demand, by the keyboard too', async () => {
  const page = await ui.openInside()
  const told = page.locator('.notice')
  await told.first().waitFor()
  expect(await told.count()).toBe(5)
  expect(await told.first().textContent()).toContain('The storage cannot be reached.')

  await page.getByRole('button', { name: 'Show all 10 notices' }).focus()
  await page.keyboard.press('Enter')
  await told.nth(9).waitFor()
  expect(await told.count()).toBe(10)
  expect(await page.evaluate('document.activeElement.getAttribute("aria-labelledby")')).toBe('notices')
  await page.context().close()
})

test('one that is put away makes room for the next', async () => {
  const page = await ui.openInside()
  const told = page.locator('.notice')
  const sixth = told.filter({ hasText: 'shop_4' })
  await page.getByRole('button', { name: 'Show all 10 notices' }).waitFor()
  expect(await sixth.count()).toBe(0)
  await told.first().getByRole('button', { name: 'Dismiss' }).click()
  await sixth.waitFor()
  expect(await told.count()).toBe(5)
  await page.getByRole('button', { name: 'Show all 9 notices' }).waitFor()
  await page.context().close()
})
