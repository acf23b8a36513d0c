import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'
import { goTo, saveForm } from './settings-page.ts'

/** The same settings changed in two tabs. */

let ui: Interface
let page: Page
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  page = await ui.openInside({ timezoneId: 'Europe/Berlin' })
})
afterAll(() => ui.close())

const file = () => readFile(ui.store.path, 'utf8')
const show = (place: string, where = page) => goTo(ui, where, place)
const save = (where = page) => saveForm(where)

test('two tabs that change different things keep each other’s changes', async () => {
  const other = await page.context().newPage()
  await show('settings/shop', other)
  await other.getByLabel('One per week', { exact: true }).waitFor()
  await show('settings/shop')
  await page.getByLabel('One per month', { exact: true }).fill('12')
  await save()
  await other.getByLabel('One per week', { exact: true }).fill('4')
  await save(other)
  expect(await file()).toMatch(/weekly_limit = 4/)
  expect(await file()).toMatch(/monthly_limit = 12/)
  await eventually(async () =>
    expect(await other.getByLabel('One per month', { exact: true }).inputValue()).toBe('12'),
  )
  await other.close()
})

test('of two tabs that change the same setting the second is told, keeps what was typed, and chooses', async () => {
  const other = await page.context().newPage()
  await show('settings/shop', other)
  const weekly = (where: Page) => where.getByLabel('One per week', { exact: true })
  await weekly(other).waitFor()
  await show('settings/shop')
  await weekly(page).fill('9')
  await save()

  const told = other.getByRole('alert').filter({ hasText: 'Nothing was saved' })
  const press = (name: string) => other.getByRole('button', { name, exact: true }).click()
  await weekly(other).fill('5')
  await press('Save')
  await told.getByText('One per week').waitFor()
  expect(await weekly(other).inputValue()).toBe('5')
  expect(await file()).toContain('weekly_limit = 9')
  await press('Load the new settings')
  await eventually(async () => expect(await weekly(other).inputValue()).toBe('9'))
  expect(await told.count()).toBe(0)

  // By hand, as an editor writes it.
  await writeFile(ui.store.path, (await file()).replace('weekly_limit = 9', 'weekly_limit = 8'))
  await weekly(other).fill('6')
  await press('Save')
  await told.waitFor()
  await press('Save mine over them')
  await other.getByText('Saved.', { exact: true }).waitFor()
  expect(await file()).toContain('weekly_limit = 6')
  await other.close()
})

test('of two tabs that set the same password, or another secret that no page shows, the second is told', async () => {
  const other = await page.context().newPage()
  const named = (where: Page, name: string) =>
    where.getByRole('alert').getByText(name, { exact: true }).waitFor()
  const press = (name: string) => other.getByRole('button', { name, exact: true }).click()
  const password = async (where: Page, text: string) => {
    await where.getByLabel('New password', { exact: true }).fill(text)
    await where.getByLabel('The password once more').fill(text)
    await where.getByLabel(/^I keep this password elsewhere/).check()
  }
  await show('settings/shop')
  await page.getByLabel('Encrypt with a password').check()
  await page.getByLabel('Password', { exact: true }).fill('before')
  await page.getByLabel('The password once more').fill('before')
  await page.getByLabel(/^I keep this password elsewhere/).check()
  await save()
  await show('settings/shop', other)
  await other.getByLabel('New password', { exact: true }).waitFor()
  await show('settings/shop')
  await password(page, 'first of two')
  await save()
  await password(other, 'second of two')
  await press('Save')
  await named(other, 'Password of the encryption')
  expect(await file()).toContain('encryption_password = first of two')
  await press('Save mine over them')
  await other.getByText('Saved.', { exact: true }).waitFor()
  expect(await file()).toContain('encryption_password = second of two')

  // An address that is a secret, and nothing that was changed meanwhile: nobody is asked.
  await show('settings/shop')
  await page.getByLabel('One per year', { exact: true }).fill('3')
  await save()
  await other.getByLabel(/^Address to call/).fill('https://ping.example.com/mine')
  await save(other)

  const log = async (where: Page, text: string) => {
    await where.getByLabel('User at the mail server').fill('robot')
    await where.getByLabel('Password at the mail server').fill(text)
  }
  await show('settings')
  await page.getByLabel('Mail server (SMTP)').fill('mail.example.com')
  await log(page, 'before')
  await save()
  await show('settings', other)
  await other.getByLabel('Password at the mail server').waitFor()
  await show('settings')
  await log(page, 'one of two')
  await save()
  await log(other, 'two of two')
  await press('Save')
  await named(other, 'Password at the mail server')
  expect(await file()).toContain('smtp_password = one of two')
  await press('Load the new settings')
  for (const field of ['User at the mail server', 'Mail server (SMTP)'])
    await other.getByLabel(field).fill('')
  await save(other)
  expect(await other.content()).not.toMatch(/of two/)
  await other.close()
})

test('the forms of one page save beside each other, and a mail server changed in two tabs is asked about', async () => {
  const other = await page.context().newPage()
  const field = (where: Page) => where.getByLabel('Mail server (SMTP)')
  await show('settings', other)
  await field(other).waitFor()
  await show('settings')
  await field(page).fill('one.example.com')
  await save()
  await other.getByLabel('Sender').fill('robot@example.com')
  await save(other)
  expect(await file()).toMatch(/smtp_host = one\.example\.com/)
  await field(other).fill('two.example.com')
  await save(other)
  await field(page).fill('three.example.com')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('alert').getByText('Mail server (SMTP)').waitFor()
  expect(await file()).toMatch(/smtp_host = two\.example\.com/)
  await page.getByRole('button', { name: 'Load the new settings' }).click()
  await eventually(async () => expect(await field(page).inputValue()).toBe('two.example.com'))
  await field(page).fill('')
  await page.getByLabel('Sender').fill('')
  await save()
  await other.close()
})
