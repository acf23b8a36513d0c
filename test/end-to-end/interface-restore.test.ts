import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { gate } from '../fixtures/gate.ts'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

const BACKUP = 'shop.2026-01-31_04-00-00.zip'
let ui: Interface
let page: Page
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep(BACKUP, 'shop')
  page = await ui.openInside()
})
beforeEach(async () => {
  ui.fixture.agent.restores.length = 0
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/restore/${BACKUP}`)
})
afterAll(() => ui.close())

const start = async (name: string) => {
  await page.getByLabel('Name of the restored database').fill(name)
  await page.getByLabel(/^Master password of Odoo/).fill(ui.fixture.agent.masterPassword)
  await page.getByRole('main').getByRole('button', { name: 'Restore', exact: true }).click()
  await page.waitForURL(/#\/jobs\//)
  return ui.fixture.agent.restores[0]?.request
}

test('what a restored database becomes is proposed with its reason, and left to the agent unless somebody chose', async () => {
  await page.getByText('Its original is on this server.').waitFor()
  await eventually(async () =>
    expect(await page.getByLabel(/^A copy beside the original/).isChecked()).toBe(true),
  )
  const request = await start('shop_again')
  expect(request).toMatchObject({ database: 'shop_again' })
  expect(request).not.toHaveProperty('copy')
  expect(request).not.toHaveProperty('neutralise')
  await page.getByRole('link', { name: 'Open the database' }).waitFor()
  await eventually(async () =>
    expect(await page.getByRole('link', { name: 'Open the database' }).getAttribute('href')).toBe(
      '../web?db=shop_again',
    ),
  )
})

test('a name that is proposed late does not come into what somebody types, but into a field that is left empty', async () => {
  const plans = '**/restores/plan'
  const plan = gate()
  await page.route(plans, async route => {
    await plan.opened
    await route.continue()
  })
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/restore/${BACKUP}`)
  const name = page.getByLabel('Name of the restored database')
  await name.focus()
  plan.open()
  await page.getByText('Its original is on this server.').waitFor()
  expect(await name.inputValue()).toBe('')
  await page.keyboard.insertText('typed_late')
  expect(await name.inputValue()).toBe('typed_late')
  await name.fill('')
  await name.blur()
  await eventually(async () => expect(await name.inputValue()).toBe('restored'))
  await page.unroute(plans)
})

test('it cannot be begun by what was found of the former wishes, not even for the blink before the new ones are looked at', async () => {
  const button = page.getByRole('main').getByRole('button', { name: 'Restore', exact: true })
  await eventually(async () => expect(await button.getAttribute('aria-disabled')).toBe('false'))
  const [asked, plan] = [gate(), gate()]
  const plans = '**/restores/plan'
  await page.route(plans, async route => {
    asked.arrive()
    await plan.opened
    await route.continue()
  })
  await page.evaluate(`{
    const button = document.querySelector('main button[type=submit]')
    window.seen = []
    new MutationObserver(() => window.seen.push(button.getAttribute('aria-disabled'))).observe(button, {
      attributeFilter: ['aria-disabled'],
    })
  }`)
  await page.getByLabel('Name of the restored database').fill('shop_again')
  await asked.reached
  expect(await page.evaluate('window.seen')).toEqual(['true'])
  plan.open()
  await eventually(async () => expect(await page.evaluate('window.seen')).toEqual(['true', 'false']))
  await page.unroute(plans)
})

test('what somebody chose is asked for', async () => {
  await page.getByLabel(/^The original, moved here/).check()
  await page.getByLabel(/^Neutralise/).click()
  expect(await start('shop_again')).toMatchObject({ copy: false, neutralise: true })
})

test('an upload takes the same path, and is restored as the agent decides, whatever its file is called', async () => {
  await page.goto(`${ui.url}#/restore`)
  await page.getByRole('link', { name: `Restore ${BACKUP}` }).waitFor()
  const file = { name: 'shop_2026-01-01.zip', mimeType: 'application/zip', buffer: Buffer.from('an archive') }
  const asked = page.waitForRequest(request => request.postData()?.includes('"upload"') === true)
  await page.getByLabel(/^Backup file/).setInputFiles(file)
  // What is proposed is called after it where the file cannot be read yet.
  expect((await asked).postDataJSON()).toMatchObject({ source: { kind: 'upload', name: file.name } })
  await page.getByText('A file does not say where its original is.').waitFor()
  const request = await start('shop_of_file')
  expect(request?.source.kind).toBe('file')
  expect(request).not.toHaveProperty('copy')
  expect(request).not.toHaveProperty('neutralise')
})

