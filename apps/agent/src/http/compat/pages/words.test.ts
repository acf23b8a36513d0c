import { expect, test } from '@jest/globals'
import { runningJob } from '../../../../../../test/fixtures/running-job.ts'
import { ENGLISH } from './words-english.ts'
import { GERMAN } from './words-german.ts'

test('counts have the separators of the language', () => {
  const job = runningJob({ phase: 'files', doneBytes: 1024, filesDone: 8120, filesTotal: 14_031 })
  expect(ENGLISH.progressOf(job)).toBe('the filestore: 1.0\u00a0kB, 8,120 of 14,031 files')
  expect(GERMAN.progressOf(job)).toBe('Dateien: 1,0\u00a0kB, 8.120 von 14.031 Dateien')
  for (const [words, count] of [
    [ENGLISH, '1,234'],
    [GERMAN, '1.234'],
  ] as const) {
    expect(words.backups(1234)).toContain(count)
    expect(words.missing(1234)).toContain(count)
    expect(words.pageOf(1234, 1234).split(count)).toHaveLength(3)
    const statements = [
      { step: 'outgoing_mail', what: 'mail servers', rows: 1234 },
      { what: 'cron', rows: 0 },
    ] as const
    expect(words.neutralised({ modules: [], statements: [...statements], notCovered: [] })[0]).toContain(
      `(${count})`,
    )
  }
})

test('a job that failed and is tried again is not said to wait for its turn', () => {
  const job = { ...runningJob({ phase: 'upload', doneBytes: 1024 }), state: 'delayed' } as const
  expect(ENGLISH.progressOf(job)).toBe('the last try failed; it is tried again by itself')
  expect(GERMAN.progressOf(job)).toBe('der letzte Versuch misslang; es wird von selbst wieder versucht')
  const timed = { ...job, triesAgainAt: '2026-01-31T04:02:00.000Z' }
  expect(ENGLISH.progressOf(timed)).toBe('the last try failed; the next one is at 2026-01-31 04:02:00 UTC')
  expect(GERMAN.progressOf(timed)).toBe(
    'der letzte Versuch misslang; der nächste beginnt 2026-01-31 04:02:00 UTC',
  )
})
