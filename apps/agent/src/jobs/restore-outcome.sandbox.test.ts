import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { withDatabaseLock } from '@odoo-backup/odoo'
import {
  DatabaseName,
  JobId,
  type JobView,
  NewDatabaseName,
  type RestoreRequest,
} from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { OpenedAgent } from '../open-agent.ts'
import type { Agent } from '../operations.ts'

let instance: AgentInstance
let agent: Agent
let opened: OpenedAgent
let database: NewDatabaseName
/** Go last: they share a folder of the bucket. */
const others: AgentInstance[] = []
const made: Record<string, string> = {}

beforeAll(async () => {
  instance = await agentInstance()
  database = NewDatabaseName.parse(await instance.odoo.createSample())
  await instance.odoo.rows(
    database,
    `INSERT INTO ir_module_module (name, state) VALUES ('acme_lost', 'installed');
     ALTER TABLE ir_module_module ADD COLUMN IF NOT EXISTS imported boolean;
     INSERT INTO ir_module_module (name, state, imported)
     VALUES ('from_a_zip', 'installed', true), ('studio_customization', 'installed', true)`,
  )
  opened = await instance.open()
  agent = opened.agent
  for (const format of ['zip', 'dump'] as const) {
    await agent.changeDatabaseSettings(database, { format })
    const job = await ended(agent, await agent.startBackup({ database: DatabaseName.parse(database) }))
    expect(job).toMatchObject({ state: 'completed' })
    made[format] = job.backup ?? ''
  }
})
afterAll(async () => {
  for (const other of others) await other.close()
  await instance.close()
})

async function restored(format: 'zip' | 'dump', request: Partial<RestoreRequest> = {}): Promise<JobView> {
  const id = await agent.startRestore({
    source: { kind: 'stored', backup: made[format] ?? '' },
    database: NewDatabaseName.parse(instance.odoo.name('_made')),
    ...request,
  })
  return ended(agent, id)
}

const codesOf = ({ warnings }: JobView) => warnings.map(({ text }) => text.code)
const scheduled = (name: NewDatabaseName) =>
  agent.changeDatabaseSettings(name, {
    enabled: true,
    schedules: [{ kind: 'every', every: 1, unit: 'months', timeZone: 'UTC' }],
  })
const isEnabled = async (name: NewDatabaseName) =>
  (await agent.databaseSettings()).find(found => found.database === name)?.enabled
/** Of the database only its settings are left. */
async function scheduledAndGone(name: NewDatabaseName): Promise<void> {
  await restored('zip', { database: name })
  await scheduled(name)
  await instance.odoo.cluster.withMaintenance(client =>
    client.query(`ALTER DATABASE "${name}" RENAME TO "${name}_gone"`),
  )
  await rm(instance.odoo.filestore(name), { recursive: true })
}

test('a neutralised restore tells what was done, and what nothing was known of', async () => {
  const job = await restored('zip')
  expect(job).toMatchObject({ state: 'completed' })
  expect(job.neutralised?.statements).toContainEqual({
    step: 'scheduled_actions',
    what: 'scheduled actions switched off, except the clean-up',
    rows: expect.any(Number),
  })
  expect(job.neutralised?.notCovered).toContain('acme_lost')
  expect((await restored('zip', { copy: false })).neutralised).toBeUndefined()
})

test.each(['zip', 'dump'] as const)('modules that this server lacks are told of a %s', async format => {
  const source = join(instance.folder, `source-${format}`)
  for (const name of ['base', 'mail']) {
    await mkdir(join(source, name), { recursive: true })
    await writeFile(join(source, name, '__manifest__.py'), '{}')
  }
  const other = await agentInstance({
    private_s3_dir: instance.prefix.slice(0, -1),
    addons_path: source,
    instance_id: `${format}-elsewhere`,
  })
  others.push(other)
  const elsewhere = (await other.open()).agent
  const id = await elsewhere.startRestore({
    source: { kind: 'stored', backup: made[format] ?? '' },
    database: NewDatabaseName.parse(other.odoo.name('_made')),
  })
  const { state, warnings } = await ended(elsewhere, id)
  expect(state).toBe('completed')
  const lacking = warnings.find(({ text }) => text.code === 'modules_lacking')?.message ?? ''
  expect(lacking).toMatch(/\bacme_lost\b/)
  expect(lacking).not.toMatch(/\b(?:base|mail|from_a_zip|studio_customization)\b/)
})

