import { expect, test } from '@jest/globals'
import { JobView } from '@odoo-backup/protocol'
import { passedSeconds, standingOf } from './first-standing.ts'

const job = (kind: 'backup' | 'verify', state: JobView['state'], finishedAt?: string) =>
  JobView.parse({
    id: kind,
    kind,
    state,
    database: 'shop',
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt,
    attempt: 1,
  })
const done = job('backup', 'completed', '2026-01-01T00:00:30Z')

test('only what was restored on trial counts as verified, and every database must have been', () => {
  expect(standingOf(1, [])).toBe('waiting')
  expect(standingOf(1, [{ backup: done, drill: undefined }])).toBe('running')
  const verified = { backup: done, drill: job('verify', 'completed', '2026-01-01T00:01:40Z') }
  expect(standingOf(1, [verified])).toBe('verified')
  expect(standingOf(2, [verified])).toBe('running')
  expect(passedSeconds([verified])).toBe(100)
})

test.each(['failed', 'cancelled'] as const)('a drill or backup that %s is not passed over', state => {
  expect(standingOf(2, [{ backup: job('backup', state), drill: undefined }])).toBe('failed')
  expect(standingOf(2, [{ backup: done, drill: job('verify', state) }])).toBe('failed')
})
