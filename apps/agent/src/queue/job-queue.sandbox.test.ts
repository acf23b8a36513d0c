import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { dropHiddenDatabase, OdooCluster, odooSettings } from '@odoo-backup/odoo'
import { DatabaseName } from '@odoo-backup/protocol'
import { Queue, UnrecoverableError } from 'bullmq'
import { Redis } from 'ioredis'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import type { JobData, JobOutcome } from '../jobs/job-data.ts'
import { reconcileOrders } from '../schedule/standing-orders.ts'
import type { JobQueue, QueuedJob } from './job-queue.ts'
import { openQueue } from './open-queue.ts'

const sandbox = sandboxEnvironment()
const database = `test_agent_core_queue_${randomBytes(4).toString('hex')}`
const cluster = new OdooCluster(
  odooSettings(
    new Map([
      ['db_host', sandbox.pgHost],
      ['db_port', String(sandbox.pgPort)],
      ['db_user', sandbox.odooDbUser],
      ['db_password', sandbox.odooDbPassword],
    ]),
  ),
)
const backup: JobData = { kind: 'backup', database: DatabaseName.parse('any'), scheduled: false }

describe.each([
  ['PostgreSQL', 'postgres'],
  ['Redis', sandbox.redisUrl],
])('the queue in %s', (_name, place) => {
  let instanceId: string
  let opened: JobQueue[]
  const open = async () => {
    const queue = await openQueue({
      queue: place,
      database,
      instanceId,
      cluster,
      retryDelayMs: 50,
      onError: () => undefined,
    })
    opened.push(queue)
    return queue
  }
  const work = (queue: JobQueue, process: (job: QueuedJob, signal: AbortSignal) => Promise<JobOutcome>) =>
    queue.work({
      process: (job, _token, signal) => process(job, signal),
      parallelJobs: 1,
      silenceMs: 30_000,
      onError: () => undefined,
    })
  const untilState = async (queue: JobQueue, id: string, state: string) => {
    for (;;) {
      const found = await queue.job(id)
      if (found?.state === state) return found
      await new Promise(done => setTimeout(done, 50))
    }
  }

  beforeEach(() => {
    instanceId = `test-${randomBytes(8).toString('hex')}`
    opened = []
  })
  afterEach(async () => {
    for (const queue of opened) await queue.close()
    await dropHiddenDatabase(cluster, database)
    const redis = new Redis(sandbox.redisUrl)
    const keys = await redis.keys(`odoo-backup:*${instanceId}*`)
    if (keys.length > 0) await redis.del(keys)
    await redis.quit()
  })

  test('a job keeps the newest lines of its log, and loses them with itself alone', async () => {
    const queue = await open()
    const id = await queue.add(backup)
    expect(await queue.logOf(id)).toEqual({ lines: [], full: false })
    await queue.log(id, 'one')
    await queue.log(id, 'two')
    expect(await queue.logOf(id)).toEqual({ lines: ['one', 'two'], full: false })
    for (let line = 0; line < 500; line++) await queue.log(id, `more ${line}`)
    const { lines, full } = await queue.logOf(id)
    expect({ count: lines.length, first: lines[0], last: lines.at(-1), full }).toEqual({
      count: 500,
      first: 'more 0',
      last: 'more 499',
      full: true,
    })
  })

  test('a job is kept, worked off and seen with its outcome', async () => {
    const queue = await open()
    const id = await queue.add(backup)
    expect((await queue.job(id))?.state).toBe('waiting')
    const worker = work(queue, async job => {
      await job.updateProgress({ phase: 'dump', doneBytes: 7 })
      return { backup: 'any.zip', warnings: [] }
    })
    const { job } = await untilState(queue, id, 'completed')
    expect(job.returnvalue).toEqual({ backup: 'any.zip', warnings: [] })
    expect(job.progress).toEqual({ phase: 'dump', doneBytes: 7 })
    expect((await queue.jobs()).map(listed => listed.job.id)).toEqual([id])
    await worker.close()
  })

  test('what a run notes is found by the next one, and failures are tried again', async () => {
    const queue = await open()
    const id = await queue.add(backup)
    const seen: unknown[] = []
    const worker = work(queue, async job => {
      seen.push('backup' in job.data ? job.data.backup : undefined)
      if (seen.length > 1) return { warnings: [] }
      await job.updateData({ ...backup, backup: 'noted.zip' })
      throw new Error('storage_busy: later')
    })
    await untilState(queue, id, 'completed')
    expect(seen).toEqual([undefined, 'noted.zip'])
    await worker.close()
  })

  test('a job that ends while it is looked at is never seen as ended without its reason', async () => {
    const [queue, other] = [await open(), await open()]
    const id = await queue.add(backup)
    let end = () => {}
    const mayEnd = new Promise<void>(resolve => {
      end = resolve
    })
    const worker = work(queue, async () => {
      await mayEnd
      throw new UnrecoverableError('backup_damaged: cut off')
    })
    await untilState(queue, id, 'active')
    const { getJob } = Queue.prototype
    const slow = jest.spyOn(Queue.prototype, 'getJob').mockImplementationOnce(async function (
      this: Queue,
      id,
    ) {
      const found = await getJob.call(this, id)
      end()
      slow.mockRestore()
      await untilState(other, id, 'failed')
      return found
    })
    expect((await queue.job(id))?.state).toBe('active')
    expect((await queue.job(id))?.job.failedReason).toBe('backup_damaged: cut off')
    await worker.close()
  })

  test('the wish to cancel reaches a worker of another process', async () => {
    const [queue, other] = [await open(), await open()]
    const id = await queue.add(backup)
    expect(await other.isCancelWanted(id)).toBe(false)
    await queue.wantCancel(id)
    expect(await other.isCancelWanted(id)).toBe(true)
    expect((await other.jobs())[0]?.cancelWanted).toBe(true)
    const worker = work(queue, async () => {
      throw new UnrecoverableError('cancelled: as wished')
    })
    await untilState(other, id, 'failed')
    while (await other.isCancelWanted(id)) await new Promise(done => setTimeout(done, 20))
    await worker.close()
  })

  test('standing orders are put, kept as they are, changed and removed', async () => {
    const queue = await open()
    const order = { id: 'backup-night', pattern: 'every 1 days at 03:30 in Europe/Berlin', data: backup }
    await reconcileOrders(queue, [order], new Date())
    const [first] = await queue.standingOrders()
    expect(first).toMatchObject(order)
    expect(new Date(first?.nextAt ?? 0).toLocaleTimeString('de', { timeZone: 'Europe/Berlin' })).toBe(
      '03:30:00',
    )
    await reconcileOrders(queue, [order], new Date())
    expect(await queue.standingOrders()).toEqual([first])
    await reconcileOrders(queue, [{ ...order, pattern: 'every 2 weeks in UTC' }], new Date())
    expect((await queue.standingOrders()).map(found => found.pattern)).toEqual(['every 2 weeks in UTC'])
    await reconcileOrders(queue, [], new Date())
    expect(await queue.standingOrders()).toEqual([])
  })

  test('a due order becomes a job', async () => {
    const queue = await open()
    await queue.putStandingOrder({ id: 'often', pattern: 'cron * * * * * * in UTC', data: backup })
    let ran: (data: JobData) => void = () => undefined
    const running = new Promise<JobData>(done => {
      ran = done
    })
    const worker = work(queue, async job => {
      ran(job.data)
      return { warnings: [] }
    })
    expect(await running).toEqual(backup)
    await queue.removeStandingOrder('often')
    await worker.close()
  })

  test('runs that were missed while nobody worked are made up once, and a restart does not forget them', async () => {
    const queue = await open()
    const order = { id: 'often', pattern: 'cron * * * * * * in UTC', data: backup }
    await reconcileOrders(queue, [order], new Date())
    const [first] = await queue.standingOrders()
    const dueAt = first?.nextAt ?? Number.NaN
    while (Date.now() < dueAt + 2_500) await new Promise(done => setTimeout(done, 100))
    await reconcileOrders(queue, [order], new Date())
    expect(await queue.standingOrders()).toEqual([first])
    expect(await queue.jobs()).toHaveLength(1)
    const beganAt = Date.now()
    const due: (number | undefined)[] = []
    let next = () => {}
    const untilNext = new Promise<void>(resolve => {
      next = resolve
    })
    const worker = work(queue, async ({ opts }) => {
      due.push(opts.prevMillis)
      if (due.length === 2) next()
      return { warnings: [] }
    })
    await untilNext
    await queue.removeStandingOrder('often')
    await worker.close()
    expect(due[0]).toBe(dueAt)
    expect(due[1]).toBeGreaterThan(beganAt)
  })

  test('an order that ran while the clock was years ahead runs at its next time once the clock is right', async () => {
    const queue = await open()
    const order = { id: 'night', pattern: 'every 1 days at 03:30 in UTC', data: backup }
    const ahead = jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2036-05-05T05:05:05Z'))
    await reconcileOrders(queue, [order], new Date(Date.now()))
    ahead.mockRestore()
    expect(await queue.standingOrders()).toMatchObject([{ nextAt: Date.parse('2036-05-06T03:30:00Z') }])
    const now = new Date()
    await reconcileOrders(queue, [order], now)
    const orders = await queue.standingOrders()
    expect(orders).toMatchObject([order])
    expect(orders[0]?.nextAt).toBeGreaterThan(now.getTime())
    expect(orders[0]?.nextAt).toBeLessThanOrEqual(now.getTime() + 86_400_000)
    expect(await queue.jobs()).toHaveLength(1)
    // A clock that was an hour ahead, or less, has no run repeated.
    await reconcileOrders(queue, [order], new Date(now.getTime() - 3_600_000))
    expect(await queue.standingOrders()).toEqual(orders)
  })

  test('workers are seen, however long the name of the instance', async () => {
    instanceId = `test-${randomBytes(8).toString('hex')}-${'x'.repeat(40)}`
    const [queue, other] = [await open(), await open()]
    expect(await other.liveWorkers()).toBe(0)
    const worker = work(queue, async () => ({ warnings: [] }))
    while ((await other.liveWorkers()) === 0) await new Promise(done => setTimeout(done, 50))
    expect(await other.liveWorkers()).toBe(1)
    await worker.close()
  })

  if (place === 'postgres') {
    test('it uses at most six connections, in a database that Odoo never lists', async () => {
      const queue = await open()
      const worker = work(queue, async () => ({ warnings: [] }))
      await Promise.all(Array.from({ length: 20 }, () => queue.add(backup)))
      const counted = await cluster.withMaintenance(async client => {
        const { rows } = await client.query<{ count: string }>(
          'SELECT count(*) FROM pg_stat_activity WHERE datname = $1',
          [database],
        )
        return Number(rows[0]?.count)
      })
      expect(counted).toBeGreaterThan(0)
      expect(counted).toBeLessThanOrEqual(6)
      expect((await cluster.listDatabases()).map(({ name }) => name)).not.toContain(database)
      await worker.close()
    })
  }
})
