import { expect, test } from '@jest/globals'
import { runningJob } from '../../../../../../test/fixtures/running-job.ts'
import { ENGLISH } from './words-english.ts'
import { GERMAN } from './words-german.ts'

test('a job that failed and is tried again is not said to wait for its turn', () => {
  const job = { ...runningJob({ phase: 'upload', doneBytes: 1024 }), state: 'delayed' } as const
  expect(ENGLISH.progressOf(job)).toBe('the last try failed; it is tried again by itself')
  expect(GERMAN.progressOf(job)).toBe('der letzte Versuch misslang; es wird von selbst wieder versucht')
})