test('a dump that replaces a database leaves the filestore as it is, and says so', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_live'))
  await restored('zip', { database: name, copy: false })
  const before = await instance.fingerprint(name)
  expect(Object.keys(before.files).length).toBeGreaterThan(0)
  const job = await restored('dump', { database: name, copy: false, replace: true })
  expect(job).toMatchObject({ state: 'completed' })
  expect(codesOf(job)).toContain('dump_without_files')
  expect(await instance.fingerprint(name)).toEqual(before)
})

test('the filestore alone cannot come from a dump', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_live'))
  await restored('zip', { database: name, copy: false })
  const before = await instance.fingerprint(name)
  const job = await restored('dump', { database: name, parts: 'filestore', replace: true })
  expect(job).toMatchObject({ state: 'failed', failure: { code: 'filestore_missing' } })
  expect(await instance.fingerprint(name)).toEqual(before)
})

test('the files of a live database come back without switching its backups off', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_live'))
  await restored('zip', { database: name, copy: false })
  const before = await instance.fingerprint(name)
  await scheduled(name)
  await rm(instance.odoo.filestore(name), { recursive: true })
  const job = await restored('zip', { database: name, parts: 'filestore' })
  expect(job).toMatchObject({ state: 'completed' })
  expect(await instance.fingerprint(name)).toEqual(before)
  expect(await isEnabled(name)).toBe(true)
})

test('no restored database goes on with the backups of what had its name, a replaced one neither, unless it is to', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_again'))
  await scheduledAndGone(name)
  expect(codesOf(await restored('zip', { database: name }))).toContain('schedules_off')
  expect(await isEnabled(name)).toBe(false)

  await scheduled(name)
  const kept = codesOf(await restored('zip', { database: name, replace: true, keepSchedules: true }))
  expect(kept).toContain('replaced_kept')
  expect(kept).not.toContain('schedules_off')
  expect(await isEnabled(name)).toBe(true)

  const last = await restored('zip', { database: name, replace: true })
  expect(last).toMatchObject({ state: 'completed' })
  const replaced = codesOf(last)
  expect(replaced).toEqual(expect.arrayContaining(['replaced_kept', 'schedules_off']))
  expect(await isEnabled(name)).toBe(false)
})

test('a new database has no schedules either where it was to replace one that is not there', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_absent'))
  await scheduledAndGone(name)
  expect(codesOf(await restored('zip', { database: name, replace: true }))).toContain('schedules_off')
  expect(await isEnabled(name)).toBe(false)
})

/** Runs `act` whenever settings are about to be written. */
function beforeSettings(act: () => Promise<unknown>): () => void {
  const { store } = opened
  const change = store.change.bind(store)
  store.change = async (edit, allow) => {
    await act()
    return change(edit, allow)
  }
  return () => {
    store.change = change
  }
}

test('schedules are off before the new database is public, and on again where it does not become so', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_soon'))
  await scheduledAndGone(name)
  const seen: boolean[] = []
  const look = beforeSettings(async () => seen.push(await instance.odoo.cluster.databaseExists(name)))
  const inTheWay = join(instance.odoo.filestore(name), 'in-the-way')
  const obstruct = beforeSettings(async () => {
    await mkdir(instance.odoo.filestore(name), { recursive: true })
    await writeFile(inTheWay, '')
  })
  const failed = await restored('zip', { database: name })
  obstruct()
  expect(failed).toMatchObject({ state: 'failed', failure: { code: 'filestore_exists' } })
  expect(await isEnabled(name)).toBe(true)
  await rm(instance.odoo.filestore(name), { recursive: true })
  expect(codesOf(await restored('zip', { database: name }))).toContain('schedules_off')
  look()
  expect(await isEnabled(name)).toBe(false)
  expect(seen).toEqual([false, false, false])
})

