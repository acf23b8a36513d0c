import { expect, test } from '@jest/globals'
import { JobId } from '@odoo-backup/protocol'
import type { JobQueue } from '../queue/job-queue.ts'
import { jobOperations } from './jobs.ts'

const BEGUN = Date.parse('2026-01-31T04:00:00Z')

test.each([
  ['is far', 30, 1],
  ['is at hand', 59, 0],
  ['is over', 90, 0],
])(
  'a job whose next try %s is hurried only where that does not begin by itself now',
  async (_when, afterSeconds, hurried) => {
    let calls = 0
    const job = Object.create({
      id: 'backup-1',
      data: { kind: 'backup', database: 'shop', scheduled: false },
      ...{ timestamp: BEGUN, processedOn: BEGUN, attemptsMade: 1, attemptsStarted: 1, delay: 60_000 },
      failedReason: `storage_busy@${BEGUN}: The storage is busy.`,
    })
    const queue: Pick<JobQueue, 'job' | 'jobs' | 'logOf' | 'hurry' | 'wantCancel'> = {
      job: async () => ({ job, state: 'delayed', cancelWanted: false }),
      jobs: async () => [],
      logOf: async () => ({ lines: [], full: false }),
      wantCancel: async () => undefined,
      hurry: async () => {
        calls += 1
      },
    }
    const now = () => new Date(BEGUN + afterSeconds * 1000)
    await jobOperations(async () => queue, now).tryAgain(JobId.parse('backup-1'))
    expect(calls).toBe(hurried)
  },
)
