import { describe, expect, test } from '@jest/globals'
import { DatabaseName, JobView, type WarningText } from '@odoo-backup/protocol'
import {
  backup,
  calm,
  failedJob,
  nights,
  now,
  POSTGRES_DOWN,
  rotated,
  settings,
} from '../../../../test/fixtures/look-facts.ts'
import { findConditions, isJudged } from './conditions.ts'
import type { Facts } from './facts.ts'
import { reconcile } from './reconcile.ts'

const ids = (more: Partial<Facts>) => findConditions({ ...calm, ...more }).map(condition => condition.id)

test('a queue that is away is told, unless PostgreSQL is', () => {
  expect(ids({})).toEqual([])
  const queue = { down: { code: 'queue_unreachable', message: 'Redis does not answer.' } }
  expect(findConditions({ ...calm, queue })).toMatchObject([
    { id: 'queue_down', severity: 'error', message: queue.down.message },
  ])
  expect(ids({ queue, postgres: POSTGRES_DOWN })).toEqual(['postgres_down'])
  expect(isJudged({ ...calm, queue: undefined }, { kind: 'queue_down' })).toBe(false)
})

test('a file that cannot be obeyed is told, of each database whose settings are faulty, until it is mended', () => {
  const faults = [
    { database: 'shop', effect: 'database_left_out', message: 'The settings of shop cannot be read.' },
    { effect: 'former_stays', message: 'All.' },
  ] as const
  const conditions = findConditions({ ...calm, configurationFaults: faults })
  expect(conditions).toEqual([
    {
      id: 'configuration_faulty:shop',
      kind: 'configuration_faulty',
      severity: 'error',
      database: 'shop',
      message: 'The settings of shop cannot be read.',
      text: { code: 'configuration_faulty', effect: 'database_left_out', words: faults[0].message },
    },
    {
      id: 'configuration_faulty',
      kind: 'configuration_faulty',
      severity: 'error',
      message: 'All.',
      text: { code: 'configuration_faulty', effect: 'former_stays', words: 'All.' },
    },
  ])
  const notice = { kind: 'configuration_faulty' as const }
  expect(isJudged(calm, notice)).toBe(true)
  expect(isJudged({ ...calm, configurationFaults: undefined }, notice)).toBe(false)
})

test('an instance that may not delete is told so once, until it may', () => {
  const seen = { ...calm, settings: [settings({ schedules: [] })] }
  const refused = ['2026-03-08T03:00:00Z', '2026-03-09T03:00:00Z'].map(at =>
    rotated(at, [{ code: 'rotation_refused' }]),
  )
  const conditions = findConditions({ ...seen, jobs: refused })
  expect(conditions.map(({ id }) => id)).toEqual(['rotation_refused'])
  const judged = (notice: Parameters<typeof isJudged>[1]) => isJudged({ ...seen, jobs: refused }, notice)
  const once = reconcile([], conditions, judged, { now, channels: ['mail'] })
  const again = reconcile(
    once.map(notice => ({ ...notice, waiting: [] })),
    conditions,
    judged,
    { now, channels: ['mail'] },
  )
  expect(again.map(({ id, waiting }) => [id, waiting])).toEqual([['rotation_refused', []]])
  expect(findConditions({ ...seen, jobs: [rotated('2026-03-10T03:00:00Z', []), ...refused] })).toEqual([])
  // A database that was dropped rotates no more; with PostgreSQL away nobody knows that it was.
  expect(ids({ jobs: refused, settings: [] })).toEqual([])
  expect(ids({ jobs: refused, settings: [], postgres: undefined })).toEqual(['rotation_refused'])
})

