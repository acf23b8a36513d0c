import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Interface, startInterface } from './interface.ts'

/** The last step of the set-up, where answers are lost on their way. */

const BACKUP = 'shop.2026-01-31_04-00-00.zip'
let ui: Interface
let page: Page
beforeAll(async () => {
  ui = await startInterface()
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep(BACKUP, 'shop')
})
afterAll(() => ui.close())
beforeEach(async () => {
  ui.fixture.agent.jobsMade.splice(0)
  ui.fixture.agent.outcome = { state: 'completed', backup: BACKUP }
  page = await ui.openInside()
  await page.goto(`${ui.url}#/setup`)
  await toFirstBackup()
})
afterEach(async () => {
  await page.unrouteAll({ behavior: 'wait' })
  await page.context().close()
})

const toFirstBackup = async () => {
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: /^(Next|Save and go on)$/ }).click()
}

/** The next request to start something is done, and its answer never comes. */
const loseAnswerOf = (path: string) =>
  page.route(
    path,
    async route => {
      await route.fetch()
      await route.abort('connectionreset')
    },
    { times: 1 },
  )
const jobsMade = () => ui.fixture.agent.jobsMade.map(({ kind }) => kind)
const start = () => page.getByRole('button', { name: 'Make a backup now' }).click()
const verified = () => page.getByText('Your first backup is made and verified.').waitFor()

test('a first backup and trial whose answers were lost are found and followed, and made once', async () => {
  await loseAnswerOf('**/api/backups')
  await loseAnswerOf('**/verification')
  const step = page.getByRole('listitem').filter({ hasText: 'First backup' })
  expect(await step.textContent()).toBe('4. First backup')
  await start()
  await verified()
  await step.getByText('✓ First backup').waitFor()
  expect(jobsMade()).toEqual(['backup', 'verify'])
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(ui.faults).toEqual([])
})

test('once all is verified the way leads on to who is told of failures', async () => {
  await start()
  await page.getByRole('link', { name: 'say who is told when a backup fails' }).click()
  await page.getByRole('heading', { name: 'Notices' }).waitFor()
})

test('a first backup that failed is tried again in its place, and tried out then', async () => {
  const { agent } = ui.fixture
  agent.outcome = { state: 'failed', failure: { code: 'disk_full', message: 'No space is left.' } }
  await start()
  await page.getByText('A first backup, or its trial restore, failed.').waitFor()
  agent.outcome = { state: 'completed', backup: BACKUP }
  await page.getByRole('button', { name: 'Try again' }).click()
  await verified()
  expect(jobsMade().toSorted()).toEqual(['backup', 'backup', 'verify'])
  expect(await page.getByText('No space is left.').count()).toBe(0)
})

test('a trial that failed is tried again without another backup', async () => {
  const { agent } = ui.fixture
  await page.route('**/verification', async route => {
    agent.outcome = { state: 'failed', failure: { code: 'disk_full', message: 'No space is left.' } }
    await route.continue()
  })
  await start()
  await page.getByText('A first backup, or its trial restore, failed.').waitFor()
  await page.unroute('**/verification')
  agent.outcome = { state: 'completed' }
  await page.getByRole('button', { name: 'Try again' }).click()
  await verified()
  expect(jobsMade().toSorted()).toEqual(['backup', 'verify', 'verify'])
})

test('where the agent was away as well, the button finds the backup that was made meanwhile', async () => {
  await loseAnswerOf('**/api/backups')
  const asked: string[] = []
  await page.route('**/api/jobs?kind=backup&*', route => {
    asked.push(route.request().url())
    return asked.length === 1 ? route.continue() : route.abort('connectionreset')
  })
  await start()
  await page.getByRole('alert').getByText('it is not known whether this was done').waitFor()
  expect(jobsMade()).toEqual(['backup'])
  await page.unroute('**/api/jobs?kind=backup&*')
  await start()
  await verified()
  expect(jobsMade()).toEqual(['backup', 'verify'])
})

test('a backup that runs already is followed, and none begun beside it', async () => {
  ui.fixture.agent.outcome = undefined
  await ui.fixture.agent.startBackup({ database: 'shop' })
  await start()
  await page.getByRole('link', { name: 'Backup', exact: true }).waitFor()
  await page.getByText('Backing up, then restoring on trial.').waitFor()
  expect(jobsMade()).toEqual(['backup'])
})

test('a backup that ended while nothing came from the agent is seen to have ended, and is tried out', async () => {
  const { agent } = ui.fixture
  // Each line to the agent ends as soon as it is there.
  await page.route('**/api/jobs/events', route =>
    route.fulfill({ contentType: 'text/event-stream', body: 'retry: 1\n\n' }),
  )
  await page.goto('about:blank')
  await page.goto(`${ui.url}#/setup`)
  await toFirstBackup()
  agent.outcome = undefined
  await start()
  await page.getByText('Backing up, then restoring on trial.').waitFor()
  agent.outcome = { state: 'completed', backup: BACKUP }
  const [backup] = agent.jobsMade
  if (backup !== undefined) agent.jobsMade[0] = { ...backup, ...agent.outcome }
  await verified()
  expect(jobsMade()).toEqual(['backup', 'verify'])
})
