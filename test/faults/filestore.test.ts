import { appendFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { writeBigFilestore } from './big-filestore.ts'

let instance: AgentInstance
let agent: Agent
let database: DatabaseName
beforeEach(async () => {
  instance = await agentInstance()
  database = DatabaseName.parse(await instance.odoo.createSample())
  await writeBigFilestore(instance.odoo, database, 3)
  agent = (await instance.open()).agent
})
afterEach(() => instance.close())

async function lastFile(): Promise<string> {
  const rows = await instance.odoo.rows<{ store_fname: string }>(
    database,
    'SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY id DESC LIMIT 1',
  )
  return join(instance.odoo.filestore(database), rows[0]?.store_fname ?? 'none')
}

test.each<[string, (path: string) => Promise<void>]>([
  ['vanished', path => rm(path)],
  ['has grown', path => appendFile(path, 'more')],
  ['is corrupt', path => writeFile(path, Buffer.alloc(1024 * 1024))],
])('one file that %s: the backup is made, says so, and passes its drill', async (_what, spoil) => {
  await spoil(await lastFile())
  const done = await ended(agent, await agent.startBackup({ database }))
  expect(done).toMatchObject({ state: 'completed' })
  expect(done.warnings.length).toBeGreaterThan(0)
  const name = done.backup ?? ''
  expect((await agent.backup(name)).missingFiles).toBe(1)
  expect(await agent.withMissingFiles(await agent.backups())).toMatchObject([{ name, missingFiles: 1 }])
  expect(await ended(agent, await agent.startVerify(name))).toMatchObject({ state: 'completed' })
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
  expect(await agent.loneArchives()).toEqual([])
})
