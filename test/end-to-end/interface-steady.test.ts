import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { AccountView } from '@odoo-backup/protocol'
import type { Page } from 'playwright-core'
import { BusyAgent } from '../fixtures/busy-agent.ts'
import { gate } from '../fixtures/gate.ts'
import { type Interface, startInterface } from './interface.ts'

/** The overview while the account and the history of the storage are still being asked for. */

const agent = new BusyAgent(new Date('2026-02-01T00:00:00Z'))
const { account } = agent
let ui: Interface
beforeAll(async () => {
  for (const name of ['shop', 'crm']) agent.addNights(name, 3)
  ui = await startInterface({ agent })
})
afterAll(() => ui.close())

/** Opens the overview in a window so large that all of it is seen, with some answers held back. */
async function openHolding(
  paths: readonly string[],
  { width = 1280, locale = 'en-GB', answer }: { width?: number; locale?: string; answer?: object } = {},
) {
  const page = await ui.openInside({ locale })
  await page.setViewportSize({ width, height: 3000 })
  // Whatever moves from one frame to another without anybody having pressed something.
  await page.addInitScript(`
    window.moved = []
    const note = shifts => {
      for (const { sources } of shifts)
        for (const { node } of sources) window.moved.push(node?.nodeName + ' ' + node?.textContent?.slice(0, 60))
    }
    const observer = new PerformanceObserver(list => note(list.getEntries()))
    observer.observe({ type: 'layout-shift', buffered: true })
    window.takeMoved = () => {
      note(observer.takeRecords())
      return window.moved.splice(0)
    }
  `)
  const gates = new Map(paths.map(path => [path, gate()]))
  for (const [path, { opened }] of gates)
    await page.route(`**/api/${path}`, async route => {
      await opened
      if (answer === undefined) await route.continue()
      else await route.fulfill(answer)
    })
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/dashboard`)
  await page.locator('.database-card').nth(1).waitFor()
  await page.getByText(/Each passed a trial restore|Jede hat eine Probe-/).waitFor()
  return { page, answer: (path: string) => gates.get(path)?.open() }
}

/** What has moved since this was asked last, once the page has been painted as it stands. */
async function moved(page: Page): Promise<unknown> {
  await page.evaluate('new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))')
  return page.evaluate('window.takeMoved()')
}

const verdict = (page: Page) => page.locator('.verdict')
const safe = (page: Page) => verdict(page).getByText(/^(You are safe|Sie sind auf der sicheren Seite)\.$/)

test.each([
  [360, 'en-GB'],
  [360, 'de-DE'],
  [1280, 'en-GB'],
])(
  'in a window of %d pixels nothing moves for a reader of %s when the account and the chart come',
  async (width, locale) => {
    for (const order of [
      ['account', 'usage?*'],
      ['usage?*', 'account'],
    ]) {
      const { page, answer } = await openHolding(order, { width, locale })
      await page
        .getByRole('heading', { name: /^(Stored in the last|Gespeichert in den letzten) 30/ })
        .waitFor()
      await moved(page)
      for (const path of order) {
        answer(path)
        if (path === 'account') await page.getByRole('heading', { name: /^(Account|Konto)$/ }).waitFor()
        else await page.locator('.chart-tall .bars > span').nth(29).waitFor()
      }
      await safe(page).waitFor()
      expect([order, await moved(page)]).toEqual([order, []])
      await page.context().close()
    }
    expect(ui.faults).toEqual([])
  },
)

test('nobody is said to be safe before the account has answered that it takes backups', async () => {
  const { page, answer } = await openHolding(['account'])
  await verdict(page).getByText('The account is being asked …').waitFor()
  expect(await safe(page).isVisible()).toBe(false)
  expect(await verdict(page).getAttribute('class')).not.toContain('tone')
  answer('account')
  await safe(page).waitFor()
  expect(await verdict(page).getAttribute('class')).toContain('tone-good')
  await page.context().close()
})

test('an account that refuses backups turns no green into red', async () => {
  const refusing: AccountView = await account.call(agent)
  const credit = { ...refusing.credit, state: 'restore_only' }
  const { page, answer } = await openHolding(['account'], { answer: { json: { ...refusing, credit } } })
  await verdict(page).getByText('The account is being asked …').waitFor()
  expect(await safe(page).isVisible()).toBe(false)
  answer('account')
  await verdict(page).getByText('The account takes no new backups: a payment is due.').waitFor()
  expect(await verdict(page).getAttribute('class')).toContain('tone-bad')
  await page.context().close()
})

test('where the account cannot be asked, the verdict is that of the databases, and the failure is told', async () => {
  const detail = 'The broker does not answer.'
  const json = { type: 'about:blank', title: detail, status: 502, code: 'broker_unreachable', detail }
  const { page, answer } = await openHolding(['account'], { answer: { status: 502, json } })
  await verdict(page).getByText('The account is being asked …').waitFor()
  expect(await safe(page).isVisible()).toBe(false)
  answer('account')
  await page.getByRole('alert').getByText(detail).waitFor()
  expect(await safe(page).isVisible()).toBe(true)
  await page.context().close()
})

test('what there is to be told comes with the databases, and an agent that looks anew is waited for a second', async () => {
  const page = await ui.openInside()
  const { opened, open } = gate()
  await page.route('**/api/notices', async route => {
    await opened
    await route.continue()
  })
  await page.clock.install()
  await page.goto(`${ui.url}#/settings`)
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  await page.clock.pauseAt(Date.now() + 60_000)
  const overview = page.waitForResponse('**/api/overview*')
  await page.evaluate("location.hash = '#/dashboard'")
  await page.clock.runFor(200)
  await (await overview).finished()
  await page.clock.runFor(200)
  expect(await page.locator('.verdict').count()).toBe(1)
  expect(await page.locator('.database-card').count()).toBe(0)
  await page.clock.runFor(1000)
  await page.locator('.database-card').nth(1).waitFor()
  open()
  await page.context().close()
})