test('a database that rotates in peace says nothing of another that may not delete', () => {
  const wiki = (createdAt: string) => ({
    ...rotated(createdAt, []),
    database: DatabaseName.parse('wiki'),
  })
  const known = [settings({ schedules: [] }), settings({ database: 'wiki', schedules: [] })]
  const refused = (createdAt: string) => rotated(createdAt, [{ code: 'rotation_refused' }])
  const jobs = [wiki('2026-03-09T03:05:00Z'), refused('2026-03-09T03:00:00Z')]
  expect(ids({ jobs, settings: known })).toEqual(['rotation_refused'])
  const nextNight = [wiki('2026-03-10T03:05:00Z'), refused('2026-03-10T03:00:00Z'), ...jobs]
  expect(ids({ jobs: nextNight, settings: known })).toEqual(['rotation_refused'])
  const may = [rotated('2026-03-10T03:00:00Z', []), ...jobs]
  expect(ids({ jobs: may, settings: known })).toEqual([])
})

test('backups that another server made under a former id are told once, until those of each database are adopted', () => {
  const of = (database: string, createdAt: string, warnings: readonly WarningText[]) => ({
    ...rotated(createdAt, warnings),
    database: DatabaseName.parse(database),
  })
  const left = of('shop', '2026-03-09T03:00:00Z', [{ code: 'former_backups_stay' }])
  const others = of('other', '2026-03-09T04:00:00Z', [])
  expect(ids({ jobs: [left, others] })).toEqual(['rotation_refused:former'])
  const adopted = of('shop', '2026-03-10T03:00:00Z', [])
  expect(ids({ jobs: [left, others, adopted] })).toEqual([])
})

describe('what is found', () => {
  test('nothing, where all is well', () => {
    expect(ids({ backups: [backup('2026-03-10T03:00:00Z')], settings: [settings()] })).toEqual([])
  })

  test('a failed backup, with its own message', () => {
    const found = findConditions({ ...calm, jobs: [failedJob] })
    expect(found).toMatchObject([{ id: 'backup_failed:shop', severity: 'error', database: 'shop' }])
    expect(found[0]?.message).toContain('No room. Make some.')
    expect(found[0]?.text).toEqual({ code: 'backup_failed', failure: failedJob.failure })
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
    const missingFiles = new Map([[last.name, 3]])
    expect(ids({ backups: [last], settings: [settings()], missingFiles })).toEqual(['files_missing:shop'])
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
    expect(ids({ postgres: POSTGRES_DOWN })).toEqual(['postgres_down'])
    expect(ids({ connection: { state: 'login_required', authLink: 'https://x.example' } })).toEqual([
      'storage_disconnected',
    ])
    expect(
      ids({ connection: undefined, refusal: { code: 'access_revoked', message: 'Access was revoked.' } }),
    ).toEqual(['storage_disconnected'])
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
    // Who connects now is not told what was before; a message passes after a week, a lack of credit does not.
    expect(ids({ accountNotices, accountSince: now })).toEqual(['account:8'])
    expect(ids({ accountNotices, now: new Date('2026-03-17T00:00:01Z') })).toEqual(['account:8'])
  })
})

describe('while storage or broker is away', () => {
  const silence = {
    place: 'the folder /mnt/nas',
    at: { kind: 'folder' as const, path: '/mnt/nas' },
    refused: false,
    failure: { code: 'storage_unreachable', message: 'No answer.' },
  }
  const blind: Partial<Facts> = { connection: undefined, isSeen: () => false, settings: [settings()] }

  test('a backup that failed is told all the same, by the jobs alone', () => {
    const good = { ...failedJob, state: 'completed' as const, finishedAt: '2026-03-10T04:00:00Z' }
    const lastGood = () => new Date('2026-03-10T03:00:00Z')
    expect(ids({ ...blind, lastGood, jobs: [failedJob] })).toEqual(['backup_failed:shop'])
    expect(ids({ ...blind, lastGood, jobs: [failedJob, good] })).toEqual([])
    // One that was made by another way since, as was seen before the silence.
    expect(ids({ ...blind, lastGood: () => new Date('2026-03-10T03:02:00Z'), jobs: [failedJob] })).toEqual([])
  })

  test('an overdue backup is told by what was seen last', () => {
    const lastGood = () => new Date('2026-03-08T03:00:00Z')
    expect(ids({ ...blind, lastGood })).toEqual(['backup_overdue:shop'])
    expect(ids({ ...blind, lastGood: () => new Date('2026-03-10T03:00:00Z') })).toEqual([])
    const made = JobView.parse({
      ...failedJob,
      state: 'completed',
      failure: undefined,
      startedAt: '2026-03-10T03:00:00Z',
    })
    expect(ids({ ...blind, lastGood, jobs: [made] })).toEqual([])
    expect(ids({ ...blind, backups: [backup('2026-03-08T03:00:00Z')] })).toEqual(['backup_overdue:shop'])
    expect(ids({ ...blind, jobs: undefined, lastGood })).toEqual(['backup_overdue:shop'])
  })

  test('that itself is told after an hour, a refusal at once, and each place once', () => {
    const since = (minutes: number) => () => new Date(now.getTime() - minutes * 60_000)
    expect(ids({ silences: [silence, silence], silentSince: since(59) })).toEqual([])
    expect(ids({ silences: [silence, silence], silentSince: since(61) })).toEqual([
      'storage_unreachable:the folder /mnt/nas',
    ])
    expect(ids({ silences: [{ ...silence, refused: true }] })).toEqual([
      'storage_unreachable:the folder /mnt/nas',
    ])
  })
})

