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

test('a job that failed says when it is tried again, and one that waits has nothing under way', () => {
  const sent = runningJob({ phase: 'upload', doneBytes: 1024 })
  const delayed = { ...sent, state: 'delayed', triesAgainAt: '2026-01-31T04:02:00.000Z' } as const
  expect(ENGLISH.progressOf(delayed)).toBe('last try failed, next one at 2026-01-31 04:02 UTC')
  expect(GERMAN.progressOf(delayed)).toBe(
    'der letzte Versuch misslang, nächster Versuch: 2026-01-31 04:02 UTC',
  )
  expect(ENGLISH.progressOf({ ...sent, state: 'waiting' })).toBe('waiting for its turn')
  expect(GERMAN.progressOf({ ...sent, state: 'waiting' })).toBe('wartet, bis sie an der Reihe ist')
})
