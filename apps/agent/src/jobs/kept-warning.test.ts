import { expect, test } from '@jest/globals'
import { readInfo, writeInfo } from '@odoo-backup/backup-format'
import type { WarningText } from '@odoo-backup/protocol'
import { warningMessage } from '../wording/warning.ts'
import { JobOutcome } from './job-data.ts'
import { readWarnings, warningOfSentence, writeWarnings } from './kept-warning.ts'

const INFO = {
  database: 'shop',
  encrypted: false,
  takenAt: new Date('2026-01-31T04:00:00Z'),
  sizeBytes: 1,
  storageService: 'odoo_backup_sh',
}
const written = (facts: Record<string, Record<string, string>>) =>
  readInfo(writeInfo({ ...INFO, facts })).facts

test('.info keeps each warning in English and as a code, and gives it back', () => {
  const texts: WarningText[] = [
    { code: 'file_missing', path: 'ab/cd\n[common]\nx = %20' },
    { code: 'code_asks', words: 'CREATE TRIGGER' },
    { code: 'more', kind: 'missing' },
  ]
  const facts = written({ ...writeWarnings(texts) })
  expect(readWarnings(facts)).toEqual(texts)
  expect([...(facts.get('warnings') ?? [])].map(([, sentence]) => sentence)).toEqual(
    texts.map(text => warningMessage(text)),
  )
})

test('.info of older agents has sentences alone: none is lost, and what a restore is decided by is known', () => {
  const coded: WarningText[] = [
    { code: 'code_asks', words: 'CREATE TRIGGER. If you trust it,\nsay so' },
    { code: 'code_refused', words: 'a DO' },
    { code: 'code_unread', words: 'A quotation never ends.' },
  ]
  const sentences = [...coded.map(text => warningMessage(text)), '3 attachments lie elsewhere.']
  const warnings = Object.fromEntries(sentences.map((text, index) => [`warning_${index + 1}`, text]))
  expect(readWarnings(written({ warnings }))).toEqual([
    ...coded,
    { code: 'noted', words: '3 attachments lie elsewhere.' },
  ])
})

test('a code in .info that is none leaves the sentence beside it', () => {
  const warnings = { warning_1: 'One.', warning_2: 'Two.', warning_3: 'Three.' }
  const warning_codes = {
    warning_1: '{"code":"of_tomorrow"}',
    warning_2: '{"code":',
    warning_4: '{"code":"noted"}',
  }
  expect(readWarnings(written({ warnings, warning_codes }))).toEqual(
    Object.values(warnings).map(words => ({ code: 'noted', words })),
  )
  expect(readWarnings(new Map())).toEqual([])
})

test('what an older agent left in the queue is shown, and a newer one’s code hides no outcome', () => {
  const refused = warningMessage({ code: 'rotation_refused' })
  const kept = { backup: 'a.zip', warnings: [refused, 'Old words.', { code: 'of_tomorrow', n: 1 }] }
  const outcome = JobOutcome.parse(kept)
  expect(outcome.warnings).toEqual([
    { code: 'rotation_refused' },
    { code: 'noted', words: 'Old words.' },
    { code: 'noted', words: '{"code":"of_tomorrow","n":1}' },
  ])
  expect(JobOutcome.parse(outcome)).toEqual(outcome)
  expect(outcome.backup).toBe('a.zip')
  expect(warningOfSentence('')).toEqual({ code: 'noted', words: '' })
})
