import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { agentHttp } from '../fixtures/agent-http.ts'
import { BusyAgent } from '../fixtures/busy-agent.ts'
import { openChromium } from './chromium.ts'
import { PATIENCE_MS } from './eventually.ts'

/** Where things stand on the plain pages at `/web/database/backups`. */

const BACKUPS = '/web/database/backups'
let agent: BusyAgent
let server: Server
let origin: string
let browser: Browser
beforeAll(async () => {
  const now = new Date()
  agent = new BusyAgent(now)
  agent.know('accounting')
  agent.keep('accounting.2026-01-31_04-00-00.zip.enc', 'accounting', { encrypted: true, sizeBytes: 64 })
  agent.keep('shop.2026-01-30_04-00-00.zip', 'shop', { sizeBytes: 412_000_000_000 })
  agent.keep('shop.2026-01-29_04-00-00.zip', 'shop', { lone: true, sizeBytes: 64 })
  agent.keep('shop.2026-01-28_04-00-00.zip', 'shop', { lone: true, sizeBytes: 412_000_000_000 })
  server = createServer(agentHttp({ agent, now }).app).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
})

async function openList(width: number, locale = 'de-DE'): Promise<Page> {
  const context = await browser.newContext({ locale, viewport: { width, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(`${origin}${BACKUPS}?all=1`)
  await page.getByLabel(/^(Master password|Hauptpasswort)$/).fill(agent.masterPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('table').first().waitFor()
  return page
}

/** What `script`, a function of an element, says of all that are found. */
async function numbers(page: Page, selector: string, script: string): Promise<number[]> {
  const values: unknown = await page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map(${script})`,
  )
  return Array.isArray(values) ? values.map(Number) : []
}

const LINES = 'name => new Set([...name.getClientRects()].map(({ bottom }) => Math.round(bottom))).size'

test.each([720, 768, 940, 1200])('in a German window of %i pixels no file name is broken', async width => {
  const page = await openList(width)
  expect(await numbers(page, 'tbody th bdi', LINES)).toEqual([1, 1, 1, 1])
  await page.context().close()
})

test.each([360, 768, 1200])('in a window of %i pixels sizes of a list end below each other', async width => {
  const page = await openList(width)
  const end = `cell => {
    const words = document.createRange()
    words.selectNodeContents(cell)
    return Math.round(words.getBoundingClientRect().right)
  }`
  // Two in the list, then two that are not complete.
  const [one, other, lone, otherLone] = await numbers(page, 'td[data-label="Größe"]', end)
  expect(one).toBeGreaterThan(0)
  expect([other, otherLone]).toEqual([one, lone])
  await page.context().close()
})

test.each([360, 768, 1200])(
  'in a window of %i pixels a backup is made above the list, and the way to restore one ends its row',
  async width => {
    const page = await openList(width)
    const [form = 0] = await numbers(
      page,
      'form[action$="/start"]',
      'form => form.getBoundingClientRect().bottom',
    )
    const [list = 0] = await numbers(page, 'table', 'table => table.getBoundingClientRect().top')
    expect(form).toBeGreaterThan(0)
    expect(form).toBeLessThan(list)
    const after = await numbers(
      page,
      'tbody tr:has(a)',
      `row => {
        const [link, ...others] = [row.querySelector('a'), ...row.querySelectorAll('td:not(:has(a))')].map(part =>
          part.getBoundingClientRect())
        return others.filter(other => other.bottom > link.top && other.left >= link.right).length
      }`,
    )
    expect(after).toEqual([0, 0])
    await page.context().close()
  },
)

test('who signs out does so at the end of the page, apart from its links', async () => {
  const page = await openList(360)
  const [signOut = 0] = await numbers(
    page,
    'form[action$="/sign_out"] button',
    'button => button.getBoundingClientRect().top',
  )
  const links = await numbers(page, 'main a', 'link => link.getBoundingClientRect().bottom')
  expect(signOut - Math.max(...links)).toBeGreaterThan(32)
  await page.context().close()
})

test.each([360, 768])(
  'in a window of %i pixels the way to credit stands apart from the words',
  async width => {
    const page = await openList(width, 'en-GB')
    const { connection } = agent
    try {
      agent.connection = {
        state: 'payment_required',
        mayRestore: true,
        message: 'Nothing is left. Every server of this account waits for it to be paid.',
        rechargeLink: 'https://broker.example/recharge/1',
      }
      await page.goto(`${origin}${BACKUPS}`)
      const [gap = 0] = await numbers(
        page,
        '.card:has(.button[href*="recharge"])',
        `box => {
        const button = box.querySelector('.button')
        const words = document.createRange()
        words.setStart(box, 0)
        words.setEndBefore(button)
        const lines = [...words.getClientRects()].filter(({ width }) => width > 0)
        return button.getBoundingClientRect().top - Math.max(...lines.map(({ bottom }) => bottom))
      }`,
      )
      expect(gap).toBeGreaterThanOrEqual(8)
    } finally {
      agent.connection = connection
    }
    await page.context().close()
  },
)
