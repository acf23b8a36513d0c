import { expect, test } from '@jest/globals'
import { warningMessage } from './warning.ts'

test('files that were missing when a backup was made are named, as far as they were, and counted', () => {
  expect(warningMessage({ code: 'files_lacked', named: ['ab/1'], count: 1 })).toBe(
    'The stored file ab/1 was missing already when the backup was made.',
  )
  expect(warningMessage({ code: 'files_lacked', named: ['ab/1', 'ab/2'], count: 3 })).toBe(
    '3 stored files were missing already when the backup was made: ab/1, ab/2 …',
  )
})

test('a setting that was left out is named, with the reason', () => {
  const setting = 'transaction_timeout'
  expect(warningMessage({ code: 'setting_left_out', setting, reason: 'unknown' })).toBe(
    'The setting transaction_timeout was left out: this PostgreSQL server does not know it.',
  )
})
