import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RetentionChange } from '@odoo-backup/protocol'
import type { Page } from 'playwright-core'
import { AgentError } from '../../apps/agent/src/errors.ts'
import { withSettings } from '../../apps/agent/src/operations/settings-change.ts'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'
import { goTo, saveForm } from './settings-page.ts'

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

test('the settings of one database bear its name and lead back to all of them', async () => {
  await show('settings/shop')
  await page.getByRole('heading', { level: 1, name: 'Settings of shop', exact: true }).waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Settings', exact: true }).waitFor()
})

test('a schedule shows its next runs before it is saved, and is saved', async () => {
  await show('settings/shop')
  await page.getByRole('button', { name: 'Add a nightly run' }).click()
  await page.getByLabel('At', { exact: true }).fill('03:30')
  await page.getByText('Next runs').waitFor()
  await save()
  expect(await file()).toContain('odoo_backup_sh_schedule_1 = every 1 days at 03:30 in Europe/Berlin')
})

test('an encrypted database is changed without its password, which is asked for once more only where it is new', async () => {
  await show('settings/shop')
  await page.getByLabel('Encrypt with a password').check()
  await page.getByLabel('Password', { exact: true }).fill('correct horse')
  await page.getByLabel('The password once more').fill('correct horse')
  await page.getByLabel(/^I keep this password elsewhere/).check()
  await save()
  await page.getByLabel('One per day', { exact: true }).fill('7')
  await eventually(async () =>
    expect(await page.getByLabel(/^I keep this password elsewhere/).count()).toBe(0),
  )
  await save()
  expect(await file()).toMatch(/encryption_password = correct horse[\s\S]*daily_limit = 7/)
  expect(await page.content()).not.toContain('correct horse')
})

test('the preview is of the limits as they stand in the form, and of the saved ones once they are saved', async () => {
  const asked: (RetentionChange | undefined)[] = []
  const { agent } = ui.fixture
  const kept = agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
  const gone = agent.keep('shop.2026-01-30_04-00-00.zip', 'shop')
  const { rotationPlan } = agent
  agent.rotationPlan = async (database, proposed) => {
    asked.push(proposed)
    const plan = await rotationPlan.call(agent, database)
    const goes = proposed?.daily === 1
    return {
      ...plan,
      kept: [
        { backup: kept, reasons: ['the newest'], texts: [{ code: 'newest' }] },
        ...(goes ? [] : [{ backup: gone, reasons: [], texts: [] }]),
      ],
      rotated: goes
        ? [
            {
              backup: gone,
              reason: 'not of the newest day',
              texts: [{ code: 'beyond_limit', frame: 'daily', limit: 1 }],
            },
          ]
        : [],
    }
  }
  await show('settings/shop')
  await page.getByText('All 2 backups stay.').waitFor()
  await page.getByLabel('One per day', { exact: true }).fill('1')
  await page.getByText('1 backup stays, 1 will be deleted. Nothing changes until you save.').waitFor()
  expect(await file()).toContain('daily_limit = 7')
  const before = asked.length
  await save()
  await page.getByText('1 backup stays, 1 will be deleted.', { exact: true }).waitFor()
  expect(asked.length).toBeGreaterThan(before)
  expect(await file()).toContain('daily_limit = 1')
})

test('a bucket is tried as it was entered, and saved only when it passed', async () => {
  const { agent } = ui.fixture
  await show('settings')
  await page.getByLabel(/^An S3 bucket of my own/).check()
  await page.getByLabel('Bucket', { exact: true }).fill('mine')
  await page.getByLabel('Access key').fill('AKIA')
  await page.getByLabel('Secret key').fill('never shown')
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await page.getByText(/^A small object was written/).waitFor()
  expect(agent.tried).toEqual([
    expect.objectContaining({ kind: 'own', bucket: 'mine', secretAccessKey: 'never shown' }),
  ])
  await page.getByLabel('Bucket', { exact: true }).fill('another')
  await eventually(async () => expect(await page.getByText(/^A small object was written/).count()).toBe(0))

  const { tryStorage } = agent
  agent.tryStorage = () => Promise.reject(new AgentError('storage_refused', 'There is no such bucket.'))
  await page.getByRole('button', { name: 'Test and save' }).click()
  await page.getByRole('alert').getByText('There is no such bucket.').waitFor()
  expect(await file()).not.toContain('another')
  agent.tryStorage = tryStorage
  await page.getByRole('button', { name: 'Test and save' }).click()
  await page.getByText('Saved.', { exact: true }).waitFor()
  expect(await file()).toContain('s3_bucket_name = another')
})

