import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
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
  await page.getByRole('main').getByRole('button', { name: 'Restore' }).click()
  await page.waitForURL(/#\/jobs\//)
  return ui.fixture.agent.restores[0]?.request
}

test('what a restored database becomes is left to the agent, unless somebody chose', async () => {
  const request = await start('shop_again')
  expect(request).toMatchObject({ database: 'shop_again' })
  expect(request).not.toHaveProperty('copy')
  expect(request).not.toHaveProperty('neutralise')
})

test('what somebody chose is asked for', async () => {
  await page.getByLabel(/^The original, moved here/).check()
  await page.getByLabel(/^Neutralise/).check()
  expect(await start('shop_again')).toMatchObject({ copy: false, neutralise: true })
})

test('an upload is restored as the agent decides, whatever its file is called', async () => {
  await page.goto(`${ui.url}#/restore`)
  const file = { name: 'shop_2026-01-01.zip', mimeType: 'application/zip', buffer: Buffer.from('an archive') }
  await page.getByLabel(/^Backup file/).setInputFiles(file)
  const request = await start('shop_of_file')
  expect(request?.source.kind).toBe('file')
  expect(request).not.toHaveProperty('copy')
  expect(request).not.toHaveProperty('neutralise')
})
