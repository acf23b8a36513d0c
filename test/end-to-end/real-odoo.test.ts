import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { RotationPlan } from '@odoo-backup/protocol'
import type { Browser, Page } from 'playwright-core'
import { connectionTo, createOdooDatabase, filestoreOf } from '../../infra/odoo-instance/create.ts'
import { differences, fingerprint } from '../../infra/odoo-instance/fingerprint.ts'
import { loadOdooZip } from '../../infra/odoo-instance/from-zip.ts'
import { startTcpProxy } from '../faults/tcp-proxy.ts'
import { until } from '../faults/waiting.ts'
import { buildWebInterface } from './built-interface.ts'
import { openChromium } from './chromium.ts'
import { JOB_PATIENCE_MS, PATIENCE_MS } from './eventually.ts'
import { type Line, startLine } from './line.ts'

/**
 * What an administrator with a bucket of their own does in a browser, on a database that a real Odoo wrote where one
 * lies beside the project, else on one of the same shape.
 */
const REAL_DUMP = join(import.meta.dirname, '../../../shared/fixtures/mini16-by-odoo.zip')
const PASSWORD = 'a password kept in a safe'

let line: Line
let browser: Browser
let page: Page
let shop: string
const faults: string[] = []

beforeAll(async () => {
  await buildWebInterface()
  line = await startLine()
  shop = `${line.prefix}_shop`
  if (existsSync(REAL_DUMP)) await loadOdooZip(line.odoo, shop, REAL_DUMP)
  else await createOdooDatabase(line.odoo, shop, { records: 2_000, filestoreBytes: 1024 ** 2 })
  browser = await openChromium()
  const context = await browser.newContext({ locale: 'en-GB' })
  page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  page.on('pageerror', error => faults.push(String(error)))
  page.on('console', message => {
    if (message.type() === 'error' && !/status of (40|502)/.test(message.text())) faults.push(message.text())
  })
})
afterAll(async () => {
  await browser?.close()
  await line?.close()
})

const show = async (place: string, where = page) => {
  await where.goto('about:blank')
  await where.goto(`${line.agentUrl}/odoo_backup_sh/#/${place}`)
}
const main = () => page.getByRole('main')
const ended = (state: string) =>
  main().getByText(state, { exact: true }).first().waitFor({ timeout: JOB_PATIENCE_MS })

/** The backups of the shop as the page lists them. */
async function listed(): Promise<string[]> {
  await show(`backups?database=${shop}`)
  const names = page.getByRole('row', { name: new RegExp(shop) }).getByRole('link', { name: /^(?!Restore)/ })
  await names.first().waitFor()
  return (await names.evaluateAll(links => links.map(link => link.getAttribute('href') ?? ''))).map(href =>
    decodeURIComponent(href.slice(href.lastIndexOf('/') + 1)),
  )
}

