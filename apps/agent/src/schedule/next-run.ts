import type { Schedule } from '@odoo-backup/protocol'
import { CronExpressionParser } from 'cron-parser'
import { DateTime } from 'luxon'
import { parseSchedule } from '../config/schedule-text.ts'

/** Intervals count from here, so that "every 6 hours" means the same after a restart and on every worker. */
const ANCHOR = '2001-01-01T00:00:00'

/**
 * The first time after `after` at which a schedule is due. Intervals of days, weeks and months are counted on
 * the zone's calendar (weeks from Monday), so that a change to summer time moves no backup to another hour.
 */
export function nextRunAfter(schedule: Schedule | string, after: Date): Date {
  const when = typeof schedule === 'string' ? parseSchedule(schedule) : schedule
  if (when.kind === 'cron') {
    return CronExpressionParser.parse(when.expression, { currentDate: after, tz: when.timeZone })
      .next()
      .toDate()
  }
  const [hour = 0, minute = 0] = (when.at ?? '00:00').split(':').map(Number)
  const anchor = DateTime.fromISO(ANCHOR, { zone: when.timeZone }).set({ hour, minute })
  const from = DateTime.fromJSDate(after, { zone: when.timeZone })
  const passed = Math.floor(from.diff(anchor, when.unit).as(when.unit) / when.every)
  for (let turn = Math.max(0, passed - 1); ; turn++) {
    const due = anchor.plus({ [when.unit]: turn * when.every })
    if (due.toMillis() > after.getTime()) return due.toJSDate()
  }
}

/** The next times at which any of the schedules is due, soonest first. */
export function nextRuns(schedules: Iterable<Schedule>, after: Date, count: number): Date[] {
  const times: Date[] = []
  for (const schedule of schedules) {
    let at = after
    for (let turn = 0; turn < count; turn++) {
      at = nextRunAfter(schedule, at)
      times.push(at)
    }
  }
  return times.sort((one, other) => one.getTime() - other.getTime()).slice(0, count)
}