test('the place of a database is as high as its card will be, and what it says stands at its top', async () => {
  const page = await ui.openInside()
  const { opened, open } = gate()
  await page.route('**/api/overview*', async route => {
    await opened
    await route.continue()
  })
  await page.setViewportSize({ width: 1280, height: 1600 })
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/dashboard`)
  const boxOf = async (selector: string) => {
    await page.locator(selector).nth(1).waitFor()
    return await page.locator(selector).evaluateAll(([card]) => {
      const top = card?.getBoundingClientRect().top ?? 0
      const name = card?.querySelector('h3')?.getBoundingClientRect()
      return { height: card?.getBoundingClientRect().height ?? 0, nameAt: (name?.top ?? 0) - top }
    })
  }
  const place = await boxOf('.card-to-come')
  open()
  const card = await boxOf('.database-card')
  expect(Math.abs(place.height - card.height)).toBeLessThan(24)
  expect(Math.abs(place.nameAt - card.nameAt)).toBeLessThan(4)
  await page.context().close()
})

test('no room is kept for a chart whose figures failed to come', async () => {
  const page = await ui.openInside()
  const json = { type: 'about:blank', title: 'x', status: 500, code: 'internal', detail: 'x' }
  const fail = (path: string) => page.route(`**/api/${path}`, route => route.fulfill({ status: 500, json }))
  await fail('usage?*')
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/dashboard`)
  await page.locator('.database-card').nth(1).waitFor()
  await page.getByRole('alert').waitFor()
  await fail('overview*')
  await page.evaluate('window.dispatchEvent(new Event("focus"))')
  await page.getByText('this may be out of date').waitFor()
  await page.locator('main [aria-busy]').waitFor({ state: 'detached' })
  await page.context().close()
})
