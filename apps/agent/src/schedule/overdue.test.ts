import { expect, test } from '@jest/globals'
import type { Schedule } from '@odoo-backup/protocol'
import { isOverdue } from './overdue.ts'

const nightly: Schedule = { kind: 'every', every: 1, unit: 'days', at: '03:00', timeZone: 'UTC' }
const since = new Date('2026-03-01T12:00:00Z')
const at = (time: string) => new Date(`2026-03-${time}Z`)

test('a nightly backup is overdue an hour after the night in which there was none', () => {
  const last = at('10T03:00:05')
  expect(isOverdue([nightly], { last, since, now: at('11T02:59:00') })).toBe(false)
  expect(isOverdue([nightly], { last, since, now: at('11T03:59:00') })).toBe(false)
  expect(isOverdue([nightly], { last, since, now: at('11T04:01:00') })).toBe(true)
})

test('without a backup yet, the time counts from when it was first looked at', () => {
  expect(isOverdue([nightly], { last: undefined, since, now: at('02T03:30:00') })).toBe(false)
  expect(isOverdue([nightly], { last: undefined, since, now: at('02T04:30:00') })).toBe(true)
})

test('without a schedule nothing is ever overdue', () => {
  expect(isOverdue([], { last: undefined, since, now: at('31T00:00:00') })).toBe(false)
})
