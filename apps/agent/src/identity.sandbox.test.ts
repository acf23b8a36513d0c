import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../../../test/fixtures/agent-instance.ts'
import type { OpenAgentOptions } from './open-agent.ts'
import type { Agent } from './operations.ts'

let instance: AgentInstance
let database: DatabaseName
let clock: number
beforeEach(async () => {
  clock = Date.parse('2026-03-01T03:00:00Z')
  instance = await agentInstance()
  database = DatabaseName.parse(await instance.odoo.createSample())
})
afterEach(() => instance.close())

const machine = (digit: string, more: Partial<OpenAgentOptions> = {}) =>
  instance.open({ machineId: async () => digit.repeat(32), now: () => new Date(clock), ...more })
const backUp = async (agent: Agent) => {
  const done = await ended(agent, await agent.startBackup({ database }))
  expect(done).toMatchObject({ state: 'completed' })
  for (const job of await agent.jobs()) await ended(agent, job.id)
  clock += 60_000
  return done.backup ?? ''
}
const rotate = async (agent: Agent) => ended(agent, await agent.startRotate(database))
const names = async (agent: Agent) => (await agent.backups()).map(({ name }) => name).sort()
const encryption = {
  encrypted: true,
  encryptionPassword: 'the one that is kept elsewhere',
  passwordKeptElsewhere: true,
} as const

test('a copy of the configuration on another machine is an instance of its own: neither rotates what the other made', async () => {
  const original = await machine('a')
  await original.agent.changeDatabaseSettings(database, encryption)
  const first = await backUp(original.agent)
  const id = original.store.current.instanceId

  const configurationFile = join(instance.folder, 'copy.conf')
  await copyFile(instance.configurationFile, configurationFile)
  const copy = await machine('b', { configurationFile })
  await copy.agent.changeDatabaseSettings(database, { retention: { daily: 1 } })
  const theirs = await backUp(copy.agent)
  expect(copy.store.current.instanceId).not.toBe(id)
  expect((await copy.agent.backup(theirs)).instanceId).toBe(copy.store.current.instanceId)
  expect(await rotate(copy.agent)).toMatchObject({
    state: 'completed',
    warnings: [{ text: { code: 'former_backups_stay' } }],
  })
  expect(await names(copy.agent)).toEqual([first, theirs].sort())

  await original.agent.changeDatabaseSettings(database, { retention: { daily: 1 } })
  expect(await rotate(original.agent)).toMatchObject({ state: 'completed', warnings: [] })
  expect(await names(original.agent)).toEqual([first, theirs].sort())
  expect(original.store.current.instanceId).toBe(id)
})

test('a server that took the place of another adopts its backups by the administrator’s word', async () => {
  const before = await machine('a')
  const [first, second] = [await backUp(before.agent), await backUp(before.agent)]
  await before.close()
  const moved = await machine('b')
  await moved.agent.changeDatabaseSettings(database, { retention: { daily: 1 } })
  expect(await rotate(moved.agent)).toMatchObject({ warnings: [{ text: { code: 'former_backups_stay' } }] })
  expect(await names(moved.agent)).toEqual([first, second])
  expect(await moved.agent.adoptBackups(database)).toBe(2)
  expect(await rotate(moved.agent)).toMatchObject({ warnings: [] })
  expect(await names(moved.agent)).toEqual([second])
  expect((await moved.agent.backups())[0]?.foreign).toBeUndefined()
})

test('on the same machine an instance stays the one it is, however often it starts, and wherever its file lies', async () => {
  const before = await machine('a')
  await before.agent.jobs()
  const { instanceId } = before.store.current
  await before.close()
  const configurationFile = join(instance.folder, 'moved.conf')
  await copyFile(instance.configurationFile, configurationFile)
  const after = await machine('a', { configurationFile })
  await after.agent.jobs()
  expect(after.store.current.instanceId).toBe(instanceId)
  const text = await readFile(configurationFile, 'utf8')
  expect(text).toMatch(/^odoo_backup_sh_instance_home = [0-9a-f]{12}\.[0-9a-f]{12}$/m)
  expect(text).not.toContain('former_instance_ids')
})

test('workers of one queue in Redis share an id, each on a machine of its own', async () => {
  const before = await machine('a')
  await before.agent.jobs()
  const { instanceId } = before.store.current
  await before.close()
  const environment = { PATH: process.env.PATH, ODOO_BACKUP_SH_QUEUE: sandboxEnvironment().redisUrl }
  const worker = await machine('b', { environment })
  await backUp(worker.agent)
  expect(worker.store.current.instanceId).toBe(instanceId)
})
