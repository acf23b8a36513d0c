import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type DatabaseName, type JobId, NewDatabaseName } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { gate } from '../fixtures/gate.ts'
import { openUploads } from '../fixtures/open-uploads.ts'
import { type AgentProcess, startAgentProcess } from './agent-process.ts'
import { openWithPatience, setSilence } from './kill-at.ts'
import { expectRecovered, victim } from './recovered.ts'
import { until, uploadBegun } from './waiting.ts'

let instance: AgentInstance
let database: DatabaseName
let service: AgentProcess | undefined
let store: FaultProxy
/** While it is so, the store gives only the beginning of an archive: a restore stays among its files. */
let givesBeginning: boolean
/** While it is so, it answers no part of an archive: a backup stays in the middle of its upload. */
let holdsParts: boolean
const MIB = 1024 * 1024
beforeEach(async () => {
  givesBeginning = false
  holdsParts = false
  store = await startFaultProxy(sandboxEnvironment().s3Endpoint, ({ method, path, query, headers }) => {
    if (holdsParts && method === 'PUT' && query.has('partNumber'))
      return { kind: 'gate', before: 'answer', gate: gate() }
    const [, start = '0', end = '0'] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? []
    const isLater = Number(start) > MIB && Number(end) - Number(start) > MIB
    return givesBeginning && method === 'GET' && path.endsWith('.zip') && isLater
      ? { kind: 'gate', before: 'request', gate: gate() }
      : undefined
  })
  instance = await agentInstance({ aws_endpoint: store.url, lock_wait_seconds: '600' })
  const { agent, close } = await instance.open({ worker: 'never' })
  database = await victim(instance, agent, 20)
  await close()
})
afterEach(async () => {
  await service?.kill()
  service = undefined
  await instance.close()
  await store.close()
})

const untilPhase = (agent: Agent, id: JobId, phase: string) =>
  until(async () => ((await agent.job(id)).progress?.phase === phase ? true : undefined))
const keys = async () => {
  const found: string[] = []
  for await (const { key } of instance.storage.list(instance.prefix)) found.push(key)
  return found
}

test('a backup that is cancelled in the middle leaves nothing, and the next one succeeds', async () => {
  const opened = await instance.open()
  const { agent } = opened
  holdsParts = true
  const id = await agent.startBackup({ database })
  await uploadBegun(opened, id)
  await agent.cancel(id)
  expect(await ended(agent, id)).toMatchObject({ state: 'cancelled' })
  expect(await keys()).toEqual([])
  holdsParts = false
  await expectRecovered(instance, opened, database)
})

test('a backup that is cancelled while a locked table keeps it from beginning waits no longer', async () => {
  const opened = await instance.open()
  const { agent } = opened
  const blocker = await instance.odoo.superuser(database)
  try {
    await blocker.query('BEGIN; LOCK TABLE ir_attachment IN ACCESS EXCLUSIVE MODE')
    const id = await agent.startBackup({ database })
    await until(async () => {
      const { rowCount } = await blocker.query(
        "SELECT FROM pg_locks WHERE relation = 'ir_attachment'::regclass AND NOT granted",
      )
      return rowCount === 0 ? undefined : true
    })
    await agent.cancel(id)
    expect(await ended(agent, id)).toMatchObject({ state: 'cancelled' })
  } finally {
    await blocker.end()
  }
  expect(await keys()).toEqual([])
  await expectRecovered(instance, opened, database)
})

test('a backup of which an administrator of PostgreSQL ends a statement is not told as cancelled, but tried again', async () => {
  const opened = await instance.open()
  const { agent } = opened
  const administrator = await instance.odoo.superuser(database)
  await administrator.query('BEGIN; LOCK TABLE ir_attachment IN ACCESS EXCLUSIVE MODE')
  const id = await agent.startBackup({ database })
  await until(async () => {
    const { rowCount } = await administrator.query(
      "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE relation = 'ir_attachment'::regclass AND NOT granted",
    )
    return rowCount === 0 ? undefined : true
  })
  await administrator.end()
  expect(await ended(agent, id)).toMatchObject({ state: 'completed', attempt: 2 })
  expect((await agent.jobLog(id)).lines.map(({ text }) => text).join('\n')).toMatch(
    /tried again \(postgres_failed\): .*an administrator/,
  )
  await expectRecovered(instance, opened, database)
})

