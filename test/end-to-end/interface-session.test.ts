import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { eventually } from './eventually.ts'
import { type Interface, signInAs, startInterface } from './interface.ts'

let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
})
afterAll(() => ui.close())

const HALF_AN_HOUR_MS = 31 * 60_000

test('a session that ends is begun again over the page, which keeps what was typed', async () => {
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/restore/shop.2026-01-31_04-00-00.zip`)
  const name = page.getByLabel('Name of the restored database')
  const planned = page.waitForResponse(
    answer => /restores\/plan/.test(answer.url()) && !!answer.request().postData()?.includes('typed_before'),
  )
  await name.fill('typed_before')
  await name.focus()
  await planned
  await page.getByText('Nothing speaks against it.').waitFor()
  await page.getByLabel(/^Master password of Odoo/).fill(ui.fixture.agent.masterPassword)
  // From here on nothing is asked by the clock: only the press can find that the session is over.
  await page.evaluate('Object.defineProperty(document, "visibilityState", { get: () => "hidden" })')
  ui.fixture.now += HALF_AN_HOUR_MS
  await page.getByRole('main').getByRole('button', { name: 'Restore', exact: true }).click()

  const door = page.getByRole('dialog', { name: 'Sign in again to go on' })
  await door.waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await eventually(async () => expect(await door.isVisible()).toBe(true))
  await signInAs(page, ui.fixture.agent.masterPassword)
  await door.waitFor({ state: 'hidden' })
  await eventually(async () => expect(await name.inputValue()).toBe('typed_before'))

  await page.getByRole('main').getByRole('button', { name: 'Restore', exact: true }).click()
  await page.waitForURL(/#\/jobs\//)
  expect(ui.fixture.agent.restores.at(-1)?.request.database).toBe('typed_before')
})

test('a page that nobody touches asks without keeping its session, and says so as soon as it is over', async () => {
  const page = await ui.openInside()
  await page.clock.install()
  await page.reload()
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  const asked = page.waitForRequest(request => request.headers()['x-unattended'] !== undefined)
  await page.clock.fastForward('02:00')
  await asked
  ui.fixture.now += HALF_AN_HOUR_MS
  await page.clock.fastForward('01:00')
  await page.getByRole('dialog', { name: 'Sign in again to go on' }).waitFor()
})

test('in another language a refusal is said in it, without the agent’s own words where they say no more', async () => {
  const page = await ui.open({ locale: 'de-DE' })
  await signInAs(page, 'wrong')
  const refusal = page.getByRole('alert')
  await refusal.getByText('Das Hauptpasswort ist falsch.').waitFor()
  expect(await refusal.locator('[lang=en]').count()).toBe(0)
})

test('a browser that is told to remember nothing shows everything, and changes colours and language', async () => {
  const page = await ui.open()
  await page.addInitScript(() => {
    const forbid = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    Object.defineProperty(globalThis, 'localStorage', { get: forbid })
  })
  await page.reload()
  await signInAs(page, ui.fixture.agent.masterPassword)
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  await page.getByRole('button', { name: 'Dark colours' }).click()
  await page.getByRole('button', { name: 'Light colours' }).waitFor()
  await page.getByLabel('Language').selectOption('de')
  await page.getByRole('link', { name: 'Übersicht' }).waitFor()
})

test('a browser that keeps nothing for a log-in says so before anybody leaves for it', async () => {
  const page = await ui.open()
  await page.addInitScript(() => {
    const forbid = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError')
    }
    Object.defineProperty(globalThis, 'sessionStorage', { get: forbid })
  })
  await page.reload()
  await signInAs(page, ui.fixture.agent.masterPassword)
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  const { connection } = ui.fixture.agent
  ui.fixture.agent.connection = { state: 'login_required', authLink: `${ui.url}#/elsewhere` }
  await page.goto(`${ui.url}#/setup`)
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await page.getByRole('alert').getByText('This browser keeps nothing for this page').waitFor()
  expect(page.url()).toContain('#/setup')
  ui.fixture.agent.connection = connection
})

test('whoever signs out meets the door itself, with nothing of the page behind it', async () => {
  const page = await ui.openInside()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
  await eventually(async () => expect(await page.getByRole('dialog').count()).toBe(0))
  expect(ui.faults).toEqual([])
})
