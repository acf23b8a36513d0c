import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { DatabaseName, JobId } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { expectRecovered, victim } from './recovered.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import { until } from './waiting.ts'

const sandbox = sandboxEnvironment()
let instance: AgentInstance
let proxy: TcpProxy
let opened: OpenedAgent
let database: DatabaseName
let backup: string
beforeEach(async () => {
  proxy = await startTcpProxy(sandbox.pgPort)
  // The queue is not where the databases are: jobs end while PostgreSQL is away.
  instance = await agentInstance({ queue: sandbox.redisUrl }, `db_port = ${proxy.port}\n`)
  opened = await instance.open()
  database = await victim(instance, opened.agent, 1)
  backup = (await ended(opened.agent, await opened.agent.startBackup({ database }))).backup ?? ''
})
afterEach(async () => {
  proxy.mend()
  await instance.close()
  await proxy.close()
})

/** What PostgreSQL has of these names, asked past the wire that is cut. */
async function flags(...names: string[]): Promise<{ name: string; open: boolean; hidden: boolean }[]> {
  return instance.odoo.rows(
    'postgres',
    `SELECT datname AS name, datallowconn AS open, datistemplate AS hidden
     FROM pg_database WHERE datname = ANY($1) ORDER BY 1`,
    [names],
  )
}

/** A transaction behind which the renames of a restore wait, and nothing before them. */
async function holdLastStep() {
  const holder = await instance.odoo.superuser()
  await holder.query('BEGIN')
  await holder.query(`COMMENT ON DATABASE "${database}" IS 'held'`)
  return holder
}

async function dataOf(id: JobId) {
  const data = (await (await opened.queue.get()).job(id))?.job.data
  return data?.kind === 'restore' ? data : undefined
}

/** Ends the job while PostgreSQL is away: nothing can be put back, and no further attempt will. */
async function endsUnsettled(id: JobId): Promise<void> {
  proxy.cut()
  await opened.agent.cancel(id)
  expect((await ended(opened.agent, id)).state).toBe('cancelled')
  expect((await dataOf(id))?.settled).toBeUndefined()
}

/** Waits until what the job left is cleared up. */
const settled = (id: JobId) => until(async () => (await dataOf(id))?.settled)

const filestores = () => readdir(join(instance.odoo.dataDir, 'filestore'))

test('a replaced database that a dead restore had closed is opened again once PostgreSQL is back', async () => {
  const before = await instance.fingerprint(database)
  const holder = await holdLastStep()
  const id = await opened.agent.startRestore({
    source: { kind: 'stored', backup },
    database,
    copy: false,
    neutralise: false,
    replace: true,
  })
  await until(async () => ((await flags(database))[0]?.open === false ? true : undefined))
  const { temporaryDatabase = '' } = (await dataOf(id))?.journal ?? {}
  await endsUnsettled(id)
  expect(await flags(database, temporaryDatabase)).toEqual([
    { name: temporaryDatabase, open: true, hidden: true },
    { name: database, open: false, hidden: false },
  ])
  await holder.end()
  proxy.mend()
  await settled(id)
  expect(await flags(database, temporaryDatabase)).toEqual([{ name: database, open: true, hidden: false }])
  expect(await filestores()).toEqual([database])
  expect(await instance.fingerprint(database)).toEqual(before)
  await expectRecovered(instance, opened, database)
})

test('what could not be cleared up is cleared up by the service that starts next', async () => {
  const holder = await holdLastStep()
  const id = await opened.agent.startRestore({
    source: { kind: 'stored', backup },
    database,
    copy: false,
    neutralise: false,
    replace: true,
  })
  await until(async () => ((await flags(database))[0]?.open === false ? true : undefined))
  await endsUnsettled(id)
  await opened.close()
  await holder.end()
  proxy.mend()
  opened = await instance.open()
  await settled(id)
  expect(await flags(database)).toEqual([{ name: database, open: true, hidden: false }])
  expect(await filestores()).toEqual([database])
  await expectRecovered(instance, opened, database)
})
