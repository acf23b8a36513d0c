import { expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { callNext, giveWay, isBehind, isInLine, runInLineBefore } from './give-way.ts'
import { JobData } from './job-data.ts'

const database = DatabaseName.parse('shop')
const backup = (id: string, timestamp: number, change: object = {}, attemptsMade = 0) => ({
  id,
  timestamp,
  data: JobData.parse({ kind: 'backup', database, gaveWay: 1, ...change }),
  attemptsMade,
  opts: {},
})
/** A run of a schedule that was queued when the run before it was fetched. */
const run = (id: string, dueAt: number, change: object = {}, attemptsMade = 0) => ({
  ...backup(id, 0, { scheduled: true, ...change }, attemptsMade),
  opts: { prevMillis: dueAt },
})

/** A queue with these in it, in an order of its own, and what is called. */
function line(...waiting: ReturnType<typeof backup>[]) {
  const called: string[] = []
  return {
    called,
    delayed: async () => waiting,
    hurry: async (id: string) => {
      called.push(id)
    },
  }
}

const newest = backup('newest', 9)

test('a job lets the one that has waited longest for the same database go first, and calls it', async () => {
  const queue = line(backup('second', 2), backup('first', 1), newest)
  expect(await isBehind(queue, newest)).toBe(true)
  expect(queue.called).toEqual(['first'])
  expect(await isBehind(queue, backup('first', 1))).toBe(false)
})

test.each([
  ['of another database', backup('other', 1, { database: 'works' })],
  ['that needs no lock', backup('other', 1, { kind: 'rotate' })],
  ['whose drill has a database of its own', backup('other', 1, { kind: 'verify' })],
  ['that waits for its next attempt', backup('other', 1, { gaveWayAfter: 1 }, 2)],
  ['of a schedule that is not due', backup('other', 1, { gaveWay: 0 })],
  ['that came later', backup('other', 10)],
])('a job is not behind one %s', async (_which, other) => {
  const queue = line(other)
  expect(await isBehind(queue, newest)).toBe(false)
  expect(queue.called).toEqual([])
})

test('when a job has ended the next of its database is called, and no other', async () => {
  const queue = line(backup('other', 1, { database: 'works' }), newest, backup('next', 3))
  await callNext(queue, backup('ended', 2))
  await callNext(queue, backup('rotation', 2, { kind: 'rotate' }))
  expect(queue.called).toEqual(['next'])
})

test('a job that failed before it met the lock keeps its turn', async () => {
  const queue = line(backup('failed once', 1, { gaveWayAfter: 1 }, 1), newest)
  expect(await isBehind(queue, newest)).toBe(true)
  expect(queue.called).toEqual(['failed once'])
})

test('a job that gives way notes after how many failures it did', async () => {
  const job = {
    ...newest,
    attemptsMade: 2,
    updateData: async (data: JobData) => {
      job.data = data
    },
    moveToDelayed: async () => undefined,
  }
  await giveWay(job, 'token')
  expect(isInLine(job)).toBe(true)
  expect(isInLine({ ...job, attemptsMade: 3 })).toBe(false)
})

test('a run of a schedule counts from when it is due, however early it was queued', async () => {
  const queue = line(backup('asked for', 5))
  expect(await isBehind(queue, run('due later', 9))).toBe(true)
  expect(queue.called).toEqual(['asked for'])
  expect(await isBehind(queue, run('due before', 4))).toBe(false)
})

test('of the runs of a schedule one waits, and the next is left out', async () => {
  const waits = run('waits', 5)
  expect(await runInLineBefore(line(waits), run('next', 9, { gaveWay: 0 }))).toBe(waits)
  expect(await runInLineBefore(line(waits), run('met the lock as it did', 9))).toBe(waits)
  expect(await runInLineBefore(line(waits), waits)).toBeUndefined()
})

test.each([
  ['was asked for by somebody', run('waits', 5), backup('asked for', 9)],
  ['has begun something that must be cleared up', run('waits', 5), run('began', 9, { started: started() })],
  ['has failed and will be tried again', run('waits', 5), run('failed', 9, {}, 1)],
  ['came before the one that waits', run('waits', 9), run('came first', 5)],
  ['waits for another database', run('waits', 5, { database: 'works' }), run('next', 9)],
  ['is a drill, which no backup makes up', run('waits', 5), run('next', 9, { kind: 'verify' })],
  ['follows what somebody asked for', backup('asked for', 5), run('next', 9)],
  ['follows one that waits for its next attempt', run('failed', 5, { gaveWayAfter: 1 }, 2), run('next', 9)],
  ['follows one that is not due yet', run('to come', 5, { gaveWay: 0 }), run('next', 9)],
])('a run is not left out that %s', async (_which, other, job) => {
  expect(await runInLineBefore(line(other), job)).toBeUndefined()
})

function started() {
  return { prefix: 'folder/', archive: 'shop.zip', info: 'shop.info' }
}