async function backUp(): Promise<void> {
  await show('')
  await page.getByRole('article').first().waitFor()
  // Where there are many databases, only some are shown until one is looked for.
  const filter = page.getByLabel('Find a database')
  if ((await filter.count()) > 0) await filter.fill(shop)
  const card = page.getByRole('article').filter({ hasText: shop })
  await card.getByRole('button', { name: 'Make a backup now' }).click()
  await page.waitForURL(/#\/jobs\/./)
}

/** What an administrator writes into the agent's file while it runs. */
async function setByHand(name: string, value: string): Promise<void> {
  const text = await readFile(line.agentConfiguration, 'utf8')
  const rest = text.replace(new RegExp(`^odoo_backup_sh_${name} = .*\n`, 'm'), '')
  await writeFile(
    line.agentConfiguration,
    rest.replace('[options]\n', `[options]\nodoo_backup_sh_${name} = ${value}\n`),
  )
}

test('keys that do not fit are refused before anything is saved, those that fit lead on', async () => {
  await show('setup')
  await page.getByLabel('Master password').fill(line.masterPassword)
  await page.keyboard.press('Enter')
  await page.getByLabel(/^An S3 bucket of my own/).check()
  await page.getByLabel('Endpoint').fill(line.sandbox.s3Endpoint)
  await page.getByLabel('Region').fill(line.sandbox.region)
  await page.getByLabel('Bucket', { exact: true }).fill(line.sandbox.privateBucket)
  await page.getByLabel('Folder in the bucket').fill(line.prefix)
  await page.getByLabel('Access key').fill(line.sandbox.privateAccessKeyId)
  await page.getByLabel('Secret key').fill('wrong')
  await page.getByLabel(/^Path style/).check()
  await page.getByRole('button', { name: /^(Test and save|Test and go on)$/ }).click()
  await page
    .getByRole('alert')
    .filter({ hasText: /refuse|does not accept/ })
    .waitFor()
  expect(await readFile(line.agentConfiguration, 'utf8')).not.toContain('s3_bucket_name')
  await page.getByLabel('Secret key').fill(line.sandbox.privateSecretAccessKey)
  await page.getByRole('button', { name: /^(Test and save|Test and go on)$/ }).click()
  await page.getByRole('checkbox', { name: new RegExp(shop) }).waitFor()
})

test('the first backup is encrypted, watched to its end and verified', async () => {
  const others = page.getByRole('checkbox', { name: new RegExp(`^(?!${shop})`) })
  for (const other of await others.all()) await other.uncheck()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Encrypt with a password').check()
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('The password once more').fill(PASSWORD)
  await page.getByLabel(/^I keep this password elsewhere/).check()
  await page.getByRole('button', { name: 'Save and go on' }).click()
  await page.getByRole('button', { name: 'Make a backup now' }).click()
  await page.getByText('Your first backup is made and verified.').waitFor({ timeout: JOB_PATIENCE_MS })
  expect(await page.content()).not.toContain(PASSWORD)
})

test('a wrong encryption password restores nothing, and says what is wrong', async () => {
  const [name = ''] = await listed()
  await show(`restore/${encodeURIComponent(name)}`)
  await page.getByLabel('Name of the restored database').fill(`${line.prefix}_again`)
  await page.getByLabel(/^Encryption password/).fill('another password')
  await page.getByLabel(/^Master password of Odoo/).fill(line.masterPassword)
  const start = main().getByRole('button', { name: 'Restore', exact: true })
  if (await start.isEnabled()) await start.click()
  await main()
    .getByText(/password (is wrong|does not open|.*wrong)/i)
    .first()
    .waitFor()
  expect(await line.databases()).not.toContain(`${line.prefix}_again`)
})

test('the right one restores it under a new name, identical to what Odoo wrote', async () => {
  const [name = ''] = await listed()
  await show(`restore/${encodeURIComponent(name)}`)
  await page.getByLabel('Name of the restored database').fill(`${line.prefix}_again`)
  await page.getByLabel(/^Encryption password/).fill(PASSWORD)
  await page.getByLabel(/^Master password of Odoo/).fill(line.masterPassword)
  await page.getByLabel(/^The original, moved here/).check()
  await page.getByLabel(/^Live/).check()
  await main().getByRole('button', { name: 'Restore', exact: true }).click()
  await ended('done')
  const take = (database: string) =>
    fingerprint(connectionTo(line.odoo, database), filestoreOf(line.odoo, database))
  expect(differences(await take(shop), await take(`${line.prefix}_again`))).toEqual([])
})

test('a backup goes on while the network is away, is seen in two tabs, and is cancelled in one of them', async () => {
  const before = await listed()
  // The archive takes minutes: it is still on its way when it is cancelled, however slow the machine.
  await setByHand('bandwidth_limit', '8')
  await backUp()
  const { hash } = new URL(page.url())
  const wire = await startTcpProxy(Number(new URL(line.agentUrl).port))
  const far = await page.context().newPage()
  far.setDefaultTimeout(PATIENCE_MS)
  await far.goto(`http://127.0.0.1:${wire.port}/odoo_backup_sh/${hash}`)
  await far.getByRole('button', { name: 'Cancel the job' }).waitFor()
  wire.cut()
  const lost = far.getByText('The line to the agent is cut; trying again. The job goes on.')
  await lost.waitFor()
  wire.mend()
  await lost.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Cancel the job' }).click()
  await ended('cancelled')
  await far.getByRole('main').getByText('cancelled', { exact: true }).first().waitFor()
  await far.close()
  await wire.close()
  await setByHand('bandwidth_limit', '0')
  expect(await listed()).toEqual(before)
})

const FRAMES = ['One per day', 'One per week', 'One per month']

/** The same limit for all frames, and so many of the newest stay in any case. */
async function enterLimits(limit: string, newest = '0'): Promise<void> {
  await show(`settings/${shop}`)
  for (const frame of FRAMES) await page.getByLabel(frame, { exact: true }).fill(limit)
  await page.getByLabel('The newest, in any case').fill(newest)
}

async function saveLimits(limit: string, newest?: string): Promise<void> {
  await enterLimits(limit, newest)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.', { exact: true }).waitFor()
}

/** What the page was told that it shows for these limits. */
async function previewed(limit: string, newest: string): Promise<RotationPlan> {
  const answered = page.waitForResponse(
    answer =>
      answer.url().endsWith('/rotation/preview') &&
      answer.request().postDataJSON().retention.keepAtLeast === Number(newest),
  )
  await enterLimits(limit, newest)
  return RotationPlan.parse(await (await answered).json())
}

/** The rotation that follows a backup must not go by the limits that come later. */
const rotationsEnded = () =>
  until(async () => {
    const going = await page.evaluate(
      `fetch('./api/jobs?kind=rotate')
        .then(answer => answer.json())
        .then(({ items }) => items.filter(({ finishedAt }) => finishedAt === undefined).length)`,
    )
    return going === 0 ? true : undefined
  })

test('the preview of retention is what rotation then does', async () => {
  await saveLimits('')
  for (let count = 0; count < 2; count++) {
    await backUp()
    await ended('done')
  }
  await rotationsEnded()
  const before = await listed()
  expect(before.length).toBeGreaterThan(2)
  const { kept, rotated } = await previewed('1', '2')
  const [stay, go] = [kept, rotated].map(items => items.map(({ backup }) => String(backup.name)))
  expect([stay, go]).toEqual([before.slice(0, 2), expect.arrayContaining(before.slice(2))])
  await page.getByText(`2 backups stay, ${go?.length} will be deleted.`).waitFor()
  await page.getByText(`Will be deleted (${go?.length})`).waitFor()
  await saveLimits('1', '2')
  expect(await listed()).toEqual(before)
  const begun = await page.evaluate(
    `fetch('./api/databases/${shop}/rotation', { method: 'POST' }).then(({ status }) => status)`,
  )
  expect(begun).toBe(202)
  await until(async () => ((await listed()).length === stay?.length ? true : undefined))
  expect(await listed()).toEqual(stay)
  // It follows a backup by itself, too.
  await backUp()
  await ended('done')
  await until(async () => ((await listed())[1] === stay?.[0] ? true : undefined))
  await until(async () => ((await listed()).length === 2 ? true : undefined))
})

test('a schedule that is made in the page fires', async () => {
  const [before] = await listed()
  await show(`settings/${shop}`)
  await page.getByRole('button', { name: 'Add a cron expression' }).first().click()
  await page.getByLabel('Cron expression').fill('* * * * * *')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.', { exact: true }).waitFor()
  await until(async () => ((await listed()).includes(before ?? '') ? undefined : true))
})

test('no page broke a rule of its own: no script failed and nothing was blocked', () => {
  expect(faults).toEqual([])
})
