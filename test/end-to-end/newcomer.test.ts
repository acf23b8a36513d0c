import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { connectionTo, createOdooDatabase, filestoreOf } from '../../infra/odoo-instance/create.ts'
import { differences, fingerprint } from '../../infra/odoo-instance/fingerprint.ts'
import { openChromium } from './chromium.ts'
import { eventually, JOB_PATIENCE_MS, PATIENCE_MS } from './eventually.ts'
import { type Line, startLine } from './line.ts'

let line: Line
let browser: Browser
let page: Page
const faults: string[] = []

beforeAll(async () => {
  line = await startLine()
  await createOdooDatabase(line.odoo, `${line.prefix}_shop`, { records: 500, filestoreBytes: 3 * 1024 ** 2 })
  browser = await openChromium()
  page = await browser.newPage()
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

test('a newcomer connects the server with a log-in and consent, and pays for the month', async () => {
  await page.goto(`${line.agentUrl}/web/database/backups`)
  await page.getByLabel('Master password').fill(line.masterPassword)
  await page.getByRole('button', { name: 'Show the backups' }).click()
  await page.getByRole('link', { name: 'Log in and approve' }).click()

  await page.waitForURL(`${line.sandbox.odooComUrl}/**`)
  await page.getByLabel('E-mail').fill(line.user.login)
  await page.getByLabel('Password').fill(line.user.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()

  const approve = page.getByRole('button', { name: 'Approve' })
  await approve.waitFor()
  expect(page.url().startsWith(`${line.brokerUrl}/consent/`)).toBe(true)
  await eventually(async () => expect(await page.locator('main').textContent()).toContain(line.agentUrl))
  await approve.click()

  await page.getByRole('link', { name: 'Buy credit' }).click()
  await page.waitForURL(`${line.sandbox.iapUrl}/**`)
  await page.getByRole('button', { name: 'Buy 100 credits' }).click()
  await page.getByText('100 credits were added').waitFor()

  await page.goto(`${line.agentUrl}/web/database/backups`)
  await page.getByText('There are no backups yet.').waitFor()
  expect(page.url()).not.toContain('odoo_backup_code')
})

test('they back a database up with a click and see it listed', async () => {
  await page.getByLabel('Database', { exact: true }).selectOption(`${line.prefix}_shop`)
  await page.getByRole('button', { name: 'Back up' }).click()
  await page.getByText('Done.').waitFor({ timeout: JOB_PATIENCE_MS })
  await page.getByRole('link', { name: 'Back to the backups' }).click()
  const row = page.getByRole('row', { name: new RegExp(`${line.prefix}_shop\\.`) })
  await eventually(async () => expect(await row.textContent()).toMatch(/\.zip/))
})

test('a wrong master password restores nothing and says so', async () => {
  await page.getByRole('link', { name: /^Restore / }).click()
  await page.getByLabel('Name of the new database').fill(`${line.prefix}_never`)
  await page.getByLabel('Master password').fill('wrong')
  const answered = page.waitForResponse(answer => answer.request().method() === 'POST')
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  expect((await answered).status()).toBe(403)
  await eventually(async () =>
    expect(await page.getByRole('alert').first().textContent()).toMatch(/password/i),
  )
})

test('they restore the backup under another name, and the copy is the original to the last byte', async () => {
  await page.getByLabel('Name of the new database').fill(`${line.prefix}_again`)
  await page.getByLabel('It was moved: the original is gone').check()
  const neutralise = page.getByLabel('Neutralise')
  if (await neutralise.isChecked()) await neutralise.uncheck()
  await page.getByLabel('Master password').fill(line.masterPassword)
  // A quick restore leads on to Odoo's own database manager, a longer one to the page of its job.
  const manager = page.waitForRequest(`${line.agentUrl}/web/database/manager`, { timeout: JOB_PATIENCE_MS })
  const finished = page.getByText('Done.').waitFor({ timeout: JOB_PATIENCE_MS })
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await Promise.any([manager, finished])
  const take = (name: string) => fingerprint(connectionTo(line.odoo, name), filestoreOf(line.odoo, name))
  const original = await take(`${line.prefix}_shop`)
  expect(differences(original, await take(`${line.prefix}_again`))).toEqual([])
  expect(Object.keys(original.files).length).toBeGreaterThan(10)
})

test('no page broke a rule of its own: no script failed and nothing was blocked', () => {
  expect(faults).toEqual([])
})