describe('what a wrong clock has dated', () => {
  test('a backup of the far future does not hide that there is none of this night', () => {
    const backups = [backup('2026-03-08T03:00:00Z'), backup('2036-01-01T03:00:00Z')]
    expect(ids({ backups, settings: [settings()] })).toEqual(['backup_overdue:shop'])
    const lastGood = () => new Date('2036-01-01T03:00:00Z')
    expect(ids({ isSeen: () => false, lastGood, settings: [settings()] })).toEqual(['backup_overdue:shop'])
  })

  test('a backup of the far future hides no shrunken one, nor its drill one that failed', () => {
    const future = '2027-01-01T03:00:00Z'
    const ahead = backup(future, 10_000_000, { verification: { at: future, passed: true } })
    expect(ids({ backups: [...nights([10, 10, 10, 10, 10, 2]), ahead] })).toEqual(['backup_shrank:shop'])
    const verification = { at: '2026-03-10T04:00:00Z', passed: false }
    const tried = backup('2026-03-10T03:00:00Z', 10_000_000, { verification })
    expect(ids({ backups: [tried, ahead] })).toEqual(['verification_failed:shop'])
  })

  test('a job of the far future neither hides a failure nor is one', () => {
    const later = { ...failedJob, createdAt: '2036-01-01T03:00:00Z', finishedAt: '2036-01-01T03:01:00Z' }
    expect(ids({ jobs: [later] })).toEqual([])
    expect(ids({ jobs: [failedJob, { ...later, state: 'completed', failure: undefined }] })).toEqual([
      'backup_failed:shop',
    ])
  })
})

test('a job that runs since days is told, and does not make the missing backup less overdue', () => {
  const active = (startedAt: string) =>
    JobView.parse({
      id: '9',
      kind: 'backup',
      database: 'shop',
      state: 'active',
      createdAt: startedAt,
      startedAt,
      attempt: 1,
    })
  const backups = [backup('2026-03-08T03:00:00Z')]
  const found = (startedAt: string, more: readonly JobView[] = []) =>
    findConditions({ ...calm, backups, settings: [settings()], jobs: [active(startedAt), ...more] }).map(
      ({ id, postponed }) => [id, postponed ?? false],
    )
  expect(found('2026-03-10T03:00:00Z')).toEqual([['backup_overdue:shop', true]])
  expect(found('2026-03-09T03:00:00Z')).toEqual([
    ['runs_long:9', false],
    ['backup_overdue:shop', false],
  ])
  // Where backups take half a day, one may take a day and a half.
  const usual = JobView.parse({
    ...active('2026-03-05T03:00:00Z'),
    state: 'completed',
    finishedAt: '2026-03-05T15:00:00Z',
  })
  expect(found('2026-03-09T03:00:00Z', [usual])).toEqual([['backup_overdue:shop', true]])
})

