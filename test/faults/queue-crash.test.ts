import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { OdooCluster, odooSettings } from '@odoo-backup/odoo'
import { DatabaseName } from '@odoo-backup/protocol'
import type { JobQueue } from '../../apps/agent/src/queue/job-queue.ts'
import { openQueue } from '../../apps/agent/src/queue/open-queue.ts'
import { type OwnPostgres, startOwnPostgres } from '../fixtures/own-servers.ts'

const JOBS = 10

let postgres: OwnPostgres
let queue: JobQueue | undefined
beforeEach(async () => {
  postgres = await startOwnPostgres()
})
afterEach(async () => {
  await queue?.close()
  await postgres.close()
})

test('every job, wish and log line that was accepted is there after a crash of a PostgreSQL that commits lazily', async () => {
  const cluster = new OdooCluster(
    odooSettings(
      new Map([
        ['db_host', postgres.pgHost],
        ['db_port', String(postgres.pgPort)],
        ['db_user', postgres.odooDbUser],
        ['db_password', postgres.odooDbPassword],
      ]),
    ),
  )
  const lazily = await cluster.withMaintenance(client => client.query('SHOW synchronous_commit'))
  expect(lazily.rows).toEqual([{ synchronous_commit: 'off' }])
  queue = await openQueue({
    queue: 'postgres',
    database: `queue_${randomBytes(4).toString('hex')}`,
    instanceId: `test-${randomBytes(8).toString('hex')}`,
    cluster,
    retryDelayMs: 50,
    onError: () => undefined,
  })
  const accepted: string[] = []
  for (let count = 0; count < JOBS; count++) {
    const data = { kind: 'backup', database: DatabaseName.parse('any'), scheduled: false } as const
    const id = await queue.add(data)
    accepted.push(id)
    await queue.log(id, 'begun')
    await queue.wantCancel(id)
  }
  await postgres.stop('crash')
  await postgres.start()

  const kept = await queue.jobs()
  expect(kept.map(({ job }) => job.id).sort()).toEqual([...accepted].sort())
  expect(kept.every(({ cancelWanted }) => cancelWanted)).toBe(true)
  for (const id of accepted) expect((await queue.logOf(id)).lines).toEqual(['begun'])
})
