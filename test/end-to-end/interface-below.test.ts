import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { RestoreRequest } from '@odoo-backup/protocol'
import { eventually } from './eventually.ts'
import { type Interface, signInAs, startInterface } from './interface.ts'

/** The web interface where a proxy puts the whole agent below a path of its own. */
const BELOW = '/inner/tools'
const BACKUP = 'shop.2026-01-31_04-00-00.zip'
let ui: Interface
beforeAll(async () => {
  ui = await startInterface({ below: BELOW })
  ui.fixture.agent.know('shop')
  ui.fixture.agent.keep(BACKUP, 'shop')
})
afterAll(() => ui.close())

test('below any path it finds its files, its agent and the way back, and nothing leaves the path', async () => {
  const page = await ui.open()
  const astray: string[] = []
  page.on('response', answer => {
    if (answer.status() === 404 || !new URL(answer.url()).pathname.startsWith(`${BELOW}/`))
      astray.push(answer.url())
  })
  for (const entrance of [`${ui.url.slice(0, -1)}`, ui.url.replace(/odoo_backup_sh\/$/, '')]) {
    await page.goto(entrance)
    await page.getByLabel('Master password').waitFor()
    expect(page.url()).toBe(ui.url)
  }
  for (const [name, path] of [
    ['To Odoo’s database manager', 'manager'],
    ['The backups as a plain page, without JavaScript', 'backups'],
  ] as const) {
    const way = page.getByRole('link', { name })
    expect(await way.evaluate(link => Reflect.get(link, 'href'))).toBe(
      new URL(`../web/database/${path}`, ui.url).href,
    )
  }
  await page.getByRole('link', { name: 'The backups as a plain page' }).click()
  await page.getByRole('heading', { name: 'Backups', exact: true }).waitFor()
  await page.goto(ui.url)
  await signInAs(page, ui.fixture.agent.masterPassword)
  await page.getByRole('button', { name: 'Make a backup now' }).first().click()
  await page.getByText('done', { exact: true }).waitFor()
  await page.goto(`${ui.url}#/backups/${BACKUP}`)
  const download = page.getByRole('link', { name: 'Download' })
  const address = String(await download.evaluate(link => Reflect.get(link, 'href')))
  expect((await page.request.get(address)).status()).toBe(200)
  expect(address.startsWith(ui.url)).toBe(true)

  const id = await ui.fixture.agent.startRestore(
    RestoreRequest.parse({ database: 'again', source: { kind: 'stored', backup: BACKUP } }),
  )
  await page.goto(`${ui.url}#/jobs/${id}`)
  const way = page.getByRole('link', { name: 'Open the database' })
  await eventually(async () =>
    expect(await way.evaluate(link => Reflect.get(link, 'href'))).toBe(
      new URL('../web?db=again', ui.url).href,
    ),
  )

  await page.goto(`${ui.url}#/setup`)
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await page.getByRole('heading', { name: /^Step 2/ }).waitFor()
  expect(ui.fixture.agent.redirects.at(-1)).toBe(ui.url)
  expect(astray).toEqual([])
  expect(ui.faults).toEqual([])
})
