import { expect, test } from '@jest/globals'
import { retentionReason, whyItGoes } from './retention-reason.ts'

test('why a backup stays or goes is told by its rules', () => {
  expect(retentionReason({ code: 'among_newest', count: 3 })).toBe('one of the newest 3')
  expect(retentionReason({ code: 'last_of_frame', frame: 'weekly' })).toBe('the last of its week')
  expect(
    whyItGoes([
      { code: 'beyond_limit', frame: 'hourly', limit: 2 },
      { code: 'beyond_limit', frame: 'daily', limit: 1 },
      { code: 'later_in_frame', frame: 'monthly' },
    ]),
  ).toBe('older than the newest 2 hours; not of the newest day; its month has a later one')
})
