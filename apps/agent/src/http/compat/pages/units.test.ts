import { expect, test } from '@jest/globals'
import { runningJob } from '../../../../../../test/fixtures/running-job.ts'
import { failureWords } from './frame.ts'
import { withBoundUnits } from './units.ts'
import { ENGLISH } from './words-english.ts'
import { GERMAN } from './words-german.ts'

const job = runningJob({
  phase: 'files',
  doneBytes: 1500,
  totalBytes: 3_000_000,
  percent: 50,
  filesDone: 7,
  filesTotal: 20,
  bytesPerSecond: 9_400_000,
  secondsLeft: 125,
})

test('no line of a plain page ends between a number and its unit, in either language', () => {
  expect(ENGLISH.progressOf(job)).toBe(
    'the filestore: 1.5\u00a0kB of 3.0\u00a0MB, 50\u00a0%, 7 of 20 files, 9.4\u00a0MB/s, 2\u00a0min 5\u00a0s left',
  )
  expect(GERMAN.progressOf(job)).toBe(
    'Dateien: 1,5\u00a0kB von 3,0\u00a0MB, 50\u00a0%, 7 von 20 Dateien, 9,4\u00a0MB/s, noch 2\u00a0min 5\u00a0s',
  )
  expect([ENGLISH.bytes(64), GERMAN.bytes(64)]).toEqual(['64\u00a0bytes', '64\u00a0Bytes'])
})

test('so it is in what the agent says of a failure', () => {
  const message = 'The files need 12 MB in /srv, which has 3 MB left.'
  expect(String(failureWords(ENGLISH, { code: 'disk_full', message }))).toBe(
    'The files need 12\u00a0MB in /srv, which has 3\u00a0MB left.',
  )
})

test('a number before a word, and a unit without a number, are left alone', () => {
  for (const text of ['7 sheep', 'shop 2 schedules', 'MB', '5 minutes'])
    expect(withBoundUnits(text)).toBe(text)
})