test('one database gets a place of its own: tried as entered, saved as a whole, taken back with a click', async () => {
  const { agent } = ui.fixture
  await show('settings/shop')
  await page.getByLabel(/^To a place of its own/).check()
  await page.getByLabel(/^An S3 bucket of my own/).check()
  await page.getByLabel('Bucket', { exact: true }).fill('apart')
  await page.getByLabel('Access key').fill('AKIA2')
  await page.getByLabel('Secret key').fill('of its own')
  await page.getByText('Earlier backups stay where they are.').waitFor()
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await page.getByText(/^A small object was written/).waitFor()
  const destination = { kind: 'own', bucket: 'apart', accessKeyId: 'AKIA2', secretAccessKey: 'of its own' }
  expect(agent.tried.at(-1)).toMatchObject(destination)

  const { tryDestination } = agent
  agent.tryDestination = () => Promise.reject(new AgentError('storage_refused', 'There is no such bucket.'))
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('alert').getByText('There is no such bucket.').waitFor()
  expect(await file()).not.toContain('AKIA2')
  agent.tryDestination = tryDestination
  await save()
  expect(await file()).toMatch(/\[database:shop\][\s\S]*AKIA2[\s\S]*destination = own/)

  // What the file has of another kind of place does not stay, and the secret key is asked for again.
  await page.getByLabel('Region', { exact: true }).fill('eu-central-1')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  expect(await page.locator('input:invalid').count()).toBe(1)
  await show('settings/shop')
  await page.getByLabel(/^To a place of its own/).uncheck()
  await save()
  expect(await file()).not.toMatch(/destination = |AKIA2/)
})

test('a refused setting is told at its field, which has the focus, in the reader’s language too', async () => {
  const german = await ui.openInside({ locale: 'de-DE' })
  await show('settings', german)
  const mail = german.getByLabel('E-Mail senden an')
  await mail.fill('admin@example.com, nobody')
  await german.getByRole('button', { name: 'Speichern', exact: true }).click()
  const said = german.getByText('„nobody“ ist keine E-Mail-Adresse. So sieht eine aus: admin@example.com.')
  await said.waitFor()
  await mail.and(german.locator(':focus')).waitFor()
  expect(await mail.getAttribute('aria-invalid')).toBe('true')
  expect(await mail.getAttribute('aria-describedby')).toContain((await said.getAttribute('id')) ?? 'none')
  // What the agent calls the field by is no word of the page.
  await german.getByText('Etwas im Formular stimmt nicht; es ist dort markiert.').waitFor()
  expect(await german.getByText('body.').filter({ visible: true }).count()).toBe(0)
  expect(await file()).not.toContain('nobody')
  await german.context().close()

  await show('settings/shop')
  await page.getByRole('button', { name: 'Add a cron expression' }).first().click()
  const cron = page.getByLabel('Cron expression')
  await cron.fill('every now and then')
  // Told at the field before anything is saved, once, and in no words of the file.
  await page.getByText('This says no time').waitFor()
  expect(await cron.getAttribute('aria-invalid')).toBe('true')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await cron.and(page.locator(':focus')).waitFor()
  await page.getByText('Something in the form is not right').waitFor()
  expect(await page.getByText('This says no time').count()).toBe(1)
  expect(await page.content()).not.toContain('Write for example')
  // What was typed is read whole, and what is beside the field stays there.
  const { scrollWidth, clientWidth } = await cron.evaluate(field => ({
    scrollWidth: field.scrollWidth,
    clientWidth: field.clientWidth,
  }))
  expect(scrollWidth).toBe(clientWidth)
  const remove = page.getByRole('button', { name: /^Remove \d/ }).last()
  const [beside, own] = [await remove.boundingBox(), await cron.boundingBox()]
  expect(Math.abs((beside?.y ?? 0) - (own?.y ?? 0))).toBeLessThan(3)

  await show('settings/shop')
  await page.getByRole('button', { name: 'Add a nightly run' }).click()
  const every = page.getByLabel('Every', { exact: true }).last()
  await every.waitFor()
  await page.route('**/databases/shop/settings', async route =>
    route.continue({
      postData: (route.request().postData() ?? '').replaceAll('Europe/Berlin', 'Mars/Olympus'),
    }),
  )
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('The agent does not know the time zone of this schedule.').first().waitFor()
  await eventually(async () => expect(await every.getAttribute('aria-invalid')).toBe('true'))
  await page.unrouteAll()

  await show('settings')
  await page.getByLabel('Folder in the bucket').fill('/backups/')
  await page.getByLabel('Bucket', { exact: true }).waitFor()
  ui.fixture.agent.tryStorage = async change => {
    await ui.store.preview(document => withSettings(document, { storage: change }))
    return { folder: '.' }
  }
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await page.getByText('Write a folder such as backups/odoo').first().waitFor()
})

