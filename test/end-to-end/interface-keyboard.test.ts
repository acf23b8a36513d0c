import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Interface, startInterface } from './interface.ts'
import { choose, focusSays, pressOn, tabTo, typeInto } from './keyboard.ts'

const BACKUP = 'shop.2026-01-31_04-00-00.zip'
const HOUR_MS = 3_600_000
let ui: Interface
let page: Page
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.agent.know('trial')
  ui.fixture.agent.keep(BACKUP, 'shop')
  page = await ui.open({ timezoneId: 'Europe/Berlin' })
})
afterAll(() => ui.close())

const file = () => readFile(ui.store.path, 'utf8')
/** The places begin anew, as after a reload. */
const show = async (place: string) => {
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/${place}`)
}
const save = async () => {
  await pressOn(page, 'button', /"Save"/)
  await page.getByText('Saved.', { exact: true }).waitFor()
}
beforeEach(() => {
  ui.fixture.agent.outcome = { state: 'completed' }
})

test('the door takes what is typed at once, and gives the focus to the page behind it', async () => {
  await focusSays(page, 'Master password')
  await page.keyboard.type('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await typeInto(page, /Master password/, ui.fixture.agent.masterPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  await page.waitForFunction("document.activeElement.id === 'content'")
  await tabTo(page, 'link', /shop/)
})

test('a backup is begun from the overview, and its page has the focus', async () => {
  await show('dashboard')
  await page.getByRole('button', { name: 'Make a backup now' }).first().waitFor()
  await pressOn(page, 'button', /Make a backup now/, 'Space')
  await page.waitForURL(/#\/jobs\//)
  await page.waitForFunction("document.activeElement.id === 'content'")
  expect(ui.fixture.agent.jobsMade.at(-1)).toMatchObject({ kind: 'backup' })
})

test('from nothing to a first verified backup', async () => {
  ui.fixture.agent.outcome = { state: 'completed', backup: BACKUP }
  await show('setup')
  await page.getByRole('radio', { name: /^odoo-backup\.sh/ }).waitFor()
  await pressOn(page, 'button', /Save and connect/)
  await page.getByRole('checkbox', { name: /trial/ }).waitFor()
  await focusSays(page, 'Step 2')
  await pressOn(page, 'checkbox', /trial/, 'Space')
  await pressOn(page, 'button', /Next/)
  await page.getByLabel(/^At /).waitFor()
  await focusSays(page, 'Step 3')
  await tabTo(page, 'textbox', /At/)
  await page.keyboard.type('0430')
  await typeInto(page, /One per day/, '14', 'spinbutton')
  await pressOn(page, 'checkbox', /Encrypt with a password/, 'Space')
  await typeInto(page, /"Password"/, 'correct horse')
  await typeInto(page, /The password once more/, 'correct horse')
  await pressOn(page, 'checkbox', /I keep this password elsewhere/, 'Space')
  await pressOn(page, 'button', /Save and go on/)
  await page.getByRole('button', { name: 'Make a backup now' }).waitFor()
  await pressOn(page, 'button', /Make a backup now/)
  await page.getByText('Your first backup is made and verified.').waitFor()
  await focusSays(page)
  await pressOn(page, 'link', /To the overview/)
  await page.getByRole('heading', { name: 'Databases' }).waitFor()
  const written = await file()
  expect(written).toMatch(/schedule_1 = every 1 days at 04:30 in Europe\/Berlin/)
  expect(written).toMatch(/daily_limit = 14/)
  expect(written).toMatch(/encryption_password = correct horse/)
})

test('the settings of a database', async () => {
  await show('settings')
  await page.getByRole('main').getByRole('link', { name: 'trial' }).waitFor()
  await pressOn(page, 'link', /trial/)
  await page.getByRole('button', { name: 'Add a nightly run' }).waitFor()
  await page.waitForFunction("document.activeElement.id === 'content'")
  await pressOn(page, 'checkbox', /Back up by schedule/, 'Space')
  await pressOn(page, 'button', /Add a nightly run/)
  await tabTo(page, 'textbox', /"At/)
  await page.keyboard.type('0315')
  await pressOn(page, 'button', /Add a cron expression/)
  await tabTo(page, 'button', /Remove.*2/, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await focusSays(page)
  await typeInto(page, /One per week/, '4', 'spinbutton')
  await pressOn(page, 'checkbox', /One per year: /, 'Space')
  await tabTo(page, 'radio', /./)
  await page.keyboard.press('ArrowDown')
  await save()
  await focusSays(page, 'Save')
  const section = /\[database:trial\][^[]*/.exec(await file())?.[0] ?? ''
  expect(section).toMatch(/schedule_1 = every 1 days at 03:15 in Europe\/Berlin/)
  expect(section).not.toMatch(/schedule_2/)
  expect(section).toMatch(/weekly_limit = 4/)
  expect(section).toMatch(/yearly_rotation = unlimited/)
  expect(section).toMatch(/format = dump/)
})

test('where backups go, by the choice of a bucket that is tried first', async () => {
  await show('settings')
  await page.getByLabel(/^An S3 bucket of my own/).waitFor()
  await tabTo(page, 'radio', /odoo-backup\.sh/)
  await page.keyboard.press('ArrowDown')
  await typeInto(page, /"Bucket"/, 'mine')
  await typeInto(page, /Access key/, 'AKIA')
  await typeInto(page, /Secret key/, 'never shown')
  await pressOn(page, 'button', /Test the connection/)
  await page.getByText(/^A small object was written/).waitFor()
  await focusSays(page, 'Test the connection')
  await tabTo(page, 'button', /Test and save/, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByText('Saved.', { exact: true }).waitFor()
  expect(await file()).toContain('s3_bucket_name = mine')
})

test('notices, with a trial of the way that was entered', async () => {
  await show('settings')
  await page.getByLabel('Send e-mail to').waitFor()
  await typeInto(page, /Send e-mail to/, 'admin@example.com')
  await typeInto(page, /Mail server \(SMTP\)/, 'mail.example.com')
  await pressOn(page, 'button', /Send a test mail/)
  await page.getByText('Sent.').waitFor()
  await tabTo(page, 'button', /"Save"/, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByText('Saved.', { exact: true }).waitFor()
  await focusSays(page, 'Save')
  expect(await file()).toContain('mail.example.com')
})

test('a token is made, limited, and removed after a question', async () => {
  await show('settings')
  await page.getByLabel('Limited to').waitFor()
  await typeInto(page, /"Name"/, 'nightly')
  await tabTo(page, 'combobox', /Role/)
  await page.keyboard.press('ArrowDown')
  await tabTo(page, 'combobox', /Limited to/)
  await choose(page, 'shop')
  await pressOn(page, 'button', /Make a token/)
  await page.getByLabel(/^Copy the token now/).waitFor()
  expect(ui.fixture.agent.storedTokens).toEqual([
    expect.objectContaining({ name: 'nightly', role: 'operate', database: 'shop' }),
  ])
  await tabTo(page, 'button', /Remove: nightly/, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await focusSays(page, 'Remove: nightly')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await pressOn(page, 'button', /"Remove"/)
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Remove: nightly' }).waitFor({ state: 'detached' })
  expect(ui.fixture.agent.storedTokens).toEqual([])
  await focusSays(page)
})

test('a backup is found by its day, pinned, verified, and deleted after a question', async () => {
  const { agent } = ui.fixture
  const lastHour = new Date(Date.now() - HOUR_MS)
  lastHour.setUTCMinutes(0, 0, 0)
  agent.keep('trial.fresh.zip', 'trial', { takenAt: lastHour.toISOString() })
  await show('backups')
  await page.getByText('2 backups').waitFor()
  await tabTo(page, 'combobox', /Database/)
  await choose(page, 'trial')
  await page.getByText('1 backup', { exact: true }).waitFor()
  await pressOn(page, 'button', /1 backup/, 'Space')
  await pressOn(page, 'button', /show all days/)
  await page.getByRole('button', { name: /show all days/ }).waitFor({ state: 'detached' })
  await focusSays(page)
  await tabTo(page, 'link', /:00/)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Pin', exact: true }).waitFor()
  await pressOn(page, 'button', /"Pin"/)
  await page.getByRole('button', { name: 'Unpin' }).waitFor()
  await focusSays(page, 'Unpin')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Pin', exact: true }).waitFor()
  await tabTo(page, 'button', /"Verify/, 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/jobs\//)
  expect(agent.jobsMade.at(-1)).toMatchObject({ kind: 'verify' })
  await page.goBack()
  await page.getByRole('button', { name: 'Delete' }).waitFor()
  await pressOn(page, 'button', /Delete/)
  const question = page.getByRole('dialog')
  await question.waitFor()
  await tabTo(page, 'button', /Cancel/)
  await page.keyboard.press('Enter')
  await question.waitFor({ state: 'hidden' })
  await focusSays(page, 'Delete')
  await page.keyboard.press('Enter')
  await question.waitFor()
  await pressOn(page, 'button', /Delete/)
  await page.waitForURL(/#\/jobs\//)
  expect(agent.deleted).toEqual(['trial.fresh.zip'])
})

test('a job is opened, its log read and copied, and it is cancelled', async () => {
  const { agent } = ui.fixture
  agent.outcome = { state: 'active' }
  await agent.startBackup({ database: 'shop' })
  const { id } = agent.jobsMade.at(-1) ?? {}
  await show('jobs')
  await page.getByRole('link', { name: 'Backup shop' }).first().waitFor()
  await tabTo(page, 'combobox', /State/)
  await choose(page, 'running')
  await page.getByRole('table').getByText('running', { exact: true }).waitFor()
  await page.getByRole('table').getByText('done', { exact: true }).first().waitFor({ state: 'detached' })
  await pressOn(page, 'link', /Backup shop/)
  await page.waitForURL(new RegExp(`#/jobs/${id}$`))
  await page.getByRole('button', { name: 'Cancel' }).waitFor()
  await page.locator('summary', { hasText: 'Log' }).waitFor()
  for (let turn = 0; turn < 60; turn++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate('document.activeElement.tagName')) === 'SUMMARY') break
  }
  await page.keyboard.press('Enter')
  await page.getByText('The job begins.').waitFor()
  await pressOn(page, 'button', /Copy/)
  await page.getByText('Copied.').waitFor()
  await focusSays(page, 'Copy')
  await pressOn(page, 'button', /Cancel/)
  await page.getByText('cancelled', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' })
  await focusSays(page)
  expect(ui.faults).toEqual([])
})
