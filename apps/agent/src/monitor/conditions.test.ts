import { describe, expect, test } from '@jest/globals'
import { BackupView, DatabaseSettings, JobView } from '@odoo-backup/protocol'
import { ROTATION_REFUSED } from '../jobs/rotate.ts'
import { type Facts, findConditions, judgedKinds } from './conditions.ts'
import { reconcile } from './reconcile.ts'

const now = new Date('2026-03-10T12:00:00Z')
const calm: Facts = {
  connection: { state: 'connected', folder: '42' },
  refusal: undefined,
  postgres: 'answers',
  backups: [],
  newestDetails: new Map(),
  settings: [],
  jobs: [],
  accountNotices: [],
  watchedSince: () => new Date('2026-03-01T00:00:00Z'),
  now,
}
const ids = (more: Partial<Facts>) => findConditions({ ...calm, ...more }).map(condition => condition.id)

function backup(takenAt: string, sizeBytes = 10_000_000, more: Partial<BackupView> = {}): BackupView {
  const name = `shop.${takenAt}.zip`
  return BackupView.parse({
    name,
    database: 'shop',
    takenAt,
    sizeBytes,
    encrypted: false,
    format: 'zip',
    ...more,
  })
}

function settings(more: object = {}): DatabaseSettings {
  const schedules = [{ kind: 'every', every: 1, unit: 'days', at: '03:00' }]
  const base = {
    database: 'shop',
    enabled: true,
    schedules,
    format: 'zip',
    encrypted: false,
    retention: {},
    drills: [],
  }
  return DatabaseSettings.parse({ ...base, ...more })
}

const failedJob = JobView.parse({
  id: '1',
  kind: 'backup',
  database: 'shop',
  state: 'failed',
  createdAt: '2026-03-10T03:00:00Z',
  finishedAt: '2026-03-10T03:01:00Z',
  attempt: 3,
  failure: { code: 'disk_full', message: 'No room. Make some.' },
})

const rotated = (createdAt: string, warnings: readonly string[]) =>
  JobView.parse({
    id: createdAt,
    kind: 'rotate',
    database: 'shop',
    state: 'completed',
    createdAt,
    attempt: 1,
    warnings,
  })

test('an instance that may not delete is told so once, until it may', () => {
  const refused = ['2026-03-08T03:00:00Z', '2026-03-09T03:00:00Z'].map(at => rotated(at, [ROTATION_REFUSED]))
  const conditions = findConditions({ ...calm, jobs: refused })
  expect(conditions.map(({ id }) => id)).toEqual(['rotation_refused'])
  const judged = judgedKinds({ ...calm, jobs: refused })
  const once = reconcile([], conditions, judged, { now, channels: ['mail'] })
  const again = reconcile(
    once.map(notice => ({ ...notice, waiting: [] })),
    conditions,
    judged,
    { now, channels: ['mail'] },
  )
  expect(again.map(({ id, waiting }) => [id, waiting])).toEqual([['rotation_refused', []]])
  expect(ids({ jobs: [rotated('2026-03-10T03:00:00Z', []), ...refused] })).toEqual([])
})

const nights = (sizes: readonly number[]) =>
  sizes.map((size, index) => backup(`2026-03-0${index + 1}T03:00:00Z`, size * 1_000_000))

