import { expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { callNext, giveWay, isBehind, isInLine } from './give-way.ts'
import { JobData } from './job-data.ts'

const database = DatabaseName.parse('shop')
const backup = (id: string, timestamp: number, change: object = {}, attemptsMade = 0) => ({
  id,
  timestamp,
  data: JobData.parse({ kind: 'backup', database, gaveWay: 1, ...change }),
  attemptsMade,
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
