import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { AgentError } from '../../apps/agent/src/errors.ts'
import { agentHttp } from '../fixtures/agent-http.ts'
import { type BusyAgent, busyAgent, HOSTILE_NAMES } from '../fixtures/busy-agent.ts'
import { barriers } from '../fixtures/page-barriers.ts'
import { openChromium } from './chromium.ts'
import { PATIENCE_MS } from './eventually.ts'
import { choose, pressOn, tabTo, typeInto } from './keyboard.ts'

/** The plain pages at `/web/database/backups` in a browser: with and without scripts, with everything in them. */
let agent: BusyAgent
let server: Server
let origin: string
let browser: Browser
beforeAll(async () => {
  const now = new Date()
  agent = busyAgent(now).agent
  agent.keep(`accounting.${'x'.repeat(200)}.zip.enc`, 'accounting', { encrypted: true, foreign: true })
  const fixture = agentHttp({ agent, now })
  server = createServer(fixture.app).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
})

const BACKUPS = '/web/database/backups'
const PASSWORD = /^(Master password|Hauptpasswort)$/

async function open(options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(`${origin}${BACKUPS}`)
  return page
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel(PASSWORD).fill(agent.masterPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('table').waitFor()
}

/** What a job that runs would otherwise do every two seconds. */
async function keepStill(page: Page): Promise<void> {
  await page.route(`**${BACKUPS}/jobs/*`, async route => {
    const response = await route.fetch()
    const { refresh: _, ...headers } = response.headers()
    await route.fulfill({ response, headers })
  })
}

test.each([
  ['light', 'en-GB'],
  ['light', 'de-DE'],
  ['dark', 'en-GB'],
  ['dark', 'de-DE'],
] as const)(
  'in %s colours, for %s, on the smallest phone, no page keeps anybody out',
  async (colorScheme, locale) => {
    const page = await open({ colorScheme, locale, viewport: { width: 320, height: 640 } })
    await keepStill(page)
    const seen: Record<string, string[]> = {}
    const look = async (name: string, path?: string) => {
      if (path !== undefined) await page.goto(`${origin}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const images = await page.locator('main img').count()
      const lang = await page.locator('html').getAttribute('lang')
      seen[name] = [
        ...(await barriers(page)),
        ...(images === 0 ? [] : ['a name became a picture']),
        ...(locale.startsWith(lang ?? 'none') ? [] : [`in ${lang}`]),
      ]
    }
    await look('the door')
    await page.getByLabel(PASSWORD).fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await look('a wrong password')
    await page.goto(`${origin}${BACKUPS}`)
    await signIn(page)
    await look('the list')
    await look('its end, with halves', `${BACKUPS}?page=3&all=1`)
    await look('an encrypted one', `${BACKUPS}?backup=${encodeURIComponent(agent.kept.at(-1)?.name ?? '')}`)
    for (const [name, index] of [
      ['running', 0],
      ['waiting', 1],
      ['failed with ten thousand lines', 3],
      ['done', 4],
      ['cancelled', 5],
    ] as const)
      await look(name, `${BACKUPS}/jobs/${agent.jobsMade[index]?.id}`)
    await page.goto(`${origin}${BACKUPS}`)
    await page.locator('#name').fill('shop')
    await page.locator('#restore_master_pwd').fill(agent.masterPassword)
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await look('a taken name')
    const { connection } = agent
    try {
      agent.connection = {
        state: 'login_required',
        authLink: `https://broker.example/login/${'x'.repeat(60)}`,
      }
      await look('not connected', BACKUPS)
      agent.connection = { state: 'payment_required', message: 'Nothing is left. Buy credit.' }
      await look('not paid', BACKUPS)
      agent.connection = {
        state: 'payment_required',
        mayRestore: true,
        message: 'Nothing is left. Buy credit.',
        rechargeLink: 'https://broker.example/recharge/1',
      }
      await look('not paid, and what is stored can be restored', BACKUPS)
      agent.connection = connection
      agent.broken = new AgentError('storage_unreachable', 'y'.repeat(300))
      await look('away', BACKUPS)
    } finally {
      agent.connection = {
        state: 'payment_required',
        mayRestore: true,
        message: 'Nothing is left. Buy credit.',
        rechargeLink: 'https://broker.example/recharge/1',
      }
      await look('not paid, and what is stored can be restored', BACKUPS)
      agent.connection = connection
      agent.broken = undefined
    }
    expect(seen).toEqual(Object.fromEntries(Object.keys(seen).map(name => [name, []])))
    expect(Object.keys(seen)).toHaveLength(15)
    await page.context().close()
  },
)

test('a button in a coloured box is as legible as any other', async () => {
  const page = await open({ locale: 'en-GB' })
  await signIn(page)
  const { connection } = agent
  try {
    agent.connection = {
      state: 'payment_required',
      mayRestore: true,
      message: 'Nothing is left.',
      rechargeLink: 'https://broker.example/recharge/1',
    }
    await page.goto(`${origin}${BACKUPS}`)
    const colour = (selector: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).color`)
    expect(await colour('.card.warn .button')).toBe(await colour('form[action$="/start"] button'))
  } finally {
    agent.connection = connection
  }
  await page.context().close()
})

test('an error of ten thousand lines is folded', async () => {
  const page = await open({ locale: 'en-GB', viewport: { width: 320, height: 640 } })
  await signIn(page)
  await page.goto(`${origin}${BACKUPS}/jobs/${agent.jobsMade[3]?.id}`)
  await page
    .getByRole('heading', { level: 1 })
    .getByText(HOSTILE_NAMES[0] ?? '')
    .waitFor()
  expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeLessThan(1_500)
  await page.getByText('Show the details').click()
  expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeGreaterThan(100_000)
  await page.context().close()
})

test('by the keyboard alone and without scripts a backup is made, found and restored', async () => {
  const page = await open({ locale: 'en-GB', javaScriptEnabled: false })
  const { outcome } = agent
  try {
    agent.outcome = { state: 'completed' }
    // The field has the focus already.
    await page.locator('#master_pwd:focus').waitFor()
    await page.keyboard.type(agent.masterPassword)
    await page.keyboard.press('Enter')
    await page.getByRole('table').waitFor()
    await tabTo(page, 'combobox', /Database/)
    await choose(page, 'accounting')
    await pressOn(page, 'button', /Back up/)
    await page.getByText('Done.').waitFor()
    expect(agent.jobsMade.at(-1)).toMatchObject({ kind: 'backup', database: 'accounting' })
    await pressOn(page, 'link', /Back to the backups/)
    await page.getByRole('table').waitFor()
    await pressOn(page, 'link', /Restore shop\.\d/)
    await page.waitForURL(/backup=shop/)
    await typeInto(page, /Name of the new database/, 'by_keyboard')
    await tabTo(page, 'textbox', /Master password/)
    await page.keyboard.type(agent.masterPassword)
    await pressOn(page, 'button', /"Restore"/)
    await page.waitForURL(/\/web\/database\/manager$|\/jobs\//)
    expect(agent.restores.at(-1)?.request).toMatchObject({
      database: 'by_keyboard',
      source: { kind: 'stored' },
    })
  } finally {
    agent.outcome = outcome
  }
  await page.context().close()
})
