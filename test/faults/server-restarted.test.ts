import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type JobId, NewDatabaseName } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { type Gate, gate } from '../fixtures/gate.ts'
import { type OwnPostgres, startOwnPostgres } from '../fixtures/own-servers.ts'
import { startAgentProcess } from './agent-process.ts'
import { whileDumpWaits } from './paused-dump.ts'
import { expectRecovered, victim } from './recovered.ts'
import { until } from './waiting.ts'

const MIB = 1024 * 1024
const sandbox = sandboxEnvironment()

let postgres: OwnPostgres
let store: FaultProxy
let instance: AgentInstance
let opened: OpenedAgent
/** Where the store stops the next time it is asked for this window of an archive. */
let stop: { window: number; gate: Gate } | undefined

beforeEach(async () => {
  stop = undefined
  postgres = await startOwnPostgres()
  store = await startFaultProxy(sandbox.s3Endpoint, ({ method, path, headers }) => {
    const [, start = '0', end = '0'] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? []
    const isWindow = method === 'GET' && path.endsWith('.zip') && Number(end) - Number(start) > MIB
    if (!isWindow || stop === undefined || --stop.window > 0) return undefined
    const met = stop.gate
    stop = undefined
    return { kind: 'gate', before: 'request', gate: met }
  })
  instance = await agentInstance({ aws_endpoint: store.url }, '', { server: postgres })
  opened = await instance.open()
})
afterEach(async () => {
  await postgres.start()
  await instance.close()
  await store.close()
  await postgres.close()
})

describe('PostgreSQL is restarted', () => {
  const restart = async (how: 'orderly' | 'crash') => {
    await postgres.stop(how)
    await expect(opened.agent.databases()).rejects.toMatchObject({
      code: 'postgres_unreachable',
      status: 503,
    })
    await postgres.start()
  }

  test.each(['orderly', 'crash'] as const)(
    'in the middle of a dump (%s): the backup is made again and ends well',
    async how => {
      const { agent } = opened
      const database = await victim(instance, agent, 2)
      let id: JobId | undefined
      const start = async () => {
        id = await agent.startBackup({ database })
      }
      await whileDumpWaits(instance, database, start, () => restart(how))
      if (id === undefined) throw new Error('No backup was started.')
      const done = await ended(agent, id)
      expect(done).toMatchObject({ state: 'completed' })
      expect(done.attempt).toBeGreaterThan(1)
      expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
      await expectRecovered(instance, opened, database)
    },
    300_000,
  )

  test.each<[string, 'orderly' | 'crash', number]>([
    ['while psql fills a table', 'crash', 2],
    ['while its files are written', 'orderly', 4],
  ])(
    'in the middle of a restore, %s (%s): nothing half is seen, and the next attempt ends well',
    async (_when, how, window) => {
      const { agent } = opened
      const database = await victim(instance, agent, 16)
      // Of noise, so that the dump alone is longer than two windows of the archive.
      await instance.odoo.rows(database, 'CREATE TABLE aaa_noise (id serial PRIMARY KEY, noise text)')
      for (let count = 0; count < 20; count++)
        await instance.odoo.rows(database, 'INSERT INTO aaa_noise (noise) VALUES ($1)', [
          randomBytes(MIB).toString('base64'),
        ])
      const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
      // A crash makes sequences of the original skip numbers, as PostgreSQL may.
      const whole = await instance.fingerprint(database)
      const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
      const middle = gate()
      stop = { window, gate: middle }
      const id = await agent.startRestore({
        source: { kind: 'stored', backup },
        database: name,
        copy: false,
        neutralise: false,
      })
      await middle.reached
      const phase = window === 2 ? 'load' : 'files'
      await until(async () => ((await agent.job(id)).progress?.phase === phase ? true : undefined))
      await restart(how)
      expect(await instance.odoo.listedByOdoo()).not.toContain(name)
      middle.open()
      const done = await ended(agent, id)
      expect(done).toMatchObject({ state: 'completed' })
      expect(done.attempt).toBeGreaterThan(1)
      expect(await instance.fingerprint(name)).toEqual(whole)
      await expectRecovered(instance, opened, database)
    },
  )
})

test('while PostgreSQL is down the service starts, serves its pages, says so, and recovers by itself', async () => {
  const database = await victim(instance, opened.agent, 1)
  await opened.close()
  await postgres.stop()
  const service = await startAgentProcess(instance.configurationFile)
  try {
    const address = service.log.map(line => /"url":"([^"]+)"/.exec(line)?.[1]).find(url => url !== undefined)
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
    const ready = await fetch(`${address}/readyz`)
    expect(ready.status).toBe(503)
    expect((await fetch(`${address}/web/database/backups`)).status).toBeLessThan(500)
    await postgres.start()
    const asking = await instance.open({ worker: 'never' })
    await expectRecovered(instance, asking, database)
    expect(await service.terminate()).toBe(0)
  } finally {
    await service.kill()
  }
})
