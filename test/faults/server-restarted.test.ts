import { afterEach, expect, test } from '@jest/globals'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { startAgentProcess } from './agent-process.ts'
import { writeBigFilestore } from './big-filestore.ts'
import { openUploads } from './open-uploads.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until, uploadBegun } from './waiting.ts'

const sandbox = sandboxEnvironment()
let instance: AgentInstance
let proxy: TcpProxy
afterEach(async () => {
  proxy.mend()
  await instance.close()
  await proxy.close()
})

const visible = async (name: string) => instance.odoo.cluster.databaseExists(name)

test('PostgreSQL is restarted in the middle of a backup: it is made again and ends well', async () => {
  proxy = await startTcpProxy(sandbox.pgPort)
  instance = await agentInstance({ bandwidth_limit: '6144' }, `db_port = ${proxy.port}\n`)
  const database = DatabaseName.parse(await instance.odoo.createSample())
  await writeBigFilestore(instance.odoo, database, 16)
  const opened = await instance.open()
  const { agent } = opened
  const id = await agent.startBackup({ database })
  await uploadBegun(opened, id)
  proxy.cut()
  await expect(agent.databases()).rejects.toMatchObject({ code: 'postgres_unreachable', status: 503 })
  proxy.mend()
  const done = await ended(agent, id)
  expect(done).toMatchObject({ state: 'completed' })
  expect(done.attempt).toBeGreaterThan(1)
  expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
  expect(await agent.loneArchives()).toEqual([])
  expect(await openUploads(instance.prefix)).toEqual([])
})

test('PostgreSQL is restarted in the middle of a restore: nothing half is seen, the next attempt ends well', async () => {
  proxy = await startTcpProxy(sandbox.pgPort)
  instance = await agentInstance({ bandwidth_limit: '8192' }, `db_port = ${proxy.port}\n`)
  const database = DatabaseName.parse(await instance.odoo.createSample())
  await writeBigFilestore(instance.odoo, database, 16)
  const { agent } = await instance.open()
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
  const id = await agent.startRestore({
    source: { kind: 'stored', backup },
    database: name,
    copy: false,
    neutralise: false,
  })
  await until(async () => ((await agent.job(id)).progress?.phase === 'files' ? true : undefined))
  proxy.cut()
  expect(await visible(name)).toBe(false)
  proxy.mend()
  expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
  expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
})

test('Redis is restarted: the service goes on by itself', async () => {
  const redis = new URL(sandbox.redisUrl)
  proxy = await startTcpProxy(Number(redis.port))
  redis.port = String(proxy.port)
  instance = await agentInstance({ queue: redis.href })
  const database = DatabaseName.parse(await instance.odoo.createSample())
  const { agent } = await instance.open()
  expect(await ended(agent, await agent.startBackup({ database }))).toMatchObject({ state: 'completed' })
  proxy.cut()
  await expect(agent.startBackup({ database })).rejects.toMatchObject({
    code: 'queue_unreachable',
    status: 503,
  })
  proxy.mend()
  const id = await until(() => agent.startBackup({ database }).catch(() => undefined))
  expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
})

test('while PostgreSQL is down the service starts, serves its pages, says so, and recovers by itself', async () => {
  proxy = await startTcpProxy(sandbox.pgPort)
  instance = await agentInstance({}, `db_port = ${proxy.port}\n`)
  const database = DatabaseName.parse(await instance.odoo.createSample())
  proxy.cut()
  const service = await startAgentProcess(instance.configurationFile)
  try {
    const address = service.log.map(line => /"url":"([^"]+)"/.exec(line)?.[1]).find(url => url !== undefined)
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
    const ready = await fetch(`${address}/readyz`)
    expect(ready.status).toBe(503)
    expect((await fetch(`${address}/web/database/backups`)).status).toBeLessThan(500)
    proxy.mend()
    const { agent } = await instance.open({ worker: 'never' })
    expect(await ended(agent, await agent.startBackup({ database }))).toMatchObject({ state: 'completed' })
    expect(await service.terminate()).toBe(0)
  } finally {
    await service.kill()
  }
})
