import { appendFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { DatabaseName, JobId } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { whileDumpWaits } from './paused-dump.ts'
import { expectRecovered, victim } from './recovered.ts'

let instance: AgentInstance
let opened: OpenedAgent
let agent: Agent
let database: DatabaseName
beforeEach(async () => {
  instance = await agentInstance()
  opened = await instance.open()
  agent = opened.agent
  database = await victim(instance, agent, 3)
})
afterEach(() => instance.close())

async function lastFile(): Promise<string> {
  const rows = await instance.odoo.rows<{ store_fname: string }>(
    database,
    'SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY id DESC LIMIT 1',
  )
  return join(instance.odoo.filestore(database), rows[0]?.store_fname ?? 'none')
}

async function spoiledDuringBackup(spoil: () => Promise<void>): Promise<JobId> {
  let id: JobId | undefined
  await whileDumpWaits(
    instance,
    database,
    async () => {
      id = await agent.startBackup({ database })
    },
    spoil,
  )
  if (id === undefined) throw new Error('No backup was started.')
  return id
}

test.each<[string, (path: string) => Promise<void>]>([
  ['vanishes', path => rm(path)],
  ['grows', path => appendFile(path, 'more')],
  ['is overwritten with zeros', path => writeFile(path, Buffer.alloc(1024 * 1024))],
  ['is cut short', path => writeFile(path, 'short')],
])('a file %s during the backup: it is made, says so, and passes its drill', async (_what, spoil) => {
  const path = await lastFile()
  const done = await ended(agent, await spoiledDuringBackup(() => spoil(path)))
  expect(done).toMatchObject({ state: 'completed', attempt: 1 })
  expect(done.warnings.length).toBeGreaterThan(0)
  const name = done.backup ?? ''
  expect((await agent.backup(name)).missingFiles).toBe(1)
  expect(await ended(agent, await agent.startVerify(name))).toMatchObject({ state: 'completed' })
  await expectRecovered(instance, opened, database)
})

test('a file that was added during the backup is no fault of it: its database names it not', async () => {
  const path = join(instance.odoo.filestore(database), 'added-meanwhile')
  const done = await ended(agent, await spoiledDuringBackup(() => writeFile(path, 'new')))
  expect(done).toMatchObject({ state: 'completed', attempt: 1, warnings: [] })
  expect((await agent.backup(done.backup ?? '')).missingFiles).toBe(0)
  await expectRecovered(instance, opened, database)
})

test('the whole folder is missing: there is no backup, and the error names the folder', async () => {
  const folder = instance.odoo.filestore(database)
  await rename(folder, `${folder}-elsewhere`)
  const done = await ended(agent, await agent.startBackup({ database }))
  expect(done).toMatchObject({
    state: 'failed',
    attempt: 1,
    failure: { code: 'filestore_missing', message: expect.stringContaining(folder) },
  })
  expect(await agent.backups()).toEqual([])
  await rename(`${folder}-elsewhere`, folder)
  await expectRecovered(instance, opened, database)
})

test('the whole folder vanishes during the backup: there is none, and once it is back the next one succeeds', async () => {
  const folder = instance.odoo.filestore(database)
  const id = await spoiledDuringBackup(() => rename(folder, `${folder}-elsewhere`))
  expect(await ended(agent, id)).toMatchObject({ state: 'failed', failure: { code: 'filestore_missing' } })
  expect(await agent.backups()).toEqual([])
  await rename(`${folder}-elsewhere`, folder)
  await expectRecovered(instance, opened, database)
})