test('an encrypted file asks for its own password, and is not said to take one of the settings', async () => {
  await page.goto(`${ui.url}#/restore`)
  const file = {
    name: 'shop.zip.enc',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('an archive'),
  }
  await page.getByLabel(/^Backup file/).setInputFiles(file)
  await page.getByRole('listitem').getByText('The encryption password is wrong.').waitFor()
  expect(await page.getByText(/the settings/).count()).toBe(0)
  await page.getByLabel('Encryption password').fill(ui.fixture.agent.encryptionPassword)
  await page.getByText('The password is right.').waitFor()
  await start('shop_of_encrypted_file')
  expect(ui.fixture.agent.restores[0]?.encryptionPassword).toBe(ui.fixture.agent.encryptionPassword)
})

test('an upload tells how far it is and that the page must stay open, and ends by its button or by leaving', async () => {
  const uploads = '**/api/uploads*'
  await page.route(uploads, () => undefined)
  const file = { name: 'shop.zip', mimeType: 'application/zip', buffer: Buffer.alloc(5_000_000) }
  const input = page.getByLabel(/^Backup file/)
  const send = async () => {
    const asked = page.waitForRequest(uploads)
    await input.setInputFiles(file)
    await asked
    await page.getByRole('progressbar').waitFor()
    return page.waitForEvent('requestfailed')
  }
  await page.goto(`${ui.url}#/restore`)
  const cancelled = send()
  await page.getByText(/ \/ 5(\.0)?\sMB/).waitFor()
  await page.getByText(/^Keep this page open/).waitFor()
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  expect((await cancelled).url()).toContain('/api/uploads')
  await eventually(async () => expect(await page.getByRole('progressbar').count()).toBe(0))
  expect(await page.getByRole('alert').count()).toBe(0)
  // The same file can be chosen once more.
  expect(await input.inputValue()).toBe('')
  const left = send()
  await page.getByRole('progressbar').waitFor()
  await page.getByRole('navigation').getByRole('link', { name: 'Backups', exact: true }).click()
  expect((await left).url()).toContain('/api/uploads')
  await page.unroute(uploads)
})

test('what is no backup file is not sent', async () => {
  await page.goto(`${ui.url}#/restore`)
  const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') }
  await page.getByLabel(/^Backup file/).setInputFiles(file)
  await page.getByText(/^This is no backup file/).waitFor()
})

