import { type FieldFaultCode, Schedule } from '@odoo-backup/protocol'
import { CronExpressionParser } from 'cron-parser'
import { IANAZone } from 'luxon'

const INTERVAL =
  /^every\s+(?:(\d{1,4})\s+)?(minute|hour|day|week|month)s?(?:\s+at\s+(\d{1,2}:\d\d))?(?:\s+in\s+(\S+))?$/i
const CRON = /^cron\s+(\S+(?:\s+\S+){4,5}?)(?:\s+in\s+(\S+))?$/i

const EXAMPLES =
  'Write for example "every 6 hours", "every 1 days at 03:30 in Europe/Berlin" or "cron 30 3 * * 1-5 in Europe/Berlin".'

/** Reads a schedule as a person writes it; the error says what is possible. Without a zone it is UTC. */
export function parseSchedule(text: string): Schedule {
  const interval = INTERVAL.exec(text.trim())
  const cron = CRON.exec(text.trim())
  const parsed = Schedule.safeParse(
    interval !== null
      ? {
          kind: 'every',
          every: Number(interval[1] ?? '1'),
          unit: `${interval[2]?.toLowerCase()}s`,
          ...(interval[3] === undefined ? {} : { at: interval[3].padStart(5, '0') }),
          timeZone: interval[4] ?? 'UTC',
        }
      : { kind: 'cron', expression: cron?.[1]?.replace(/\s+/g, ' '), timeZone: cron?.[2] ?? 'UTC' },
  )
  if (!parsed.success) throw new Error(`This is no schedule: ${text}. ${EXAMPLES}`)
  const fault = scheduleFault(parsed.data)
  if (fault !== undefined) throw new Error(`${fault.message} ${EXAMPLES}`)
  return parsed.data
}

export interface ScheduleFault {
  /** Which member of the schedule. */
  readonly member: 'timeZone' | 'at' | 'expression'
  readonly code: FieldFaultCode
  /** In English. */
  readonly message: string
}

/** What is wrong with a schedule of the right shape, or undefined. */
export function scheduleFault(schedule: Schedule): ScheduleFault | undefined {
  if (!IANAZone.isValidZone(schedule.timeZone)) {
    return { member: 'timeZone', code: 'time_zone', message: `This is no time zone: ${schedule.timeZone}.` }
  }
  if (schedule.kind === 'every') {
    return schedule.at !== undefined && (schedule.unit === 'minutes' || schedule.unit === 'hours')
      ? {
          member: 'at',
          code: 'invalid',
          message: 'A time of day goes with days, weeks or months.',
        }
      : undefined
  }
  try {
    CronExpressionParser.parse(schedule.expression, { tz: schedule.timeZone }).next()
    return undefined
  } catch {
    return {
      member: 'expression',
      code: 'schedule',
      message: `This is no cron expression: ${schedule.expression}.`,
    }
  }
}

/** The one spelling of a schedule; reads back as the same. */
export function formatSchedule(schedule: Schedule): string {
  if (schedule.kind === 'cron') return `cron ${schedule.expression} in ${schedule.timeZone}`
  const at = schedule.at === undefined ? '' : ` at ${schedule.at}`
  return `every ${schedule.every} ${schedule.unit}${at} in ${schedule.timeZone}`
}
