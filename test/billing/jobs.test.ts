import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { Redis } from 'ioredis'
import { type ScheduledWork, startBrokerJobs } from '../../apps/broker/src/billing/operation/broker-jobs.ts'
import { createWorkJournal } from '../../apps/broker/src/billing/operation/work-journal.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { until } from '../faults/waiting.ts'
import { startOwnRedis } from '../fixtures/own-servers.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'

const log = createLogger({ name: 'test', level: 'silent' })
const prefix = `test:${randomBytes(6).toString('hex')}:`
let registry: TestRegistry
beforeAll(async () => {
  registry = await openTestRegistry()
})
const journal = () => createWorkJournal(registry.pool, () => new Date())
let closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing) await close()
  closing = []
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
    let runs = 0
    let enough: () => void = () => undefined
    const done = new Promise<void>(resolve => {
      enough = resolve
    })
    const begun = Date.now()
    const start = () =>
      startBrokerJobs({
        databaseUrl: registry.databaseUrl,
        journal: journal(),
        redis,
        log,
        work: [
          {
            name: 'count',
            everySeconds: 1,
            run: async () => {
              runs += 1
              if (runs === 8) enough()
            },
          },
        ],
      })
    const replicas = [await start(), await start(), await start()]
    await done
    await Promise.all(replicas.map(replica => replica.close()))
    // A replica more would do each turn again: never more runs than seconds have begun, however late a turn is taken.
    const secondsBegun = Math.floor(Date.now() / 1000) - Math.floor(begun / 1000) + 1
    expect(runs).toBeLessThanOrEqual(secondsBegun + 1)
  },
)

test('a Redis that was emptied is given the work by the clock again, without a restart', async () => {
  const own = await startOwnRedis()
  const redis = new Redis(own.url)
  closing.push(async () => {
    redis.disconnect()
    await own.close()
  })
  let runs = 0
  const jobs = await startBrokerJobs({
    databaseUrl: registry.databaseUrl,
    journal: journal(),
    redis: { url: own.url, prefix },
    keptEverySeconds: 0.2,
    log,
    work: [
      {
        name: 'count',
        everySeconds: 1,
        run: async () => {
          runs += 1
        },
      },
    ],
  })
  closing.unshift(jobs.close)
  await until(async () => (runs >= 2 ? true : undefined))
  await redis.flushall()
  const before = runs
  await until(async () => (runs >= before + 3 ? true : undefined))
})

/** A broker whose long work lasts until its signal ends it; its short work shows that turns come. */
function brokerOf(redis: { url: string; prefix: string } | undefined) {
  const seen = { begun: 0, running: false, turns: 0, ended: 'not yet' as string }
  const work: ScheduledWork[] = [
    {
      name: 'long',
      everySeconds: 1,
      async run(signal) {
        seen.begun += 1
        seen.running = true
        await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
        seen.running = false
        seen.ended = String(signal.reason)
        throw signal.reason
      },
    },
    {
      name: `short ${redis?.prefix}`,
      everySeconds: 1,
      run: async () => {
        seen.turns += 1
      },
    },
  ]
  const jobs = startBrokerJobs({ databaseUrl: registry.databaseUrl, redis, log, work, journal: journal() })
  closing.push(async () => (await jobs).close())
  return { seen, jobs }
}

test('two brokers never do the same work at once, whatever their queues take it for, and the next turn is anyone’s', async () => {
  // Queues of their own keep none of the two from anything: only the lock does.
  const url = sandboxEnvironment().redisUrl
  const one = brokerOf({ url, prefix: `${prefix}one:` })
  await one.jobs
  await until(async () => (one.seen.running ? true : undefined))
  const other = brokerOf({ url, prefix: `${prefix}other:` })
  await other.jobs
  await until(async () => (other.seen.turns >= 3 ? true : undefined))
  expect(other.seen.begun).toBe(0)

  // The lock lives and dies with its connection, and who has lost it stops.
  await registry.pool.query(
    `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND a.datname = current_database() AND a.application_name = 'odoo-backup broker work'`,
  )
  await until(async () => (one.seen.ended === 'not yet' ? undefined : true))
  expect(one.seen.ended).toContain('connection')
  await until(async () => (one.seen.running || other.seen.running ? true : undefined))
  expect(one.seen.running && other.seen.running).toBe(false)
})

