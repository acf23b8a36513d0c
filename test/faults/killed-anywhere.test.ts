import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { DatabaseName, type JobId, type JobView, NewDatabaseName } from '@odoo-backup/protocol'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { startAgentProcess } from './agent-process.ts'
import { writeBigFilestore } from './big-filestore.ts'
import { openUploads } from './open-uploads.ts'
import { type Moment, moments } from './seeded-moments.ts'
import { until } from './waiting.ts'

const KILLS = 20
const SEED = process.env.FAULTS_SEED ?? randomBytes(4).toString('hex')

let instance: AgentInstance
afterEach(() => instance.close())

/** Starts the service, waits until the job has come as far as `moment` says (or has ended), and pulls the plug. */
async function killAt(agent: Agent, id: JobId, moment: Moment): Promise<JobView> {
  const { attempt: before } = await agent.job(id)
  const service = await startAgentProcess(instance.configurationFile)
  try {
    return await until(async () => {
      const view = await agent.job(id)
      const isRunning = view.attempt > before && view.progress?.phase !== 'waiting'
      const isThere = isRunning && (view.progress?.doneBytes ?? 0) >= moment.bytes
      return isThere || view.finishedAt !== undefined ? view : undefined
    })
  } finally {
    await service.kill()
  }
}

async function setUp() {
  process.stdout.write(`moments drawn from FAULTS_SEED=${SEED}\n`)
  instance = await agentInstance({ bandwidth_limit: '8192', worker_silence_seconds: '1' })
  const database = DatabaseName.parse(await instance.odoo.createSample())
  await writeBigFilestore(instance.odoo, database, 16)
  const { agent } = await instance.open({ worker: 'never' })
  return { agent, database }
}

test(`kill -9 at ${KILLS} moments of a backup: no half backup is ever listed, and it ends well`, async () => {
  const { agent, database } = await setUp()
  const id = await agent.startBackup({ database })
  for (const moment of moments(`${SEED} backup`, KILLS, 12_000_000)) {
    const view = await killAt(agent, id, moment)
    if (view.finishedAt !== undefined) break
    // Made whole before its end was noted: then the next run finds it so.
    expect((await agent.backups()).length).toBeLessThanOrEqual(1)
  }
  await instance.open()
  const done = await ended(agent, id)
  expect(done).toMatchObject({ state: 'completed' })
  expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
  expect(await agent.loneArchives()).toEqual([])
  expect(await openUploads(instance.prefix)).toEqual([])
  expect(await ended(agent, await agent.startVerify(done.backup ?? ''))).toMatchObject({ state: 'completed' })
}, 240_000)

test(`kill -9 at ${KILLS} moments of a restore: Odoo never sees a half database, and it ends well`, async () => {
  const { agent, database } = await setUp()
  const { agent: working, close } = await instance.open()
  const { backup = '' } = await ended(working, await working.startBackup({ database }))
  await close()
  const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
  const id = await agent.startRestore({
    source: { kind: 'stored', backup },
    database: name,
    copy: false,
    neutralise: false,
  })
  for (const moment of moments(`${SEED} restore`, KILLS, 12_000_000)) {
    const view = await killAt(agent, id, moment)
    if (view.finishedAt !== undefined) break
    const listed = await instance.odoo.listedByOdoo()
    if (listed.includes(name)) {
      // Published before the end was noted: then it is whole.
      expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
    }
  }
  await instance.open()
  expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
  expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
  expect((await readdir(join(instance.odoo.dataDir, 'filestore'))).sort()).toEqual([database, name].sort())
}, 240_000)
