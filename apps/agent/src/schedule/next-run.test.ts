import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { nextRunAfter, nextRuns } from './next-run.ts'

const next = (schedule: string, after: string) => nextRunAfter(schedule, new Date(after)).toISOString()

test('intervals fall on the same times whenever they are asked for', () => {
  expect(next('every 6 hours', '2026-03-05T05:59:59Z')).toBe('2026-03-05T06:00:00.000Z')
  expect(next('every 6 hours', '2026-03-05T06:00:00Z')).toBe('2026-03-05T12:00:00.000Z')
  expect(next('every 15 minutes', '2026-03-05T06:01:00Z')).toBe('2026-03-05T06:15:00.000Z')
})

test('weeks begin on Monday, months on their first day', () => {
  expect(next('every 1 weeks at 03:30', '2026-03-05T00:00:00Z')).toBe('2026-03-09T03:30:00.000Z')
  expect(next('every 1 months', '2026-02-28T12:00:00Z')).toBe('2026-03-01T00:00:00.000Z')
})

test('a time of day stays the same on both sides of a change to summer time', () => {
  const daily = 'every 1 days at 03:30 in Europe/Berlin'
  expect(next(daily, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30:00.000Z')
  expect(next(daily, '2026-03-27T12:00:00Z')).toBe('2026-03-28T02:30:00.000Z')
  expect(next(daily, '2026-10-24T12:00:00Z')).toBe('2026-10-25T02:30:00.000Z')
})

test('a time that a change of the clock leaves out is made up the same day, once', () => {
  const missing = 'every 1 days at 02:30 in Europe/Berlin'
  const day = nextRunAfter(missing, new Date('2026-03-28T12:00:00Z'))
  expect(day.toISOString().slice(0, 10)).toBe('2026-03-29')
  expect(nextRunAfter(missing, day).toISOString()).toBe('2026-03-30T00:30:00.000Z')
})

test('cron expressions are read in their zone', () => {
  expect(next('cron 0 4 * * 1-5 in America/New_York', '2026-01-02T12:00:00Z')).toBe(
    '2026-01-05T09:00:00.000Z',
  )
})

test('the next run is always later, and never more than one interval away', () => {
  const units = { minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000 }
  fc.assert(
    fc.property(
      fc.constantFrom<keyof typeof units>('minutes', 'hours', 'days', 'weeks'),
      fc.integer({ min: 1, max: 40 }),
      fc.date({ min: new Date('2015-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      fc.constantFrom('UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kolkata'),
      (unit, every, after, zone) => {
        const due = nextRunAfter(`every ${every} ${unit} in ${zone}`, after)
        expect(due.getTime()).toBeGreaterThan(after.getTime())
        expect(due.getTime() - after.getTime()).toBeLessThanOrEqual(every * units[unit] + 3_600_000)
      },
    ),
  )
})

test('of several schedules the soonest runs come first', () => {
  const runs = nextRuns(
    [
      { kind: 'every', every: 1, unit: 'days', timeZone: 'UTC' },
      { kind: 'cron', expression: '0 12 * * *', timeZone: 'UTC' },
    ],
    new Date('2026-01-01T06:00:00Z'),
    3,
  )
  expect(runs.map(run => run.toISOString().slice(5, 13))).toEqual(['01-01T12', '01-02T00', '01-02T12'])
})