test('a backup that a schedule asked for before a restore switched it off is not made of what was restored', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_waited'))
  const database = DatabaseName.parse(name)
  await scheduledAndGone(name)
  const queue = await opened.queue.get()
  const begun = await withDatabaseLock(instance.odoo.cluster, name, async () => {
    const source = { kind: 'stored' as const, backup: made.zip ?? '' }
    const restore = await agent.startRestore({ source, database: name })
    for await (const { state, phases } of agent.follow(restore))
      if (state === 'waiting' && phases.length > 0) break
    const wanted = async (scheduled: boolean) =>
      JobId.parse(await queue.add({ kind: 'backup', database, scheduled }))
    return { restore, byItself: await wanted(true), byHand: await wanted(false) }
  })
  expect(codesOf(await ended(agent, begun.restore))).toContain('schedules_off')
  expect(await ended(agent, begun.byItself)).toMatchObject({ state: 'cancelled', attempt: 1 })
  const { lines } = await agent.jobLog(begun.byItself)
  expect(lines.at(-1)?.text).toMatch(/switched off.*by hand/)
  const { backup, next } = await ended(agent, begun.byHand)
  expect((await agent.backups({ database })).map(found => found.name)).toEqual([backup])
  const rotations = (await agent.jobs()).filter(job => job.kind === 'rotate' && job.database === name)
  expect(rotations.map(({ id }) => id)).toEqual([next])
})

test('a run that waited for another of the same job finds what that one did', async () => {
  const name = NewDatabaseName.parse(instance.odoo.name('_twice'))
  const queue = await opened.queue.get()
  const idOf = (request: RestoreRequest) => agent.startRestore(request)
  const request = {
    source: { kind: 'stored' as const, backup: made.zip ?? '' },
    database: name,
    replace: true,
  }
  const first = await idOf(request)
  expect(await ended(agent, first)).toMatchObject({ state: 'completed' })
  const done = (await queue.job(first))?.job.data
  const oid = () => instance.odoo.rows('postgres', 'SELECT oid FROM pg_database WHERE datname = $1', [name])
  const before = await oid()
  let second = first
  await withDatabaseLock(instance.odoo.cluster, name, async () => {
    second = await idOf(request)
    for await (const job of agent.follow(second)) if (job.progress?.phase === 'waiting') break
    const waiting = (await queue.job(second))?.job
    if (done?.kind !== 'restore' || waiting?.data.kind !== 'restore' || done.journal === undefined)
      throw new Error('not the restores that were begun')
    await waiting.updateData({ ...waiting.data, journal: done.journal })
  })
  expect(await ended(agent, second)).toMatchObject({ state: 'completed' })
  expect(await oid()).toEqual(before)
})

test('an upload goes once it is restored, and stays for another try when that fails', async () => {
  const path = join(instance.folder, 'uploaded.zip')
  const { body } = await agent.openBackup(made.zip ?? '')
  await writeFile(path, body)
  const restoreAs = async (name: NewDatabaseName) =>
    ended(
      agent,
      await agent.startRestore({ source: { kind: 'file', path, removeAfter: true }, database: name }),
    )
  const taken = NewDatabaseName.parse(instance.odoo.name('_taken'))
  await mkdir(instance.odoo.filestore(taken), { recursive: true })
  await writeFile(join(instance.odoo.filestore(taken), 'in-the-way'), '')
  expect(await restoreAs(taken)).toMatchObject({ state: 'failed', failure: { code: 'filestore_exists' } })
  expect(existsSync(path)).toBe(true)
  expect(await restoreAs(NewDatabaseName.parse(instance.odoo.name('_up')))).toMatchObject({
    state: 'completed',
  })
  expect(existsSync(path)).toBe(false)
})
