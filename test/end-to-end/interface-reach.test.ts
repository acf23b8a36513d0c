import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { AgentError } from '../../apps/agent/src/errors.ts'
import { barriers } from '../fixtures/page-barriers.ts'
import { type Interface, signInAs, startInterface } from './interface.ts'
import { focusSays, tabTo } from './keyboard.ts'

const BACKUP = 'shop.2026-01-31_04-00-00.zip'
/** As PostgreSQL would take them. */
const NAMES = ['shop', '<img src=x onerror=alert(1)>', 'مبيعات‮gnirts', 'n'.repeat(60)]
/** As files and folders may be called. */
const LONG = 'n'.repeat(200)
const LONG_BACKUP = `shop.${LONG}.zip.enc`
/** Each with what tells that it is there, once it has been loaded. */
const PLACES = [
  ['dashboard', 'shop'],
  ['backups', /^5 (backups|Sicherungen)/],
  [`backups/${BACKUP}`, BACKUP],
  [`backups/${LONG_BACKUP}`, LONG_BACKUP],
  ['jobs', /line of an error/],
  ['jobs/1', /line of an error/],
  ['restore', BACKUP.slice(0, 4)],
  [`restore/${BACKUP}`, /Nothing speaks against it|Nichts spricht dagegen/],
  [`restore/${LONG_BACKUP}`, LONG],
  ['settings', /Google Drive/],
  ['settings/shop', /backups? stay|bleib/],
  ['setup', /Google Drive/],
] as const

const HALF_AN_HOUR_MS = 31 * 60_000

let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
  for (const name of NAMES) ui.fixture.agent.know(name)
  ui.fixture.agent.keep(BACKUP, 'shop')
  const keys = { accessKeyId: 'AKIA', secretAccessKey: 'never shown' }
  await ui.fixture.agent.changeDatabaseSettings('shop', {
    destination: { kind: 'own', bucket: 'apart', pathStyle: true, ...keys },
  })
  const message = `line of an error <img src=x onerror=alert(1)> ${'x'.repeat(200)}\n`.repeat(10_000)
  ui.fixture.agent.outcome = { state: 'failed', failure: { code: 'internal', message } }
  for (const database of NAMES.slice(1)) await ui.fixture.agent.startBackup({ database })
  ui.fixture.agent.outcome = { state: 'completed' }
  for (const name of NAMES.slice(1)) ui.fixture.agent.keep(`${name}.2026-01-30_04-00-00.zip`, name)
  ui.fixture.agent.keep(LONG_BACKUP, 'shop', { encrypted: true, foreign: true })
  const at = { kind: 'folder', path: `/mnt/${LONG}` } as const
  const error = new AgentError('storage_unreachable', `No answer from ${LONG}.`)
  ui.fixture.agent.unreachable = [{ place: `the folder ${at.path}`, at, error, keeps: () => false }]
  const createdAt = '2026-01-31T04:00:00Z'
  ui.fixture.agent.storedTokens.push({ name: 'n'.repeat(64), role: 'look', sha256: 'x', createdAt })
})
afterAll(() => ui.close())

const show = async (page: Page, place: string) => {
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/${place}`)
}

/** Texts that end in … for want of room. */
const cutTexts = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('*')]
    .filter(part => getComputedStyle(part).textOverflow === 'ellipsis' && part.scrollWidth > part.clientWidth)
    .map(part => part.textContent)`)