test('a taken name stops it until the database is to be replaced and its name is typed', async () => {
  await page.getByLabel('Name of the restored database').fill('shop')
  await page.getByText('A database of this name exists.').waitFor()
  await page.getByText('It is taken.').waitFor()
  await page.getByLabel(/^Master password of Odoo/).fill(ui.fixture.agent.masterPassword)
  await eventually(async () =>
    expect(await page.getByRole('button', { name: 'Restore', exact: true }).isDisabled()).toBe(true),
  )
  await page.getByLabel(/^Replace it/).check()
  const replace = page.getByRole('button', { name: 'Replace and restore' })
  await page.getByText('Nothing speaks against it.').waitFor()
  await eventually(async () => expect(await replace.isDisabled()).toBe(true))
  const confirmation = page.getByLabel(/^Type .* to confirm/)
  await confirmation.fill('shop')
  // In a box of a colour of its own what is typed looks as everywhere, not like a placeholder.
  const ofPage = await page.evaluate('getComputedStyle(document.body).color')
  expect(await page.evaluate('getComputedStyle(document.activeElement).color')).toBe(ofPage)
  await replace.click()
  await page.waitForURL(/#\/jobs\//)
  expect(ui.fixture.agent.restores[0]?.request).toMatchObject({ database: 'shop', replace: true })
  expect(ui.fixture.agent.restores[0]?.request).not.toHaveProperty('keepSchedules')
})

test('beside the button that cannot be pressed stands why, with the way to the checks, which say it by their colour too', async () => {
  const button = page.getByRole('main').getByRole('button', { name: /^(Restore|Replace and restore)$/ })
  const why = async () =>
    page.locator(`[id="${await button.getAttribute('aria-describedby')}"]`).textContent()
  const verdict = page.getByRole('status').filter({ has: page.locator('svg') })
  await eventually(async () => expect(await button.getAttribute('aria-disabled')).toBe('false'))
  expect(await why()).toBe('')
  expect(await verdict.getAttribute('class')).toContain('tone-good')

  await page.getByLabel('Name of the restored database').fill('shop')
  await eventually(async () =>
    expect(await why()).toBe('It cannot start like this. What speaks against it: Name.'),
  )
  expect(await verdict.getAttribute('class')).toContain('tone-bad')
  await page.getByRole('button', { name: 'Show the checks' }).click()
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Checks')

  await page.getByLabel(/^Replace it/).check()
  await eventually(async () => expect(await why()).toMatch(/^First type the name/))
})

test('where nothing could be checked the button says so, and that nothing speaks against it is not said', async () => {
  const plans = '**/restores/plan'
  await page.getByText('Nothing speaks against it.').waitFor()
  await page.route(plans, route => route.fulfill({ status: 502, body: '' }))
  await page.getByLabel('Name of the restored database').fill('shop_again')
  await page.getByText('It cannot start, since it could not be checked.').waitFor()
  expect(await page.getByText('Nothing speaks against it.').count()).toBe(0)
  await page.unroute(plans)
})

test('the schedules of a database that is replaced go on only where somebody says so', async () => {
  await page.getByLabel('Name of the restored database').fill('shop')
  await page.getByLabel(/^Replace it/).check()
  await page.getByLabel(/^Go on with its backup schedules/).check()
  await page.getByLabel(/^Type .* to confirm/).fill('shop')
  await page.getByLabel(/^Master password of Odoo/).fill(ui.fixture.agent.masterPassword)
  await page.getByText('Nothing speaks against it.').waitFor()
  await page.getByRole('button', { name: 'Replace and restore' }).click()
  await page.waitForURL(/#\/jobs\//)
  expect(ui.fixture.agent.restores[0]?.request).toMatchObject({ replace: true, keepSchedules: true })
})

test('that schedules go on is said of one database, and of none that is not replaced any more', async () => {
  const name = page.getByLabel('Name of the restored database')
  const replace = page.getByLabel(/^Replace it/)
  const goOn = page.getByLabel(/^Go on with its backup schedules/)
  await name.fill('shop')
  await replace.check()
  await goOn.check()
  await replace.uncheck()
  await replace.check()
  expect(await goOn.isChecked()).toBe(false)
  await goOn.check()
  await name.fill('shop_again')
  await name.fill('shop')
  await replace.check()
  expect(await goOn.isChecked()).toBe(false)
})

test('a wrong encryption password is told before anything is begun', async () => {
  const { name } = ui.fixture.agent.keep('shop.2026-01-31_05-00-00.zip.enc', 'shop', { encrypted: true })
  await page.goto(`${ui.url}#/restore/${name}`)
  const password = page.getByLabel('Encryption password')
  await password.fill('wrong')
  await page.getByRole('listitem').getByText('The encryption password is wrong.').waitFor()
  await eventually(async () =>
    expect(await page.getByRole('button', { name: 'Restore', exact: true }).isDisabled()).toBe(true),
  )
  // Its field tells too: on a phone the checks are far below it.
  await page.getByRole('alert').getByText('The encryption password is wrong.').waitFor()
  await eventually(async () => expect(await password.getAttribute('aria-invalid')).toBe('true'))
  await password.fill(ui.fixture.agent.encryptionPassword)
  await page.getByText('The password is right.').waitFor()
  await start('shop_decrypted')
  expect(ui.fixture.agent.restores[0]?.encryptionPassword).toBe(ui.fixture.agent.encryptionPassword)
  expect(ui.faults).toEqual([])
})
