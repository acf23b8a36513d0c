import { expect, test } from '@jest/globals'
import { BackupView, DatabaseSettings, JobView } from '@odoo-backup/protocol'
import { type OverviewFacts, overviewOf } from './overview.ts'

const now = new Date('2026-03-10T12:00:00Z')

function backup(database: string, takenAt: string, more: Partial<BackupView> = {}): BackupView {
  const name = `${database}.${takenAt.slice(0, 10)}.zip`
  return BackupView.parse({
    name,
    database,
    takenAt,
    sizeBytes: 100,
    encrypted: false,
    format: 'zip',
    ...more,
  })
}

function settings(database: string, more: object = {}): DatabaseSettings {
  const schedules = [{ kind: 'every', every: 1, unit: 'days', at: '03:00' }]
  const base = {
    database,
    revision: 'r1',
    enabled: true,
    schedules,
    format: 'zip',
    encrypted: false,
    retention: {},
    drills: [],
  }
  return DatabaseSettings.parse({ ...base, ...more })
}

function job(database: string, state: string, finishedAt: string): JobView {
  const failure = state === 'failed' ? { failure: { code: 'disk_full', message: 'No room.' } } : {}
  const ended = state === 'active' ? {} : { finishedAt }
  return JobView.parse({
    id: finishedAt,
    kind: 'backup',
    database,
    state,
    createdAt: finishedAt,
    attempt: 1,
    ...ended,
    ...failure,
  })
}

function facts(more: Partial<OverviewFacts>): OverviewFacts {
  const watchedSince = () => new Date('2026-03-01T00:00:00Z')
  return {
    ...{ backups: [], settings: [], existing: new Set<string>(), jobs: [] },
    ...{ unreachable: [], watchedSince, now },
    ...more,
  }
}

test('while the place of a database is away nothing is said of its backups but that, and the whole is not safe', () => {
  const away = { place: 'the NAS', code: 'storage_unreachable', message: 'It is away.' }
  const schedules = [{ kind: 'every', every: 1, unit: 'days', timeZone: 'UTC' }] as const
  const overview = overviewOf(
    facts({
      backups: [backup('shop', '2026-03-10T03:00:00Z')],
      settings: ['crm', 'shop'].map(name => settings(name, { enabled: true, schedules: [...schedules] })),
      existing: new Set(['crm', 'shop']),
      unreachable: [{ ...away, keeps: database => database === 'crm' }],
    }),
  )
  expect(overview.databases.map(({ worry, overdue }) => [worry, overdue])).toEqual([
    ['unseen', false],
    [undefined, false],
  ])
  expect(overview.unreachable).toEqual([away])
  expect(overview.verdict).toMatchObject({ word: 'attention', tone: 'warn', unknown: ['storage'] })
})

test('the last seven days are those of the reader', () => {
  const backups = [backup('shop', '2026-03-09T17:00:00Z'), backup('shop', '2026-03-04T14:59:59Z')]
  const days = (timeZone?: string) =>
    overviewOf(facts({ backups, settings: [settings('shop')], ...(timeZone && { timeZone }) })).databases[0]
      ?.days
  expect(days('Asia/Tokyo')?.map(({ day, sizeBytes }) => [day, sizeBytes])).toEqual([
    ['2026-03-04', 100],
    ['2026-03-05', 0],
    ['2026-03-06', 0],
    ['2026-03-07', 0],
    ['2026-03-08', 0],
    ['2026-03-09', 0],
    ['2026-03-10', 100],
  ])
  expect(days()?.map(({ sizeBytes }) => sizeBytes)).toEqual([100, 0, 0, 0, 0, 100, 0])
})

test('each database has its newest backup, its sums and its last seven days', () => {
  const passed = { verification: { passed: true, at: '2026-03-09T05:00:00Z' } }
  const overview = overviewOf(
    facts({
      backups: [
        backup('shop', '2026-03-09T03:00:00Z', passed),
        backup('shop', '2026-03-10T03:00:00Z'),
        backup('gone', '2026-01-01T03:00:00Z'),
      ],
      settings: [settings('shop', { nextRuns: ['2026-03-11T03:00:00Z'] })],
      existing: new Set(['shop']),
    }),
  )
  expect(overview).toMatchObject({ backups: 3, storedBytes: 300 })
  expect(overview.databases.map(({ database, exists }) => [database, exists])).toEqual([
    ['gone', false],
    ['shop', true],
  ])
  expect(overview.databases[1]).toMatchObject({
    lastBackup: { takenAt: '2026-03-10T03:00:00Z' },
    lastVerifiedAt: '2026-03-09T05:00:00Z',
    nextRunAt: '2026-03-11T03:00:00Z',
    overdue: false,
  })
  expect(overview.databases[1]?.days.map(day => day.sizeBytes)).toEqual([0, 0, 0, 0, 0, 100, 100])
})

test('what another server made of a database of the same name is no backup of this one', () => {
  const backups = [
    backup('shop', '2026-03-10T03:00:00Z', { foreign: true }),
    backup('lost', '2026-03-10T03:00:00Z', { foreign: true }),
  ]
  const [lost, shop] = overviewOf(facts({ backups, settings: [settings('shop')] })).databases
  expect(shop).toMatchObject({ database: 'shop', backups: 0, overdue: true })
  // On a new machine, where nothing is called so yet, it is what can be restored.
  expect(lost).toMatchObject({ database: 'lost', backups: 1 })
})

test('a database is overdue unless its schedule is off or a backup is being made', () => {
  const backups = [backup('shop', '2026-03-08T03:00:00Z')]
  const overdue = (more: Partial<OverviewFacts>) =>
    overviewOf(facts({ backups, settings: [settings('shop')], ...more })).databases[0]?.overdue
  expect(overdue({})).toBe(true)
  expect(overdue({ settings: [settings('shop', { enabled: false })] })).toBe(false)
  expect(overdue({ jobs: [job('shop', 'active', '2026-03-10T11:00:00Z')] })).toBe(false)
  expect(overdue({ backups: [backup('shop', '2026-03-10T03:00:00Z')] })).toBe(false)
})

test('a failure stands until a backup succeeds after it', () => {
  const failed = job('shop', 'failed', '2026-03-09T03:01:00Z')
  const failure = (more: Partial<OverviewFacts>) =>
    overviewOf(facts({ settings: [settings('shop')], jobs: [failed], ...more })).databases[0]?.lastFailure
  expect(failure({})).toEqual({ at: '2026-03-09T03:01:00Z', code: 'disk_full', message: 'No room.' })
  expect(failure({ jobs: [failed, job('shop', 'completed', '2026-03-10T03:01:00Z')] })).toBeUndefined()
  expect(failure({ backups: [backup('shop', '2026-03-10T03:00:00Z')] })).toBeUndefined()
})

test('of ten thousand backups of two hundred databases each is looked at a fixed number of times', () => {
  let looks = 0
  const base = backup('db0', '2026-03-01T03:00:00Z')
  const backups = Array.from({ length: 10_000 }, (_, index): BackupView => {
    const database = BackupView.shape.database.parse(`db${index % 200}`)
    const takenAt = new Date(now.getTime() - index * 60_000).toISOString()
    return {
      ...base,
      database,
      name: `${database}.${takenAt}.zip`,
      get takenAt() {
        looks += 1
        return takenAt
      },
    }
  })
  const known = Array.from({ length: 200 }, (_, index) => settings(`db${index}`))
  expect(overviewOf(facts({ backups, settings: known })).databases).toHaveLength(200)
  expect(looks).toBeLessThan(15 * backups.length)
})
