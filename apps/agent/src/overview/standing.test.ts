import { describe, expect, test } from '@jest/globals'
import { BackupView, DatabaseSettings, JobView } from '@odoo-backup/protocol'
import { isBackupOverdue, type Standing, toneOf, worryOf } from './standing.ts'

const now = new Date('2026-03-10T12:00:00Z')
const HOUR_MS = 3_600_000
const ago = (hours: number) => new Date(now.getTime() - hours * HOUR_MS).toISOString()

const nightly = { kind: 'every', every: 1, unit: 'days', at: '03:00', timeZone: 'UTC' }
const SETTINGS = {
  scheduled: DatabaseSettings.parse(settings(true, [nightly])),
  paused: DatabaseSettings.parse(settings(false, [nightly])),
  unscheduled: DatabaseSettings.parse(settings(true, [])),
  leftOut: DatabaseSettings.parse(settings(false, [])),
  pausedDrills: DatabaseSettings.parse({ ...settings(false, []), drills: [nightly] }),
}
const BACKUPS = {
  none: [],
  lastNight: [backup(9)],
  threeDaysAgo: [backup(72)],
  longAgo: [backup(5000)],
  future: [backup(-48)],
  futureAndLongAgo: [backup(-48), backup(5000)],
  damaged: [backup(9, false)],
  damagedBefore: [backup(9), backup(33, false)],
  damagedOnceThenGood: [backup(9, true), backup(33, false)],
}
const JOBS = { none: [], running: [running(1)], hung: [running(25)] }

function settings(enabled: boolean, schedules: readonly object[]) {
  return {
    database: 'shop',
    revision: 'r1',
    enabled,
    schedules,
    format: 'zip',
    encrypted: false,
    retention: {},
    drills: [],
  }
}

function backup(hoursAgo: number, passed?: boolean): BackupView {
  return BackupView.parse({
    name: `shop.${hoursAgo}.zip`,
    database: 'shop',
    takenAt: ago(hoursAgo),
    sizeBytes: 1,
    encrypted: false,
    format: 'zip',
    ...(passed === undefined ? {} : { verification: { passed, at: ago(hoursAgo - 1) } }),
  })
}

function running(hours: number): JobView {
  const at = ago(hours)
  return JobView.parse({
    id: 'backup-1',
    kind: 'backup',
    database: 'shop',
    state: 'active',
    createdAt: at,
    startedAt: at,
    attempt: 1,
  })
}

interface Case {
  readonly exists: boolean
  readonly settings: keyof typeof SETTINGS
  readonly backups: keyof typeof BACKUPS
  readonly jobs: keyof typeof JOBS
  readonly failed: boolean
}

function standing({ exists, settings: known, backups, jobs, failed }: Case): Standing {
  const facts = { settings: SETTINGS[known], backups: BACKUPS[backups], jobs: JOBS[jobs] }
  const since = new Date(ago(500))
  const overdue = isBackupOverdue(facts.settings, facts.backups, facts.jobs, since, now)
  return { exists, ...facts, failed, overdue, seen: true, now }
}

const worry = (more: Partial<Case>) => worryOf(standing(caseOf(more)))

describe('the worst that is to be said of a database', () => {
  test('nothing, where the schedule of a present database was met', () => {
    expect(worry({})).toBeUndefined()
    expect(worry({ backups: 'damagedOnceThenGood' })).toBeUndefined()
  })

  test('a database without schedule is never well: its backup is stale, or nothing will make the next', () => {
    expect(worry({ settings: 'unscheduled', backups: 'longAgo' })).toBe('stale')
    expect(worry({ settings: 'paused', backups: 'longAgo' })).toBe('stale')
    expect(worry({ settings: 'unscheduled' })).toBe('unscheduled')
    expect(worry({ settings: 'paused' })).toBe('unscheduled')
    expect(worry({ settings: 'pausedDrills' })).toBe('unscheduled')
    expect(worry({ settings: 'unscheduled', backups: 'none' })).toBe('never')
  })

  test('a database that was left out on purpose is nobody’s worry', () => {
    expect(worry({ settings: 'leftOut', backups: 'none' })).toBeUndefined()
    expect(worry({ settings: 'leftOut', backups: 'longAgo' })).toBeUndefined()
  })

  test('a running backup excuses a late one for a day, and a hung one for no time', () => {
    expect(worry({ backups: 'threeDaysAgo' })).toBe('overdue')
    expect(worry({ backups: 'threeDaysAgo', jobs: 'running' })).toBeUndefined()
    expect(worry({ backups: 'threeDaysAgo', jobs: 'hung' })).toBe('overdue')
    expect(worry({ jobs: 'hung' })).toBe('hung')
  })

  test('backups of a clock that ran ahead do not hide that there are none of today', () => {
    expect(worry({ backups: 'futureAndLongAgo' })).toBe('overdue')
    expect(worry({ settings: 'unscheduled', backups: 'futureAndLongAgo' })).toBe('stale')
    expect(worry({ backups: 'future' })).toBe('never')
  })

  test('a first backup that failed is no first backup to wait for', () => {
    const before = { ...standing(caseOf({ backups: 'none' })), overdue: false }
    expect(worryOf(before)).toBe('awaited')
    expect(worryOf({ ...before, failed: true })).toBe('never')
  })

  test('the last drill counts, of whichever backup it was', () => {
    expect(worry({ backups: 'damaged' })).toBe('damaged')
    expect(worry({ backups: 'damagedBefore' })).toBe('damaged')
  })

  test('a database that went away is missed as long as its schedule runs', () => {
    expect(worry({ exists: false })).toBe('gone')
    expect(worry({ exists: false, settings: 'unscheduled' })).toBeUndefined()
    expect(worry({ exists: false, settings: 'paused' })).toBeUndefined()
  })
})

function caseOf(more: Partial<Case>): Case {
  return {
    exists: true,
    settings: 'scheduled',
    backups: 'lastNight',
    jobs: 'none',
    failed: false,
    ...more,
  }
}

const keys = <Key extends string>(record: Readonly<Record<Key, unknown>>) =>
  Object.keys(record).flatMap(key => (isKey(record, key) ? [key] : []))
const isKey = <Key extends string>(record: Readonly<Record<Key, unknown>>, key: string): key is Key =>
  Object.hasOwn(record, key)

test('of all combinations, good is said only of a database that is left out, is gone and unscheduled, or is well', () => {
  const wellBackedUp = new Set<Case['backups']>(['lastNight', 'damagedOnceThenGood'])
  for (const exists of [true, false])
    for (const known of keys(SETTINGS))
      for (const backups of keys(BACKUPS))
        for (const jobs of keys(JOBS))
          for (const failed of [true, false]) {
            const it: Case = { exists, settings: known, backups, jobs, failed }
            const isExcused = !exists ? known !== 'scheduled' : known === 'leftOut'
            const isLate =
              backups === 'threeDaysAgo' || backups === 'longAgo' || backups === 'futureAndLongAgo'
            const isWell =
              exists &&
              known === 'scheduled' &&
              !failed &&
              (wellBackedUp.has(backups) ? jobs !== 'hung' : isLate && jobs === 'running')
            const isGood = toneOf(worryOf(standing(it))) === 'good'
            expect({ ...it, isGood }).toEqual({ ...it, isGood: isExcused || isWell })
          }
})

test('a drill that a wrong clock dated ahead does not hide that the last one failed', () => {
  const backups = [backup(9, false), backup(-48, true)]
  const known = { exists: true, settings: SETTINGS.scheduled, jobs: [], failed: false, overdue: false }
  expect(worryOf({ ...known, backups, seen: true, now })).toBe('damaged')
})
