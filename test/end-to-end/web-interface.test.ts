import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { connectionTo, createOdooDatabase, filestoreOf } from '../../infra/odoo-instance/create.ts'
import { differences, fingerprint } from '../../infra/odoo-instance/fingerprint.ts'
import { barriers } from '../fixtures/page-barriers.ts'
import { buildWebInterface } from './built-interface.ts'
import { openChromium } from './chromium.ts'
import { eventually, JOB_PATIENCE_MS, PATIENCE_MS } from './eventually.ts'
import { pressOn } from './keyboard.ts'
import { type Line, startLine } from './line.ts'

let line: Line
let browser: Browser
let page: Page
const faults: string[] = []

beforeAll(async () => {
  await buildWebInterface()
  line = await startLine()
  await createOdooDatabase(line.odoo, `${line.prefix}_shop`, { records: 500, filestoreBytes: 3 * 1024 ** 2 })
  browser = await openChromium()
  page = await browser.newPage({ locale: 'en-GB' })
  page.setDefaultTimeout(PATIENCE_MS)
  page.on('pageerror', error => faults.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error' && !/status of 40/.test(message.text())) faults.push(message.text())
  })
})
afterAll(async () => {
  await browser?.close()
  await line?.close()
})

test('nobody gets in with a wrong master password', async () => {
  await page.goto(`${line.agentUrl}/odoo_backup_sh/`)
  await page.getByLabel('Master password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).first().click()
  await page.getByRole('alert').waitFor()
  await eventually(async () => expect(await page.getByRole('alert').textContent()).toMatch(/password/i))
})

test('with the keyboard alone, a newcomer signs in and is led to the first set-up', async () => {
  await page.getByLabel('Master password').fill(line.masterPassword)
  await page.getByLabel('Master password').press('Enter')
  const overview = page.getByRole('link', { name: 'Overview' })
  await overview.waitFor()
  const setUp = page.getByRole('link', { name: 'Set up backups' })
  await setUp.focus()
  await setUp.press('Enter')
  await page.getByRole('heading', { name: 'Set up backups' }).waitFor()
})

test('by the keyboard too they log in at odoo.com, approve, buy credit, and come back to where they were', async () => {
  await page.getByRole('button', { name: 'Save and connect' }).waitFor()
  await pressOn(page, 'button', /Save and connect/)
  await page.waitForURL(`${line.sandbox.odooComUrl}/**`)
  await page.getByLabel('E-mail').fill(line.user.login)
  await page.getByLabel('Password').fill(line.user.password)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Allow' }).press('Enter')
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  await pressOn(page, 'button', /Approve/)
  await page.waitForURL(`${line.agentUrl}/odoo_backup_sh/**`)
  await page.waitForURL(url => !url.href.includes('odoo_backup_code'))

  await page.getByRole('link', { name: 'Buy credit' }).first().waitFor()
  const shop = page.waitForEvent('popup')
  await pressOn(page, 'link', /Buy credit/)
  const till = await shop
  await till.getByRole('button', { name: 'Buy 100 credits' }).click()
  await till.getByText('100 credits were added').waitFor()
  await till.close()
})

test('they choose the database, keep the sensible plan, and watch the first backup until it is verified', async () => {
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await page.getByRole('checkbox', { name: new RegExp(`${line.prefix}_shop`) }).waitFor()
  const others = page.getByRole('checkbox', { name: new RegExp(`^(?!${line.prefix}_shop)`) })
  for (const other of await others.all()) await other.uncheck()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Save and go on' }).click()
  await page.getByRole('button', { name: 'Make a backup now' }).click()
  await page.getByText('Your first backup is made and verified.').waitFor({ timeout: JOB_PATIENCE_MS })
  expect(await barriers(page)).toEqual([])
})

test('every page keeps its promises to those who see or move differently, in both themes', async () => {
  for (const theme of ['Dark colours', 'Light colours']) {
    await page.getByRole('button', { name: theme }).click()
    for (const place of ['', 'backups', 'restore', 'jobs', 'settings', 'setup']) {
      await page.goto(`${line.agentUrl}/odoo_backup_sh/#/${place}`)
      await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
      expect({ place, theme, barriers: await barriers(page) }).toEqual({ place, theme, barriers: [] })
    }
  }
})

test('nothing has to be scrolled sideways on the smallest phone', async () => {
  await page.setViewportSize({ width: 320, height: 640 })
  for (const place of ['', 'backups', 'restore', 'jobs', 'settings', 'setup']) {
    await page.goto(`${line.agentUrl}/odoo_backup_sh/#/${place}`)
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect({ place, width }).toEqual({ place, width: 320 })
  }
  await page.setViewportSize({ width: 1280, height: 900 })
})

test('they restore the backup under another name, and it is the original to the last byte', async () => {
  await page.goto(`${line.agentUrl}/odoo_backup_sh/#/backups`)
  await page
    .getByRole('row', { name: new RegExp(`${line.prefix}_shop`) })
    .getByRole('link')
    .first()
    .click()
  await page.getByRole('main').getByRole('link', { name: 'Restore' }).click()
  await page.getByLabel('Name of the restored database').fill(`${line.prefix}_again`)
  await page.getByLabel(/^The original, moved here/).check()
  await page.getByLabel(/^Live/).check()
  await page.getByLabel(/^Master password of Odoo/).fill(line.masterPassword)
  await page.getByRole('main').getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByText('done', { exact: true }).waitFor({ timeout: JOB_PATIENCE_MS })
  const take = (name: string) => fingerprint(connectionTo(line.odoo, name), filestoreOf(line.odoo, name))
  const original = await take(`${line.prefix}_shop`)
  expect(differences(original, await take(`${line.prefix}_again`))).toEqual([])
})

test('an existing database is replaced only after its name is typed', async () => {
  await page.goto(`${line.agentUrl}/odoo_backup_sh/#/backups`)
  await page
    .getByRole('row', { name: new RegExp(`${line.prefix}_shop`) })
    .getByRole('link', { name: /^Restore / })
    .click()
  await page.getByLabel('Name of the restored database').fill(`${line.prefix}_again`)
  const start = page.getByRole('button', { name: 'Replace and restore' })
  await page.getByLabel(/^Replace it/).check()
  await eventually(async () => expect(await start.isDisabled()).toBe(true))
  await page.getByLabel(/^Type .* to confirm/).fill(`${line.prefix}_again`)
  await page.getByText('Ready to restore. Read the warnings first.').waitFor()
  await eventually(async () => expect(await start.isEnabled()).toBe(true))
})

test('no page broke a rule of its own: no script failed and nothing was blocked', () => {
  expect(faults).toEqual([])
})
