import { BackupView, Purpose } from '@odoo-backup/protocol'
import { z } from 'zod'
import { formatBytes } from '../../apps/agent/src/wording/amounts.ts'
import { HttpBrowser, type Page } from '../../test/fixtures/http-browser.ts'
import { connectionTo, createOdooDatabase, filestoreOf, withClient } from '../odoo-instance/create.ts'
import { differences, fingerprint } from '../odoo-instance/fingerprint.ts'
import { loadOdooZip } from '../odoo-instance/from-zip.ts'
import { USUAL_PASSWORD } from '../sandbox/odoo-com/state.ts'
import { buyCredit, connectAgent, plain } from '../services/log-in.ts'
import { credentialOf, tryForeignFolders, tryZip } from './cloud.ts'
import { askOdooBackup, odooBackup } from './command-line.ts'
import { ORIGINAL, RESTORED, type Stage } from './stage.ts'
import type { Telling } from './telling.ts'

const USER = { login: 'administrator@example.com', password: USUAL_PASSWORD }
const CREDITS = 100
const NIGHTLY = [
  'schedule=every 1 days at 03:30 in Europe/Berlin',
  'retention.daily=7',
  'retention.weekly=4',
  'retention.monthly=12',
  'retention.keepAtLeast=3',
]

/** The whole story, each step of which must hold; throws at the first that does not. */
export async function play(stage: Stage, from: string | undefined, telling: Telling): Promise<void> {
  const { odoo, processes, agentConfiguration, brokerUrl } = stage
  const say = (line: string) => telling.say(line)

  await telling.step(from === undefined ? 'Make an Odoo database' : 'Load a zip of a real Odoo', async () => {
    if (from === undefined) await createOdooDatabase(odoo, ORIGINAL, { records: 12_000 })
    else await loadOdooZip(odoo, ORIGINAL, from)
    const { bytes } = await databaseSize(stage)
    const files = Object.keys((await take(stage, ORIGINAL)).files).length
    return { fact: `database "${ORIGINAL}", ${formatBytes(bytes)}, with ${files} files`, result: undefined }
  })

  await telling.step('Start broker and agent', async () => {
    await processes.start(stage.broker)
    await processes.start(stage.agent)
    return { fact: `${brokerUrl} and ${stage.agentUrl}`, result: undefined }
  })

  const browser = new HttpBrowser()
  const page = await telling.step('Log in with consent', async () => {
    const page = await connectAgent(browser, stage.agentUrl, stage.masterPassword, USER, what =>
      say(`  · ${what}`),
    )
    return { fact: `the one-time code came back to ${page.url}`, result: page }
  })

  await telling.step('Pay for the month', async () => {
    const fact = await pay(stage, browser, page)
    return { fact, result: undefined }
  })

  await telling.step('Back up', async () => {
    await odooBackup(agentConfiguration, ['backup', ORIGINAL], say)
    return { fact: `"${ORIGINAL}" is in the bucket`, result: undefined }
  })

  const backup = await telling.step('List', async () => {
    await odooBackup(agentConfiguration, ['list', ORIGINAL], say)
    const backups = z.array(BackupView).parse(await askOdooBackup(agentConfiguration, ['list', ORIGINAL]))
    const [newest] = backups
    if (newest === undefined) throw new Error('The new backup is not listed.')
    return { fact: `${newest.name}, ${formatBytes(newest.sizeBytes)}`, result: newest }
  })

  const credential = await credentialOf(brokerUrl, agentConfiguration, 'restore')
  await telling.step('Fetch the zip with any S3 client', async () => {
    const { entries, bytes } = await tryZip(credential, `${credential.folder}/${backup.name}`)
    return {
      fact: `unzip finds ${entries} entries in Odoo's layout, all sound, in ${formatBytes(bytes)}`,
      result: undefined,
    }
  })

  await telling.step('Restore under another name', async () => {
    await odooBackup(agentConfiguration, ['restore', backup.name, '--as', RESTORED, '--moved'], say)
    return { fact: `database "${RESTORED}" with its filestore`, result: undefined }
  })

  await telling.step('Compare original and restored', async () => {
    const [original, restored] = [await take(stage, ORIGINAL), await take(stage, RESTORED)]
    const found = differences(original, restored)
    if (found.length > 0) throw new Error(`They differ:\n  ${found.join('\n  ')}`)
    const counts = [
      `${original.rows} rows of ${Object.keys(original.tables).length} tables`,
      `${Object.keys(original.sequences).length} sequences`,
      `${original.indexes.length} indexes`,
      `${original.constraints.length} constraints`,
      `${Object.keys(original.files).length} files`,
    ]
    return { fact: `identical: ${counts.join(', ')}`, result: undefined }
  })

  await telling.step('Verify', async () => {
    await odooBackup(agentConfiguration, ['verify', backup.name], say)
    return {
      fact: 'a trial restore that nobody sees passed, so that the overview says so',
      result: undefined,
    }
  })

  await telling.step('Say what happens every night', async () => {
    await odooBackup(agentConfiguration, ['settings', 'set', '-d', ORIGINAL, ...NIGHTLY], say)
    // The copy was made to be compared: nobody expects backups of it.
    await odooBackup(agentConfiguration, ['settings', 'set', '-d', RESTORED, 'enabled=false'], say)
    return { fact: `"${ORIGINAL}" is backed up each night, its copy is left out`, result: undefined }
  })

  await telling.step("Try other accounts' folders", async () => {
    const credentials = []
    for (const purpose of Purpose.options)
      credentials.push(await credentialOf(brokerUrl, agentConfiguration, purpose))
    const { ownerAccessKeyId: accessKeyId, ownerSecretAccessKey: secretAccessKey } = stage.sandbox
    const refused = await tryForeignFolders(credentials, { accessKeyId, secretAccessKey })
    return {
      fact: `${refused} attempts with ${credentials.length} credentials, all refused (403)`,
      result: undefined,
    }
  })
}

/** A new account has no credit: the page says so and leads to where it is bought. */
async function pay(stage: Stage, browser: HttpBrowser, first: Page): Promise<string> {
  if (first.status !== 402)
    throw new Error(`A new account was not asked to pay (${first.status}): ${plain(first)}`)
  if (!/credit/i.test(plain(first))) throw new Error(`The page does not say what is due: ${plain(first)}`)
  await buyCredit(browser, first, USER, CREDITS)
  const page = await browser.open(`${stage.agentUrl}/web/database/backups`)
  if (page.status !== 200) throw new Error(`After buying credit the agent still says: ${plain(page)}`)
  return `without credit the agent's page led to the shop; ${CREDITS} credits were bought, and it opened`
}

function take(stage: Stage, database: string) {
  return fingerprint(connectionTo(stage.odoo, database), filestoreOf(stage.odoo, database))
}

async function databaseSize(stage: Stage): Promise<{ bytes: number }> {
  return withClient(connectionTo(stage.odoo, ORIGINAL), async client => {
    const { rows } = await client.query('SELECT pg_database_size(current_database())::float8 AS bytes')
    return rows[0]
  })
}
