import { expect, test } from '@jest/globals'
import { JobData } from '../jobs/job-data.ts'
import { guardedQueue } from './guarded-queue.ts'
import type { JobQueue } from './job-queue.ts'
import { QueueHolder } from './queue-holder.ts'

const never = () => new Promise<never>(() => undefined)
const silent: JobQueue = {
  add: never,
  job: never,
  jobs: never,
  delayed: never,
  hurry: never,
  log: never,
  logOf: never,
  wantCancel: never,
  isCancelWanted: never,
  standingOrders: never,
  putStandingOrder: never,
  removeStandingOrder: never,
  liveWorkers: never,
  work: () => ({ setParallelJobs: () => undefined, close: async () => undefined }),
  close: never,
}
const unreachable = {
  code: 'queue_unreachable',
  message: expect.stringMatching(/does not answer \(no answer within .*\)\. Check that/),
}

test('a queue that gives no answer at all is said to be unreachable, and can be closed', async () => {
  const queue = guardedQueue(silent, 1)
  await expect(queue.jobs()).rejects.toMatchObject(unreachable)
  await expect(queue.isCancelWanted('any')).rejects.toMatchObject(unreachable)
  await queue.close()
})

test('who adds a job and gets no answer is told that it may be there', async () => {
  const data = JobData.parse({ kind: 'rotate', database: 'shop' })
  const falling = { ...silent, job: async () => undefined }
  await expect(guardedQueue(falling, 1).add(data)).rejects.toMatchObject({
    code: 'queue_unreachable',
    message: expect.stringMatching(/may have been added all the same: look at the list of jobs/),
  })
})

test('who adds a job to a queue that does not answer is told that it is not there, and so it is', async () => {
  const data = JobData.parse({ kind: 'rotate', database: 'shop' })
  const added: JobData[] = []
  const refusing: JobQueue = {
    ...silent,
    job: async () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:6379')),
    add: async given => {
      added.push(given)
      return '1'
    },
  }
  await expect(guardedQueue(refusing).add(data)).rejects.toMatchObject({
    code: 'queue_unreachable',
    message: expect.stringMatching(/ECONNREFUSED.*The job was not added: start it again/),
  })
  expect(added).toEqual([])
})

test('a queue that cannot be opened in time is had when it is open at last', async () => {
  let open: (queue: JobQueue) => void = () => undefined
  let times = 0
  const holder = new QueueHolder(() => {
    times++
    return new Promise(resolve => {
      open = resolve
    })
  }, 1)
  await expect(holder.get()).rejects.toMatchObject(unreachable)
  await expect(holder.get()).rejects.toMatchObject(unreachable)
  open({ ...silent, liveWorkers: async () => 3 })
  expect(await (await holder.get()).liveWorkers()).toBe(3)
  expect(times).toBe(1)
})

test('a queue that opens after the agent was closed is closed too', async () => {
  let open: (queue: JobQueue) => void = () => undefined
  const holder = new QueueHolder(
    () =>
      new Promise(resolve => {
        open = resolve
      }),
    1,
  )
  await expect(holder.get()).rejects.toMatchObject(unreachable)
  await holder.close()
  await new Promise<void>(closed => {
    open({ ...silent, close: async () => closed() })
  })
  await expect(holder.get()).rejects.toMatchObject({ message: 'The agent is shutting down.' })
})
