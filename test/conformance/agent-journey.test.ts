import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { databaseFingerprint, filesFingerprint } from '../../packages/odoo/src/testing/fingerprint.ts'
import { type AgentInstance, agentInstance, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface, everythingOf, wordsOf } from '../fixtures/agent-surface.ts'
import type { Page } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

// What a newcomer does with a browser alone, on real parts: log in, approve, back up, list, restore.

let broker: RunningBroker
let instance: AgentInstance
let opened: OpenedAgent
let surface: AgentSurface
let database: string
let odooConf: string

beforeAll(async () => {
  broker = await runBroker()
  instance = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  database = await instance.odoo.createSample()
  odooConf = await readFile(join(instance.folder, 'odoo.conf'), 'utf8')
  opened = await instance.open()
  surface = await agentSurface(instance, opened)
})
afterAll(async () => {
  await surface.close()
  await instance.close()
  await broker.close()
})

const fingerprint = async (name: string) => ({
  rows: await instance.odoo.cluster.withClient(name, databaseFingerprint),
  files: await filesFingerprint(instance.odoo.filestore(name)),
})

/** The first link of a page that looks like a button. */
const button = (page: Page) => /<a class="button" href="([^"]+)"/.exec(page.text)?.[1] ?? ''

/** Reloads a job's page as its Refresh header says, until it stops to. */
async function untilOver(page: Page): Promise<Page> {
  let shown = page
  while (shown.headers.get('refresh') !== null) shown = await surface.browser.open(shown.url)
  return shown
}

const submitTo = async (page: Page, action: string, values: Record<string, string>) => {
  const form = page.forms.find(candidate => candidate.action === action)
  if (form === undefined) throw new Error(`There is no form for ${action} on ${wordsOf(page)}`)
  return surface.browser.submit(page, form, values)
}