test('a restore that is cancelled in the middle leaves no database and no files', async () => {
  const opened = await instance.open()
  const { agent } = opened
  const made = await ended(agent, await agent.startBackup({ database }))
  givesBeginning = true
  const name = NewDatabaseName.parse(instance.odoo.name('_cancelled'))
  const id = await agent.startRestore({
    source: { kind: 'stored', backup: made.backup ?? '' },
    database: name,
    copy: true,
    neutralise: false,
  })
  await untilPhase(agent, id, 'files')
  await agent.cancel(id)
  expect(await ended(agent, id)).toMatchObject({ state: 'cancelled' })
  expect(await instance.odoo.cluster.databaseExists(name)).toBe(false)
  await expectRecovered(instance, opened, database)
})

test('a job that waits is cancelled without being run, by whatever process', async () => {
  const { agent } = await instance.open({ worker: 'never' })
  const id = await agent.startBackup({ database })
  await agent.cancel(id)
  expect(await agent.job(id)).toMatchObject({ state: 'cancelled', attempt: 0 })
  const opened = await instance.open()
  await until(async () => ((await agent.job(id)).finishedAt === undefined ? undefined : true))
  expect(await agent.job(id)).toMatchObject({ state: 'cancelled' })
  expect(await keys()).toEqual([])
  await expect(agent.cancel(id)).resolves.toBeUndefined()
  await expectRecovered(instance, opened, database)
})

test('the end of the service interrupts a backup, and the next start takes it up again', async () => {
  const first = await instance.open()
  holdsParts = true
  const id = await first.agent.startBackup({ database })
  await uploadBegun(first, id)
  await first.close()
  expect(await openUploads(instance.prefix)).toEqual([])
  holdsParts = false
  const second = await instance.open()
  expect(await ended(second.agent, id)).toMatchObject({ state: 'completed' })
  await expectRecovered(instance, second, database)
})

/** The service dies in the middle of the job, the job is cancelled meanwhile, and the service starts again. */
async function killedThenCancelled(agent: Agent, id: JobId, begun: () => Promise<unknown>): Promise<void> {
  // It is missed soon.
  await setSilence(instance.configurationFile, 2)
  service = await startAgentProcess(instance.configurationFile)
  await begun()
  await service.kill()
  await agent.cancel(id)
  service = await startAgentProcess(instance.configurationFile)
  await until(async () => (await agent.job(id)).finishedAt)
  expect(await agent.job(id)).toMatchObject({ state: 'cancelled' })
  await service.terminate()
}

test('a backup whose worker died is cancelled before its next run: no upload of it stays open', async () => {
  const opened = await instance.open({ worker: 'never' })
  holdsParts = true
  const id = await opened.agent.startBackup({ database })
  await killedThenCancelled(opened.agent, id, async () => {
    await uploadBegun(opened, id)
    await until(async () => ((await openUploads(instance.prefix)).length > 0 ? true : undefined))
  })
  expect(await keys()).toEqual([])
  holdsParts = false
  await opened.close()
  await expectRecovered(instance, await openWithPatience(instance), database)
})

test('a restore whose worker died is cancelled before its next run: no hidden database and no files stay', async () => {
  const { agent, close } = await instance.open()
  const made = await ended(agent, await agent.startBackup({ database }))
  await close()
  givesBeginning = true
  const waiting = await instance.open({ worker: 'never' })
  const name = NewDatabaseName.parse(instance.odoo.name('_cancelled'))
  const id = await waiting.agent.startRestore({
    source: { kind: 'stored', backup: made.backup ?? '' },
    database: name,
    copy: true,
    neutralise: false,
  })
  let temporaryDatabase = ''
  await killedThenCancelled(waiting.agent, id, async () => {
    await untilPhase(waiting.agent, id, 'files')
    const data = (await (await waiting.queue.get()).job(id))?.job.data
    temporaryDatabase = (data?.kind === 'restore' ? data.journal?.temporaryDatabase : undefined) ?? ''
    expect(await instance.odoo.cluster.databaseExists(temporaryDatabase)).toBe(true)
  })
  expect(await instance.odoo.cluster.databaseExists(temporaryDatabase)).toBe(false)
  expect(await instance.odoo.cluster.databaseExists(name)).toBe(false)
  await waiting.close()
  await expectRecovered(instance, await openWithPatience(instance), database)
})