describe('what is found', () => {
  test('nothing, where all is well', () => {
    expect(ids({ backups: [backup('2026-03-10T03:00:00Z')], settings: [settings()] })).toEqual([])
  })

  test('a failed backup, with its own message', () => {
    const found = findConditions({ ...calm, jobs: [failedJob] })
    expect(found).toMatchObject([{ id: 'backup_failed:shop', severity: 'error', database: 'shop' }])
    expect(found[0]?.message).toContain('No room. Make some.')
  })

  test('an overdue backup', () => {
    expect(ids({ backups: [backup('2026-03-08T03:00:00Z')], settings: [settings()] })).toEqual([
      'backup_overdue:shop',
    ])
  })

  test('a backup that shrank or grew beyond what its history explains, and none that grows as ever', () => {
    expect(ids({ backups: nights([10, 10, 10, 10, 10, 2]) })).toEqual(['backup_shrank:shop'])
    expect(ids({ backups: nights([10, 10, 10, 10, 10, 20]) })).toEqual(['backup_grew:shop'])
    expect(ids({ backups: nights([10, 11, 12, 13, 14, 15]) })).toEqual([])
    expect(ids({ backups: nights([10, 20, 10, 20, 10, 20]) })).toEqual([])
    expect(ids({ backups: nights([10, 10, 1]) })).toEqual([])
  })

  test('files that were missing when the last backup was made', () => {
    const last = backup('2026-03-10T03:00:00Z')
    const newestDetails = new Map([[last.name, { ...last, missingFiles: 3, warnings: [] }]])
    expect(ids({ backups: [last], newestDetails })).toEqual(['files_missing:shop'])
  })

  test('a drill that failed, and one that did not happen', () => {
    const at = '2026-03-10T05:00:00Z'
    const drills = [{ kind: 'every', every: 1, unit: 'weeks' }]
    const broken = backup('2026-03-10T03:00:00Z', 1, { verification: { passed: false, at } })
    expect(ids({ backups: [broken], settings: [settings({ drills })] })).toEqual(['verification_failed:shop'])
    const old = backup('2026-03-10T03:00:00Z', 1, {
      verification: { passed: true, at: '2026-02-01T00:00:00Z' },
    })
    expect(ids({ backups: [old], settings: [settings({ drills })] })).toEqual(['not_verified:shop'])
  })

  test('PostgreSQL that is down, a connection that is gone, credit that is', () => {
    expect(ids({ postgres: { down: 'PostgreSQL does not answer.' } })).toEqual(['postgres_down'])
    expect(ids({ connection: { state: 'login_required', authLink: 'https://x.example' } })).toEqual([
      'storage_disconnected',
    ])
    expect(ids({ connection: undefined, refusal: 'Access was revoked.' })).toEqual(['storage_disconnected'])
    expect(ids({ connection: { state: 'payment_required', message: 'Not enough credit.' } })).toEqual([
      'credit',
    ])
  })

  test('what the account is told: a new instance, credit running out', () => {
    const at = '2026-03-10T00:00:00Z'
    const accountNotices = [
      { id: '7', kind: 'instance_bound' as const, message: 'A new instance was bound.', at },
      { id: '8', kind: 'credit_running_out' as const, message: 'Credit ends in 5 days.', at },
    ]
    expect(ids({ accountNotices })).toEqual(['account:7', 'account:8'])
  })
})

describe('a notice', () => {
  const look = (before: Parameters<typeof reconcile>[0], facts: Facts, at: string) =>
    reconcile(before, findConditions(facts), judgedKinds(facts), { now: new Date(at), channels: ['mail'] })

  test('is raised once, lasts without being sent again, is cleared when it passes, and is raised anew', () => {
    const down = { ...calm, postgres: { down: 'PostgreSQL does not answer.' } }
    const first = look([], down, '2026-03-10T12:00:00Z')
    expect(first).toMatchObject([
      { id: 'postgres_down', raisedAt: '2026-03-10T12:00:00.000Z', waiting: ['mail'] },
    ])
    const sent = first.map(notice => ({ ...notice, waiting: [] }))
    expect(look(sent, down, '2026-03-10T12:01:00Z')).toEqual(sent)
    const cleared = look(sent, calm, '2026-03-10T12:02:00Z')
    expect(cleared).toMatchObject([{ id: 'postgres_down', clearedAt: '2026-03-10T12:02:00.000Z' }])
    expect(look(cleared, calm, '2026-03-10T12:03:00Z')).toEqual(cleared)
    const again = look(cleared, down, '2026-03-10T12:04:00Z')
    expect(again.map(notice => notice.waiting)).toEqual([['mail'], []])
  })

  test('is not cleared by not knowing', () => {
    const backups = [backup('2026-03-08T03:00:00Z')]
    const overdue = look([], { ...calm, backups, settings: [settings()] }, '2026-03-10T12:00:00Z')
    const blind = { ...calm, backups: undefined, connection: undefined }
    expect(look(overdue, blind, '2026-03-10T12:01:00Z')).toEqual(overdue)
  })
})
