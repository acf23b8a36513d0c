import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { RestoreRequest } from '@odoo-backup/protocol'
import { AgentError } from '../../apps/agent/src/errors.ts'
import { eventually } from './eventually.ts'
import { type Interface, startInterface } from './interface.ts'

const BACKUP = 'shop.2026-01-31_04-00-00.zip'

let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep(BACKUP, 'shop')
})
afterAll(() => ui.close())

const away = new AgentError('broker_unreachable', 'The broker does not answer.')

test('where odoo-backup.sh is out of reach, a newcomer can set up a place of their own all the same', async () => {
  const { agent } = ui.fixture
  const { inventory, connect } = agent
  agent.inventory = () => Promise.reject(away)
  agent.connect = () => Promise.reject(away)
  const page = await ui.openInside()
  await page.getByRole('alert').getByText('The broker does not answer.').waitFor()
  await page.getByText('Backups can also go to a bucket of your own').waitFor()
  // The way on comes before what is amiss, which may be nothing to whoever wants no broker.
  const offerAndAlert = await page
    .locator('main .verdict, main [role=alert]')
    .evaluateAll(found => found.map(element => element.getAttribute('role')))
  expect(offerAndAlert).toEqual(['status', 'alert'])
  await page.getByRole('link', { name: 'Set up backups' }).click()

  await page.getByRole('button', { name: 'Save and connect' }).click()
  await page.getByRole('alert').getByText('The broker does not answer.').waitFor()
  expect(await page.getByRole('button', { name: 'Test the connection' }).count()).toBe(0)

  await page.getByLabel(/^An S3 bucket of my own/).check()
  await eventually(async () => expect(await page.getByRole('alert').count()).toBe(0))
  await page.getByRole('button', { name: 'Test the connection' }).waitFor()
  // Nothing is connected there.
  await page.getByRole('button', { name: 'Test and go on', exact: true }).waitFor()
  const pathStyle = page.getByLabel(/^Path style addresses/)
  expect(await pathStyle.isChecked()).toBe(false)
  await page.getByLabel('Endpoint').fill('https://s3.example.com')
  await eventually(async () => expect(await pathStyle.isChecked()).toBe(true))
  agent.inventory = inventory
  agent.connect = connect
  await page.context().close()
})

test('a database with a schedule is no newcomer’s: of a broker that is away, only that is told', async () => {
  const { agent } = ui.fixture
  const { inventory } = agent
  await agent.changeDatabaseSettings('shop', {
    schedules: [{ kind: 'every', every: 1, unit: 'days', timeZone: 'UTC' }],
  })
  agent.inventory = () => Promise.reject(away)
  const page = await ui.openInside()
  const asked = page.waitForResponse('**/api/databases/settings')
  await page.reload()
  await asked
  await page.getByRole('alert').getByText('The broker does not answer.').waitFor()
  expect(await page.getByRole('link', { name: 'Set up backups' }).count()).toBe(0)
  agent.inventory = inventory
  await page.context().close()
})

test('a restored database that no schedule backs up says so, and leads to its settings', async () => {
  const { agent } = ui.fixture
  agent.know('copy')
  agent.outcome = { state: 'completed' }
  const [copy, shop] = await Promise.all(
    ['copy', 'shop'].map(database =>
      agent.startRestore(
        RestoreRequest.parse({
          database,
          replace: true,
          source: { kind: 'stored', backup: BACKUP },
        }),
      ),
    ),
  )
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/jobs/${copy}`)
  await page.getByText('No schedule backs it up yet').waitFor()
  await page.getByRole('link', { name: 'Set up its backups' }).click()
  await page.getByRole('heading', { name: 'copy' }).waitFor()
  await page.goto(`${ui.url}#/jobs/${shop}`)
  await page.getByText('shop is restored').waitFor()
  expect(await page.getByText('No schedule backs it up yet').count()).toBe(0)
  await page.context().close()
})

test('what tokens are for is described where they are made', async () => {
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/settings`)
  await page.getByRole('link', { name: 'What scripts can do' }).click()
  await page.getByText('POST /backups', { exact: true }).waitFor()
  await page.context().close()
})

test('a trial restore that cannot be begun is told, is not said to run, and is begun on request', async () => {
  const { agent } = ui.fixture
  const { startVerify } = agent
  agent.startVerify = () => Promise.reject(new AgentError('queue_unreachable', 'The queue does not answer.'))
  agent.outcome = { state: 'completed', backup: BACKUP }
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/setup`)
  await page.getByRole('button', { name: 'Save and connect' }).click()
  const copy = page.getByRole('checkbox', { name: /^copy/ })
  await copy.uncheck()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: /^(Next|Save and go on)$/ }).click()
  await page.getByRole('button', { name: 'Make a backup now' }).click()
  await page.getByRole('alert').getByText('The queue does not answer.').waitFor()
  expect(await page.getByText('Backing up, then restoring on trial.').count()).toBe(0)
  agent.startVerify = startVerify
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Your first backup is made and verified.').waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
  await page.context().close()
})

test('whoever administers one database is offered no restore, which concerns the whole server', async () => {
  const page = await ui.openInside()
  const offered = async (database?: string) => {
    await page.route('**/api/session', route =>
      route.fulfill({ json: { role: 'administer', name: 'mitchell', database } }),
    )
    await page.goto('about:blank')
    await page.goto(`${ui.url}#/backups/${BACKUP}`)
    await page.getByRole('button', { name: 'Delete' }).waitFor()
    return await page.getByRole('main').getByRole('link', { name: 'Restore', exact: true }).count()
  }
  expect([await offered(), await offered('shop')]).toEqual([1, 0])
  await page.context().close()
})

test('a restore that came to nothing leads back to its backup, by which it is begun anew', async () => {
  const { agent } = ui.fixture
  agent.outcome = {
    state: 'failed',
    backup: BACKUP,
    failure: { code: 'disk_full', message: 'No space is left.' },
  }
  const source = { kind: 'stored', backup: BACKUP }
  const id = await agent.startRestore(RestoreRequest.parse({ database: 'again', source }))
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/jobs/${id}`)
  await page.getByRole('link', { name: 'Restore this backup again' }).click()
  await page.getByRole('heading', { name: 'Restore a backup' }).waitFor()
  await page.getByText(BACKUP).first().waitFor()
  await page.context().close()
})