describe('a notice', () => {
  const look = (before: Parameters<typeof reconcile>[0], facts: Facts, at: string) =>
    reconcile(before, findConditions(facts), notice => isJudged(facts, notice), {
      now: new Date(at),
      channels: ['mail'],
    })

  test('is raised once, lasts without being sent again, is cleared when it passes, and is raised anew', () => {
    const down = { ...calm, postgres: POSTGRES_DOWN }
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
    const missingFiles = new Map([[backup('2026-03-08T03:00:00Z').name, 3]])
    const all = { ...calm, backups, missingFiles, settings: [settings()] }
    const raised = look([], all, '2026-03-10T12:00:00Z')
    expect(raised.map(({ id }) => id)).toEqual(['backup_overdue:shop', 'files_missing:shop'])
    const blind: Facts = {
      ...all,
      backups: [],
      missingFiles: new Map(),
      isSeen: () => false,
      connection: undefined,
      lastGood: () => new Date('2026-03-08T03:00:00Z'),
    }
    expect(look(raised, blind, '2026-03-10T12:01:00Z')).toMatchObject(raised.map(({ id }) => ({ id })))
    expect(look(raised, blind, '2026-03-10T12:01:00Z').some(({ clearedAt }) => clearedAt)).toBe(false)
    // `.info` cannot be read; PostgreSQL does not answer, so that the database is not known.
    for (const less of [
      { missingFiles: new Map() },
      { settings: [], missingFiles: new Map(), postgres: POSTGRES_DOWN },
    ])
      expect(
        look(raised, { ...all, ...less }, '2026-03-10T12:01:00Z').find(
          ({ id }) => id === 'files_missing:shop',
        ),
      ).not.toHaveProperty('clearedAt')
    const whole = { ...all, missingFiles: new Map([[backup('2026-03-08T03:00:00Z').name, 0]]) }
    expect(
      look(raised, whole, '2026-03-10T12:01:00Z').find(({ id }) => id === 'files_missing:shop'),
    ).toHaveProperty('clearedAt')
  })

  test('of an overdue backup is raised once, however often it is tried in vain', () => {
    const backups = [backup('2026-03-08T03:00:00Z')]
    const attempt = (state: 'active' | 'delayed') =>
      JobView.parse({
        ...{ id: '9', kind: 'backup', database: 'shop', state, attempt: 1 },
        ...{ createdAt: '2026-03-10T11:00:00Z', startedAt: '2026-03-10T11:00:00Z' },
      })
    const facts = (state: 'active' | 'delayed') => ({
      ...calm,
      backups,
      settings: [settings()],
      jobs: [attempt(state)],
    })
    expect(look([], facts('active'), '2026-03-10T12:00:00Z')).toEqual([])
    const raised = look([], facts('delayed'), '2026-03-10T12:00:00Z')
    expect(raised).toMatchObject([{ id: 'backup_overdue:shop', waiting: ['mail'] }])
    const sent = raised.map(notice => ({ ...notice, waiting: [] }))
    const later = (['active', 'delayed', 'active', 'delayed'] as const).reduce<typeof raised>(
      (notices, state) => look(notices, facts(state), '2026-03-10T12:10:00Z'),
      sent,
    )
    expect(later).toEqual(sent)
  })

  test('that stands comes before those that passed', () => {
    const down = { ...calm, postgres: POSTGRES_DOWN }
    const both = { ...down, jobs: [failedJob] }
    const raised = look([], both, '2026-03-10T12:00:00Z')
    const after = look(raised, { ...calm, jobs: [failedJob] }, '2026-03-10T12:01:00Z')
    expect(after.map(({ id }) => id)).toEqual(['backup_failed:shop', 'postgres_down'])
  })
})

test.each(['storage_disconnected', 'storage_unreachable', 'credit_running_out'] as const)(
  'a notice of %s is over where nobody far away is asked any more, and stands where they could not be asked',
  kind => {
    const unknown = { ...calm, connection: undefined, silences: undefined, accountNotices: undefined }
    expect(isJudged(unknown, { kind })).toBe(false)
    expect(isJudged({ ...unknown, unasked: true }, { kind })).toBe(true)
  },
)
