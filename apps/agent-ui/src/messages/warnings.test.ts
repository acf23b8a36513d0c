import { expect, test } from '@jest/globals'
import { WarningText } from '@odoo-backup/protocol'
import { de } from './de/index.ts'
import { en } from './en/index.ts'

const words = 'As PostgreSQL says.'
const EXAMPLES: readonly WarningText[] = [
  { code: 'attachments_elsewhere', count: 1 },
  { code: 'attachments_elsewhere', count: 3 },
  { code: 'file_missing', path: 'ab/cd' },
  { code: 'file_damaged', path: 'ab/cd', words },
  { code: 'no_regular_file', path: '/srv/pipe' },
  { code: 'name_unfit', folder: '/srv' },
  { code: 'more', kind: 'missing' },
  { code: 'more', kind: 'damaged' },
  { code: 'more', kind: 'left_out' },
  { code: 'more', kind: 'other' },
  { code: 'sequences_unnoted' },
  { code: 'rows_uncounted', words },
  { code: 'code_asks', words },
  { code: 'code_refused', words },
  { code: 'code_unread', words },
  { code: 'rights_left_out', statements: 'GRANT, REVOKE' },
  { code: 'role_left_out' },
  { code: 'setting_left_out', setting: 'x', reason: 'unwritten' },
  { code: 'setting_left_out', setting: 'x', reason: 'tables_as_new' },
  { code: 'setting_left_out', setting: 'x', reason: 'unknown' },
  { code: 'schema_left_out' },
  { code: 'owners_left_out' },
  { code: 'comments_left_out', on: 'ROLE' },
  { code: 'extension_lacking', extension: 'unaccent', words },
  { code: 'dump_without_files', database: 'shop' },
  { code: 'replaced_kept', keptAs: 'shop_before' },
  { code: 'modules_lacking', modules: ['fleet'] },
  { code: 'modules_unknown' },
  { code: 'schedules_off', database: 'shop' },
  { code: 'not_in_backups' },
  { code: 'files_lacked', named: ['ab/cd'], count: 1 },
  { code: 'files_lacked', named: ['ab/cd'], count: 3 },
  { code: 'scratch_stays', database: 'odoo_backup_drill_1', words },
  { code: 'not_neutralised', words },
  { code: 'rotation_refused' },
  { code: 'former_backups_stay' },
  { code: 'run_left_out' },
  { code: 'failed_afterwards', failure: { code: 'disk_full', message: 'No room.' } },
  { code: 'noted', words },
]

test('each warning of the agent has a German sentence of its own, and in English the agent’s', () => {
  const codes = WarningText.options.map(({ shape }) => shape.code.value)
  expect(new Set(EXAMPLES.map(({ code }) => code))).toEqual(new Set(codes))
  const sentences = EXAMPLES.map(text => de.warnings.ofText(text))
  expect(new Set(sentences).size).toBe(EXAMPLES.length)
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z1-9/].*[^.][.:]$/)
  expect(sentences.join()).not.toMatch(/undefined|\[object|PostgreSQL says/)
  expect(EXAMPLES.map(text => en.warnings.ofText(text)).join('')).toBe('')
})
