import { expect, test } from '@jest/globals'
import { runningJob } from '../../../../test/fixtures/running-job.ts'
import { progressLine } from './job.ts'

test.each([
  [{ phase: 'publish', doneBytes: 0 }, 'publishing'],
  [{ phase: 'done', doneBytes: 2048, totalBytes: 2048, percent: 99 }, 'done'],
  [{ phase: 'upload', doneBytes: 1024 }, 'sending: 1.0 kB'],
  [
    { phase: 'load', doneBytes: 0, totalBytes: 2048, percent: 0 },
    'loading the database: 0 bytes of 2.0 kB, 0 %',
  ],
] as const)('a phase that moves no bytes says none: %j', (progress, line) => {
  expect(progressLine(runningJob(progress))).toBe(line)
})
