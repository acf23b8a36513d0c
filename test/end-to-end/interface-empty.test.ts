import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type Interface, startInterface } from './interface.ts'

/** What lists show where there is nothing at all. */

let ui: Interface
beforeAll(async () => {
  ui = await startInterface()
})
afterAll(() => ui.close())
beforeEach(() => {
  ui.fixture.agent.kept.splice(0)
  ui.fixture.agent.known.splice(0)
  ui.fixture.agent.jobsMade.splice(0)
})

const main = (page: Page) => page.getByRole('main')

test('a list without any backup says so, offers to make the first one, and nothing to search in', async () => {
  ui.fixture.agent.know('crm')
  ui.fixture.agent.know('shop')
  const page = await ui.openInside()
  // As the overview leads there from a database without backups.
  await page.goto(`${ui.url}#/backups?database=shop`)
  await main(page).getByText('There are no backups yet.', { exact: true }).waitFor()
  expect(await page.getByLabel('Find by name').count()).toBe(0)
  expect(await page.getByText('Backups of the last year').count()).toBe(0)
  expect(await page.getByText('There are no backups that fit.').count()).toBe(0)
  expect(await page.getByLabel('Database').inputValue()).toBe('shop')
  await page.getByRole('button', { name: 'Make a backup now' }).click()
  await page.getByRole('heading', { name: 'Backup of shop' }).waitFor()
  expect(ui.fixture.agent.jobsMade).toMatchObject([{ kind: 'backup', database: 'shop' }])
  expect(ui.faults).toEqual([])
  await page.context().close()
})

test('of a single database nothing is to be chosen, and who may only look makes none', async () => {
  ui.fixture.agent.know('shop')
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/backups`)
  await page.getByRole('button', { name: 'Make a backup now' }).waitFor()
  expect(await page.getByLabel('Database').count()).toBe(0)
  await page.route('**/api/session', route => route.fulfill({ json: { role: 'look', name: 'Odoo' } }))
  await page.goto('about:blank')
  const known = page.waitForResponse('**/api/databases')
  await page.goto(`${ui.url}#/backups`)
  await (await known).finished()
  await main(page).getByText('There are no backups yet.', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Make a backup now' }).count()).toBe(0)
  await page.context().close()
})

test('where a place has not answered nobody says that there is none at all', async () => {
  ui.fixture.agent.know('shop')
  const page = await ui.openInside()
  const unreachable = [
    { name: 'the folder /mnt/nas', message: 'It is not mounted.', code: 'storage_unreachable' },
  ]
  await page.route('**/api/backups?*', async route => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), unreachable } })
  })
  await page.goto(`${ui.url}#/backups`)
  await page.getByText('This is not all: not every place for backups has answered.').waitFor()
  await page.getByLabel('Find by name').waitFor()
  await page.unrouteAll({ behavior: 'wait' })
  await page.context().close()
})

test('where no job has run yet there is nothing to choose from, and once one has, there is', async () => {
  ui.fixture.agent.know('shop')
  const page = await ui.openInside()
  await page.goto(`${ui.url}#/jobs`)
  await main(page).getByText('No job has run yet.', { exact: true }).waitFor()
  await main(page).getByRole('search').waitFor({ state: 'detached' })
  await page.goto(`${ui.url}#/backups`)
  await page.getByRole('button', { name: 'Make a backup now' }).click()
  await page.getByRole('heading', { name: 'Backup of shop' }).waitFor()
  await page.goto(`${ui.url}#/jobs`)
  await main(page).getByLabel('State').waitFor()
  await main(page).getByLabel('Database').fill('none of them')
  await main(page).getByText('No job fits.', { exact: true }).waitFor()
  expect(await main(page).getByRole('search').count()).toBe(1)
  await page.context().close()
})

test('a database that is not there any more is offered for a restore where its backups are told of', async () => {
  const { agent } = ui.fixture
  agent.know('crm')
  agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
  const page = await ui.openInside()
  const card = page.getByRole('article').filter({ hasText: 'Not on this server any more' })
  await card.getByRole('link', { name: 'Restore' }).click()
  await page.getByRole('heading', { name: 'Restore', level: 1 }).waitFor()
  expect(page.url()).toContain('restore/shop.2026-01-31_04-00-00.zip')
  await page.goto(`${ui.url}#/dashboard`)
  const there = page.getByRole('article').filter({ hasText: 'crm' })
  await there.waitFor()
  expect(await there.getByRole('link', { name: 'Restore' }).count()).toBe(0)
  await page.context().close()
})
