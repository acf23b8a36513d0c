import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { Redis } from 'ioredis'
import { startBrokerJobs } from '../../apps/broker/src/billing/operation/broker-jobs.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const prefix = `test:${randomBytes(6).toString('hex')}:`
let registry: TestRegistry
beforeAll(async () => {
  registry = await openTestRegistry()
})
afterAll(async () => {
  await registry.drop()
  const redis = new Redis(sandboxEnvironment().redisUrl)
  const keys = await redis.keys(`${prefix}*`)
  if (keys.length > 0) await redis.del(...keys)
  await redis.quit()
})

test.each(['PostgreSQL', 'Redis'])(
  'on %s, work by the clock is done once across three replicas, each turn anew',
  async kind => {
    const redis = kind === 'Redis' ? { url: sandboxEnvironment().redisUrl, prefix } : undefined
    const runs: { replica: number; at: number }[] = []
    let enough: () => void = () => undefined
    const done = new Promise<void>(resolve => {
      enough = resolve
    })
    const start = (replica: number) =>
      startBrokerJobs({
        databaseUrl: registry.databaseUrl,
        redis,
        log,
        work: [
          {
            name: 'count',
            everySeconds: 1,
            run: async () => {
              runs.push({ replica, at: Math.floor(Date.now() / 1000) })
              if (runs.length === 3) enough()
            },
          },
        ],
      })
    const replicas = [await start(0), await start(1), await start(2)]
    await done
    await Promise.all(replicas.map(replica => replica.close()))
    const first = runs[0]?.at ?? 0
    const last = runs.at(-1)?.at ?? 0
    // A replica more would do each turn again: never more runs than seconds have begun.
    expect(runs.length).toBeLessThanOrEqual(last - first + 2)
  },
)

test('long work holds up no other, and begins no second time while it runs', async () => {
  let longRuns = 0
  let enough: () => void = () => undefined
  const done = new Promise<void>(resolve => {
    enough = resolve
  })
  let turns = 0
  const jobs = await startBrokerJobs({
    databaseUrl: registry.databaseUrl,
    log,
    work: [
      {
        name: 'long',
        everySeconds: 1,
        run: () => {
          longRuns += 1
          return done
        },
      },
      {
        name: 'short',
        everySeconds: 1,
        run: async () => {
          if (longRuns > 0) turns += 1
          if (turns === 3) enough()
        },
      },
    ],
  })
  await done
  expect(longRuns).toBe(1)
  await jobs.close()
})