test('long work holds up no other, and begins no second time while it runs', async () => {
  let longRuns = 0
  let enough: () => void = () => undefined
  const done = new Promise<void>(resolve => {
    enough = resolve
  })
  let turns = 0
  const jobs = await startBrokerJobs({
    databaseUrl: registry.databaseUrl,
    journal: journal(),
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

test('how work goes is known from its runs: done, failed so often in a row, under way, or done again', async () => {
  let [failing, held] = [true, false]
  let open: () => void = () => undefined
  const gate = new Promise<void>(resolve => {
    open = resolve
  })
  const jobs = await startBrokerJobs({
    databaseUrl: registry.databaseUrl,
    journal: journal(),
    log,
    work: [
      {
        name: 'mends',
        everySeconds: 1,
        run: async () => {
          if (failing) throw new Error('The store is away.')
        },
      },
      {
        name: 'lasts',
        everySeconds: 1,
        async run() {
          held = true
          await gate
        },
      },
    ],
  })
  closing.unshift(jobs.close)
  closing.unshift(async () => open())
  const of = async (name: string) => (await journal().runs()).find(run => run.name === name)
  const twice = await until(async () => {
    const runs = await of('mends')
    return runs !== undefined && runs.failures >= 2 ? runs : undefined
  })
  expect(twice).toMatchObject({ doneAt: undefined, failedAt: expect.any(Date), begunAt: expect.any(Date) })
  failing = false
  const mended = await until(async () => {
    const runs = await of('mends')
    return runs?.failures === 0 ? runs : undefined
  })
  expect(mended.doneAt?.getTime()).toBeGreaterThanOrEqual(mended.failedAt?.getTime() ?? Number.NaN)

  await until(async () => (held ? true : undefined))
  expect(await of('lasts')).toMatchObject({ isUnderWay: true, doneAt: undefined, failedAt: undefined })
  open()
  await until(async () => (await of('lasts'))?.doneAt)
  expect(await of('lasts')).toMatchObject({ failures: 0, failedAt: undefined })
})

test('work that a broker breaks off since it ends has not failed, and is to be done from then on', async () => {
  const { seen, jobs } = brokerOf(undefined)
  await until(async () => (seen.running ? true : undefined))
  const of = async () => (await journal().runs()).find(({ name }) => name === 'long')
  const before = await of()
  expect(before?.isUnderWay).toBe(true)
  await jobs
  await closing.pop()?.()
  expect(seen.ended).toContain('shutting down')
  const after = await of()
  expect(after).toEqual({ ...before, isUnderWay: false, knownAt: expect.any(Date) })
  expect(after?.knownAt.getTime()).toBeGreaterThanOrEqual(before?.begunAt?.getTime() ?? Number.NaN)
})

test('that a run failed is noted once, while nobody else can begin the next; or that its lock could not be had', async () => {
  const noted: boolean[] = []
  let runs = 0
  const kept = journal()
  const start = async (databaseUrl: string, name: string) => {
    const noteIt = async () => {
      const one = (await kept.runs()).find(run => run.name === name)
      noted.push(one?.isUnderWay === true)
    }
    const jobs = await startBrokerJobs({
      databaseUrl,
      redis: { url: sandboxEnvironment().redisUrl, prefix: `${prefix}${name}:` },
      journal: { ...kept, failed: noteIt, brokenOff: noteIt },
      log,
      work: [
        {
          name,
          everySeconds: 1,
          async run() {
            runs += 1
            throw new Error('The store is away.')
          },
        },
      ],
    })
    closing.push(jobs.close)
  }
  await start(registry.databaseUrl, 'fails')
  await until(async () => (noted.length >= 2 ? true : undefined))
  await closing.pop()?.()
  expect(noted).toEqual(Array(runs).fill(true))

  runs = noted.length = 0
  await start('postgresql://127.0.0.1:2/none', 'lacks its lock')
  await until(async () => (noted.length >= 1 ? true : undefined))
  await closing.pop()?.()
  expect(new Set(noted)).toEqual(new Set([false]))
  expect(runs).toBe(0)
})

test('work that the settings leave out is new when they plan it again; what they plan all along is known as it was', async () => {
  await registry.pool.query('DELETE FROM scheduled_work')
  const at = (day: number) => new Date(Date.UTC(2026, 4, day))
  const on = (day: number) => createWorkJournal(registry.pool, () => at(day))
  await on(1).known(['stays', 'pauses'])
  for (const name of ['stays', 'pauses']) {
    await on(1).begun(name)
    await on(1).failed(name)
  }
  await on(2).known(['stays'])
  await on(25).known(['stays', 'pauses'])
  const none = { begunAt: undefined, doneAt: undefined, failedAt: undefined, failures: 0, isUnderWay: false }
  expect((await journal().runs()).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: 'pauses', ...none, knownAt: at(25) },
    { name: 'stays', ...none, knownAt: at(1), begunAt: at(1), failedAt: at(1), failures: 1 },
  ])
})