test('what came of a save is seen where it was pressed, on a phone too, and hides no field that has the focus', async () => {
  const phone = await ui.openInside()
  await phone.setViewportSize({ width: 360, height: 780 })
  const seen = async (text: string) => {
    const told = phone.getByRole('alert').filter({ hasText: text })
    await told.waitFor()
    await eventually(async () => {
      const { y, height } = (await told.boundingBox()) ?? { y: -1, height: 0 }
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y + height).toBeLessThanOrEqual(780)
    })
  }
  const weekly = phone.getByLabel('One per week', { exact: true })
  const press = () => phone.getByRole('button', { name: 'Save', exact: true }).click()
  await show('settings/shop', phone)
  await weekly.waitFor()
  await ui.fixture.agent.changeDatabaseSettings('shop', { retention: { weekly: 9 } })
  await weekly.fill('5')
  await press()
  await seen('Nothing was saved')
  await phone.getByRole('button', { name: 'Save mine over them' }).click()
  await phone.getByText('Saved.', { exact: true }).waitFor()

  await weekly.fill('4')
  await phone.route('**/databases/shop/settings', route => route.abort())
  await press()
  await seen('answer did not come')
  const dump = phone.getByLabel(/^dump, the database alone/)
  // It is in the window then, and below the bar.
  await phone.evaluate(`window.scrollBy(0, ${((await dump.boundingBox())?.y ?? 0) - 700})`)
  await phone.getByLabel(/^zip, with the files/).evaluate(field => field.focus({ preventScroll: true }))
  await phone.keyboard.press('ArrowDown')
  await eventually(async () => {
    const [field, told] = [await dump.boundingBox(), await phone.locator('.save-bar').boundingBox()]
    expect((field?.y ?? 780) + (field?.height ?? 0)).toBeLessThanOrEqual(told?.y ?? 0)
  })
  await phone.unrouteAll()

  // The button of this form stands at the lower edge of the window.
  await show('settings', phone)
  await phone.getByLabel('Sender').fill('robot@example.com')
  await phone.route('**/api/settings', route => route.abort())
  await phone.getByRole('button', { name: 'Save', exact: true }).evaluate(button => {
    button.scrollIntoView({ block: 'end' })
  })
  await press()
  await seen('answer did not come')
  await phone.context().close()
})

test('the keys of a bucket go only after they were asked for', async () => {
  await show('settings')
  await page.getByLabel(/^odoo-backup\.sh/).check()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  const question = page.getByRole('dialog', { name: 'Remove the keys of your bucket?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  expect(await file()).toContain('aws_secret_access_key')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await question.getByRole('button', { name: 'Remove the keys and connect' }).click()
  await page.getByText('Connected.', { exact: true }).waitFor()
  expect(await file()).not.toContain('aws_secret_access_key')
})

test('who is connected to an account reads which, and tests that instead of connecting again', async () => {
  ui.fixture.agent.account = async () => ({ connected: true, email: 'a••••@example.com' })
  await page.reload()
  await page.getByText('Connected as a••••@example.com').waitFor()
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await page.getByText('Connected.', { exact: true }).waitFor()
  await page.getByLabel(/^A folder of this server/).check()
  expect(await page.getByText('Connected as').count()).toBe(0)
})

test('mail with a log-in is set up, and a trial goes the way that was entered', async () => {
  const trials: unknown[] = []
  page.on('request', request => {
    if (request.url().endsWith('/notices/test')) trials.push(request.postDataJSON())
  })
  await show('settings')
  const needs = page.getByText('A test mail needs an address to send it to and a mail server.')
  await needs.waitFor()
  await page.getByLabel('Send e-mail to').fill('admin@example.com')
  await page.getByLabel('Mail server (SMTP)').fill('mail.example.com')
  await page.getByLabel('User at the mail server').fill('robot')
  await page.getByLabel('Password at the mail server').fill('mail secret')
  expect(await needs.count()).toBe(0)
  await page.getByRole('button', { name: 'Send a test mail' }).click()
  await page.getByText('Sent.').waitFor()
  expect(trials).toEqual([
    {
      channel: 'mail',
      notices: {
        mailTo: ['admin@example.com'],
        smtpHost: 'mail.example.com',
        smtpUser: 'robot',
        smtpPassword: 'mail secret',
      },
    },
  ])
  expect(await file()).not.toContain('mail.example.com')
  await save()
  expect(await file()).toContain('smtp_password = mail secret')
})

test('a token is limited to a database, shown once, and removed after a question', async () => {
  await show('settings')
  await page.setViewportSize({ width: 768, height: 1024 })
  const names = [page.getByLabel('Name', { exact: true }), page.getByRole('button', { name: 'Make a token' })]
  const [name, make] = await Promise.all(names.map(each => each.boundingBox()))
  expect(Math.abs((name?.y ?? 0) - (make?.y ?? 99))).toBeLessThan(3)
  await page.getByLabel('Name', { exact: true }).fill('nightly')
  await page.getByLabel('Limited to').selectOption('shop')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const token = await page.getByLabel(/^Copy the token now/).inputValue()
  expect(token).toMatch(/^obt_/)
  expect(ui.fixture.agent.storedTokens).toEqual([
    expect.objectContaining({ name: 'nightly', database: 'shop' }),
  ])
  await page.getByRole('button', { name: 'Remove: nightly' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  expect(ui.fixture.agent.storedTokens).toEqual([])
  expect(ui.faults).toEqual([])
})