/** What is asked over a page or in it, and the door where a session is over. */
async function lookAtQuestions(page: Page, look: (question: string) => Promise<void>): Promise<string[]> {
  const dialog = page.getByRole('dialog')
  const main = page.getByRole('main')
  const ask: Readonly<Record<string, () => Promise<void>>> = {
    'to delete': async () => {
      await show(page, `backups/${LONG_BACKUP}`)
      await main.locator('.button-danger').click()
      await dialog.waitFor()
    },
    'to verify': async () => {
      await show(page, `backups/${LONG_BACKUP}`)
      await main.getByRole('button', { name: /^(Trial restore|Probe-Wiederherstellung)$/ }).click()
      await dialog.locator('input').waitFor()
    },
    'to remove a token': async () => {
      await show(page, 'settings')
      await main.getByRole('button', { name: /(Remove|Entfernen): nnn/ }).click()
      await dialog.waitFor()
    },
    'to replace, with a wrong password': async () => {
      await show(page, `restore/${LONG_BACKUP}`)
      await main.locator('input[pattern]').fill('shop')
      await main.getByRole('checkbox').first().check()
      const planned = page.waitForResponse(
        answer => answer.request().postData()?.includes('"wrong"') === true,
      )
      await main.locator('input[type="password"]').first().fill('wrong')
      // What was found of former wishes stands there until then.
      await planned
      await main.locator('[aria-busy="false"] .check-fault').first().waitFor()
    },
    'while a restore is looked at anew': async () => {
      await show(page, `restore/${BACKUP}`)
      await main.getByText(/Nothing speaks against it|Nichts spricht dagegen/).waitFor()
      await page.route('**/restores/plan', () => undefined)
      await main.locator('input[pattern]').fill('another')
      await main.locator('[aria-busy="true"] .check-ok').first().waitFor()
    },
    'while retention is worked out anew': async () => {
      await show(page, 'settings/shop')
      await main
        .getByText(/backups? stay|bleib/)
        .first()
        .waitFor()
      await page.route('**/rotation/preview', () => undefined)
      await main.getByLabel(/^(One per day|Eine je Tag)$/).fill('1')
      await main
        .locator('[aria-busy="true"]')
        .getByText(/Working out|ausgerechnet/)
        .waitFor()
    },
    'what is wrong with a field': async () => {
      await show(page, 'settings')
      await main.getByLabel(/^(Send e-mail to|E-Mail senden an)$/).fill('nobody')
      await main.getByRole('button', { name: /^(Save|Speichern)$/ }).click()
      await main.locator('[aria-invalid="true"]').waitFor()
    },
    'to sign in again': async () => {
      await show(page, 'backups')
      await main.getByRole('table').waitFor()
      ui.fixture.now += HALF_AN_HOUR_MS
      await main.locator('select').first().selectOption('shop')
      await dialog.waitFor()
    },
  }
  for (const [question, come] of Object.entries(ask)) {
    await come()
    await look(question)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  }
  return Object.keys(ask)
}

test.each([
  ['light', 'en-GB', 1280],
  ['dark', 'de-DE', 320],
] as const)(
  'in %s colours, %s, %i pixels wide, no page keeps anybody out, scrolls sideways or cuts the name of the product',
  async (colorScheme, locale, width) => {
    const page = await ui.open({ colorScheme, locale, viewport: { width, height: 800 } })
    const found: object[] = []
    const look = async (place: string) => {
      const scrollWidth = await page.evaluate('document.documentElement.scrollWidth')
      found.push({ place, scrollWidth, cut: await cutTexts(page), barriers: await barriers(page) })
    }
    await page.getByLabel(/^(Master password|Hauptpasswort)$/).waitFor()
    await look('door')
    await signInAs(page, ui.fixture.agent.masterPassword)
    if (width === 320) await page.getByRole('button', { name: 'Menü' }).click()
    await page
      .getByRole('link', { name: /Settings|Einstellungen/ })
      .first()
      .waitFor()
    await look('inside')
    for (const [place, sign] of PLACES) {
      await show(page, place)
      await page.getByRole('main').getByText(sign).first().waitFor()
      await look(place)
    }
    const questions = await lookAtQuestions(page, look)
    const places = ['door', 'inside', ...PLACES.map(([place]) => place), ...questions]
    expect(found).toEqual(places.map(place => ({ place, scrollWidth: width, cut: [], barriers: [] })))
    await page.context().close()
  },
)

test('with the keyboard alone a backup is found, checked and restored', async () => {
  const page = await ui.open({ locale: 'en-GB' })
  await page.getByLabel('Master password').waitFor()
  await tabTo(page, 'textbox', /Master password/)
  await page.keyboard.type(ui.fixture.agent.masterPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  await tabTo(page, 'link', /Restore/)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: `Restore ${BACKUP}` }).waitFor()
  await page.waitForFunction("document.title === 'Restore · Odoo backups'")
  await page.waitForFunction("document.activeElement.id === 'content'")
  await tabTo(page, 'link', new RegExp(BACKUP))
  await page.keyboard.press('Enter')
  await page.getByText('Nothing speaks against it.').waitFor()
  await tabTo(page, 'textbox', /Name of the restored/)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('by_keyboard')
  await tabTo(page, 'radio', /A copy beside/)
  await page.keyboard.press('ArrowDown')
  await tabTo(page, 'textbox', /Master password of Odoo/)
  await page.keyboard.type(ui.fixture.agent.masterPassword)
  await page.getByText('Nothing speaks against it.').waitFor()
  await tabTo(page, 'button', /Restore/)
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/jobs\//)
  expect(ui.fixture.agent.restores.at(-1)?.request).toMatchObject({ database: 'by_keyboard', copy: false })
  await page.context().close()
})

test('a question gives the focus back to what asked it', async () => {
  const page = await ui.openInside()
  await show(page, 'settings')
  await page.getByLabel('Name', { exact: true }).fill('nightly')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const remove = page.getByRole('button', { name: 'Remove: nightly' })
  await remove.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await focusSays(page, 'Remove: nightly')
  expect(ui.faults).toEqual([])
})
