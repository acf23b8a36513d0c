import { expect, test } from '@jest/globals'
import { formatSchedule, parseSchedule } from './schedule-text.ts'

test('schedules read back as they are written', () => {
  for (const text of [
    'every 1 minutes in UTC',
    'every 3 weeks at 03:30 in Europe/Berlin',
    'cron 30 3 * * 1-5 in America/New_York',
  ]) {
    expect(formatSchedule(parseSchedule(text))).toBe(text)
  }
})

test('short forms are understood', () => {
  expect(formatSchedule(parseSchedule('every day at 3:05'))).toBe('every 1 days at 03:05 in UTC')
  expect(formatSchedule(parseSchedule('cron 0 4 * * *'))).toBe('cron 0 4 * * * in UTC')
})

test('what is no schedule is refused with examples', () => {
  for (const text of [
    '',
    'daily',
    'every 0 days',
    'every 2 hours at 03:00',
    'every day at 25:00',
    'every day in Nowhere/Land',
    'cron 61 * * * *',
    'cron 0 4 * *',
  ]) {
    expect(() => parseSchedule(text)).toThrow(/Write for example/)
  }
})
