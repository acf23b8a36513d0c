import { expect, test } from '@jest/globals'
import { BackupView } from '@odoo-backup/protocol'
import { calendarOf } from './calendar.ts'

const backup = (takenAt: string, more: object = {}) =>
  BackupView.parse({
    name: `shop.${takenAt}.zip`,
    database: 'shop',
    takenAt,
    sizeBytes: 10,
    encrypted: false,
    format: 'zip',
    ...more,
  })

test('each day with backups is told once, with how many passed and failed a drill, older days not at all', () => {
  const at = '2026-03-10T05:00:00Z'
  expect(
    calendarOf(
      [
        backup('2026-03-10T23:59:59Z'),
        backup('2026-03-08T03:00:00Z', { verification: { passed: false, at } }),
        backup('2026-03-10T03:00:00Z', { verification: { passed: true, at } }),
        backup('2025-03-10T03:00:00Z'),
      ],
      new Date('2026-03-10T12:00:00Z'),
      { days: 30, timeZone: 'UTC' },
    ),
  ).toEqual([
    { day: '2026-03-08', backups: 1, sizeBytes: 10, verified: 0, failed: 1 },
    { day: '2026-03-10', backups: 2, sizeBytes: 20, verified: 1, failed: 0 },
  ])
})

test('a day is that of the zone that is asked for: what is made at two in the morning is of this morning', () => {
  const nights = [backup('2026-03-08T17:00:00Z'), backup('2026-03-09T17:00:00Z')]
  const daysIn = (timeZone: string, days: number) =>
    calendarOf(nights, new Date('2026-03-09T23:00:00Z'), { days, timeZone }).map(({ day }) => day)
  expect(daysIn('Asia/Tokyo', 30)).toEqual(['2026-03-09', '2026-03-10'])
  expect(daysIn('Asia/Tokyo', 1)).toEqual(['2026-03-10'])
  expect(daysIn('America/Los_Angeles', 30)).toEqual(['2026-03-08', '2026-03-09'])
  expect(daysIn('Mars/Olympus', 30)).toEqual(['2026-03-08', '2026-03-09'])
})
