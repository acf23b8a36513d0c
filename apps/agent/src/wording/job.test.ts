import { expect, test } from '@jest/globals'
import { DatabaseName, JobId, type JobView } from '@odoo-backup/protocol'
import { progressLine } from './job.ts'

function running(progress: NonNullable<JobView['progress']>): JobView {
  return {
    id: JobId.parse('backup-1'),
    kind: 'backup',
    database: DatabaseName.parse('shop'),
    state: 'active',
    createdAt: '2026-01-31T04:00:00.000Z',
    attempt: 1,
    phases: [],
    warnings: [],
    progress,
  }
}

test.each([
  [{ phase: 'publish', doneBytes: 0 }, 'publishing'],
  [{ phase: 'upload', doneBytes: 1024 }, 'sending: 1.0 kB'],
  [
    { phase: 'load', doneBytes: 0, totalBytes: 2048, percent: 0 },
    'loading the database: 0 bytes of 2.0 kB, 0 %',
  ],
] as const)('a phase that moves no bytes says none: %j', (progress, line) => {
  expect(progressLine(running(progress))).toBe(line)
})