describe('with a browser and nothing else', () => {
  test('a newcomer logs in, approves, and comes back to the page, which is connected', async () => {
    const first = await surface.page()
    expect(wordsOf(first)).toContain('not connected to a backup storage yet')
    const { leadsTo } = await approve(surface.browser, button(first), await newOdooComUser())
    expect(leadsTo).toMatch(new RegExp(`^${surface.url}/web/database/backups\\?odoo_backup_code=`))
    const back = await surface.browser.open(leadsTo ?? '')
    expect(back.url).toBe(`${surface.url}/web/database/backups`)
    expect(wordsOf(back)).toContain('There are no backups yet.')
  })

  test('a backup is made and watched to its end', async () => {
    const begun = await submitTo(await surface.page(), '/web/database/backups/start', { database })
    expect(begun.url).toMatch(/\/web\/database\/backups\/jobs\//)
    expect(wordsOf(await untilOver(begun))).toContain('Done.')
    const list = wordsOf(await surface.page())
    expect(list).toContain('1 backup ')
    expect(list).toContain(`${database}.20`)
  })

  test('it is restored under another name, identical, and the way leads to the database manager', async () => {
    const [backup] = await opened.agent.backups()
    const name = instance.odoo.name('_restored')
    const answer = await surface.restoreByForm({ backup_file_name: backup?.name ?? '', name, copy: 'false' })
    expect(answer.status).toBe(200)
    expect(answer.url).toBe(`${surface.url}/web/database/manager`)
    expect(button(answer) || answer.text).toContain(':8069/web/database/manager')
    expect(await fingerprint(name)).toEqual(await fingerprint(database))
  })

  test('a stranger who polls the page neither sees the list nor gets a link to bind this server with', async () => {
    const before = await everythingOf(instance)
    const strange = await fetch(`${surface.url}/web/database/backups?odoo_backup_code=${'a'.repeat(22)}`)
    const text = await strange.text()
    expect(text).not.toContain(database)
    expect(text).not.toContain(broker.url)
    expect(await everythingOf(instance)).toEqual(before)
  })

  test('no secret of the instance was shown, answered or logged', async () => {
    const { userKey } = opened.store.current
    const configured = await readFile(instance.configurationFile, 'utf8')
    const secrets = [
      ...configured.matchAll(/^odoo_backup_sh_aws_(?:secret_access_key|session_token) = (.+)$/gm),
    ].map(match => match[1] ?? '')
    expect(secrets.length).toBeGreaterThan(0)
    for (const secret of [userKey, ...secrets]) expect(surface.seen()).not.toContain(secret)
  })
})

test('a job is told live as server-sent events, with bytes and percent, and ends', async () => {
  const made = await surface.api('POST', '/backups', { database })
  expect(made.status).toBe(202)
  const events = await surface.events(`/jobs/${made.body.id}/events`)
  expect(events.at(-1)).toEqual({ event: 'end', data: {} })
  const states = events.filter(({ event }) => event === 'job').map(({ data }) => data)
  expect(states.at(-1)).toMatchObject({ id: made.body.id, state: 'completed', progress: { percent: 100 } })
  expect(states.at(-1).progress.doneBytes).toBeGreaterThan(0)
})

/** Runs `work` while no dump of the database can end: it waits for a lock. */
async function whileDumpsWait<Result>(work: () => Promise<Result>): Promise<Result> {
  return instance.odoo.cluster.withClient(database, async client => {
    await client.query('BEGIN; LOCK TABLE ir_mail_server IN ACCESS EXCLUSIVE MODE')
    return work().finally(() => client.query('ROLLBACK'))
  })
}

async function untilActive(id: string): Promise<void> {
  while ((await surface.api('GET', `/jobs/${id}`)).body.state !== 'active') await wait(50)
}

test('a running backup is cancelled by API and by page; nothing of it is left', async () => {
  const before = await everythingOf(instance)
  const byApi = await whileDumpsWait(async () => {
    const { id } = (await surface.api('POST', '/backups', { database })).body
    await untilActive(id)
    expect((await surface.api('DELETE', `/jobs/${id}`)).status).toBe(202)
    return surface.events(`/jobs/${id}/events`)
  })
  expect(byApi.at(-2)?.data).toMatchObject({ state: 'cancelled' })
  const byPage = await whileDumpsWait(async () => {
    const begun = await submitTo(await surface.page(), '/web/database/backups/start', { database })
    await untilActive(new URL(begun.url).pathname.split('/').at(-1) ?? '')
    const shown = await surface.browser.open(begun.url)
    const cancel = shown.forms.find(({ action }) => action.endsWith('/cancel'))
    return untilOver(await submitTo(shown, cancel?.action ?? '', {}))
  })
  expect(wordsOf(byPage)).toContain('It was cancelled. What it had begun is removed.')
  expect(await everythingOf(instance)).toEqual(before)
})

test('the API tells what is in a backup, pins it, and refuses to delete it while it is pinned', async () => {
  const [backup] = (await surface.api('GET', '/backups?pageSize=1')).body.items
  const path = `/backups/${encodeURIComponent(backup.name)}`
  expect((await surface.api('GET', path)).body).toMatchObject({
    database,
    odooVersion: '16.0',
    missingFiles: 0,
  })
  expect((await surface.api('PUT', `${path}/pin`)).status).toBe(204)
  expect((await surface.api('GET', '/backups?pinned=true')).body.items).toMatchObject([{ name: backup.name }])
  expect(await surface.api('DELETE', path)).toMatchObject({ status: 409, body: { code: 'backup_pinned' } })
  expect((await surface.api('DELETE', `${path}/pin`)).status).toBe(204)
})

test('the overview answers whether all is well, and notices say when it is not', async () => {
  const overview = await surface.api('GET', '/overview')
  const own = overview.body.databases.find((known: { database: string }) => known.database === database)
  expect(own).toMatchObject({ exists: true, overdue: false, lastBackup: { database } })
  await surface.monitor.look()
  const notices = (await surface.api('GET', '/notices')).body.items
  expect(notices.filter((notice: { severity: string }) => notice.severity === 'error')).toEqual([])
})

test('settings changed by the API stand in the file, and secrets go in but never come out', async () => {
  const path = `/databases/${database}/settings`
  const change = {
    schedules: [{ kind: 'every', every: 1, unit: 'days', at: '03:30', timeZone: 'Europe/Berlin' }],
    retention: { daily: 7 },
    encrypted: true,
    encryptionPassword: 'correct horse battery staple',
  }
  expect(await surface.api('PATCH', path, change)).toMatchObject({
    status: 422,
    body: { code: 'encryption_unconfirmed' },
  })
  const changed = await surface.api('PATCH', path, { ...change, passwordKeptElsewhere: true })
  expect(changed).toMatchObject({ status: 200, body: { encrypted: true, retention: { daily: 7 } } })
  expect(changed.body.nextRuns.length).toBeGreaterThan(0)
  const shown = await surface.cli('settings', 'show', database)
  expect(shown.stdout).toContain('schedule=every 1 days at 03:30 in Europe/Berlin')
  expect(surface.seen()).not.toContain('correct horse battery staple')
  expect((await surface.api('PATCH', path, { encrypted: false, schedules: [] })).status).toBe(200)
})

test("after all this odoo.conf is as it was, and the agent's own file is for its user alone", async () => {
  expect(await readFile(join(instance.folder, 'odoo.conf'), 'utf8')).toBe(odooConf)
  const { configurationFile } = instance
  expect(await readFile(configurationFile, 'utf8')).toContain('odoo_backup_sh_aws_session_token = ')
  expect((await stat(configurationFile)).mode & 0o777).toBe(0o600)
})
