import { expect, test } from '@jest/globals'
import { type FailureView, JobView, type NoticeText } from '@odoo-backup/protocol'
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
import type { Told } from './memory.ts'
import { reconcile } from './reconcile.ts'

// Each condition has one notice, raised once, cleared when it passes: of every one that there is. Those that no look
// can fail to judge have no `unknown`.

interface Course {
  readonly holds: Partial<Facts>
  /** Facts of a look that could not learn whether it still holds. */
  readonly unknown?: Partial<Facts>
  /** Facts of a look that finds it gone; those of a server where all is well by default. */
  readonly passed?: Partial<Facts>
}

const failure: FailureView = { code: 'storage_unreachable', message: 'No answer.' }
const place = { place: 'the folder /mnt/nas', at: { kind: 'folder', path: '/mnt/nas' }, failure } as const
const hourAgo = () => new Date(now.getTime() - 3_600_000)
const drills = [{ kind: 'every', every: 1, unit: 'weeks' }]
const unseen: Partial<Facts> = { isSeen: () => false }
const usual = backup('2026-03-07T03:00:00Z')
const tonight = backup('2026-03-10T03:00:00Z')
const drilled = (passed: boolean, at: string) =>
  backup('2026-03-10T03:00:00Z', 10_000_000, { verification: { passed, at } })
const undelivered = { since: '2026-03-10T11:00:00Z', words: 'It refuses.' }
const told = (kind: 'credit_running_out' | 'instance_bound' | 'account_message') => ({
  accountNotices: [{ id: '7', kind, message: 'Look.', at: '2026-03-10T00:00:00Z' }],
})
const accountUnknown: Partial<Facts> = { accountNotices: undefined }
const rotationOf = (code: 'rotation_refused' | 'former_backups_stay') => ({
  settings: [settings({ schedules: [] })],
  jobs: [rotated('2026-03-09T03:00:00Z', [{ code }])],
})
const rotatedWell = {
  settings: [settings({ schedules: [] })],
  jobs: [
    rotated('2026-03-10T03:00:00Z', []),
    rotated('2026-03-09T03:00:00Z', [{ code: 'rotation_refused' }]),
  ],
}
const hung = JobView.parse({
  ...{ id: '9', kind: 'verify', database: 'shop', state: 'active', attempt: 1 },
  ...{ createdAt: '2026-03-09T03:00:00Z', startedAt: '2026-03-09T03:00:00Z' },
})

const COURSES: Readonly<Record<NoticeText['code'], Course>> = {
  backup_failed: {
    holds: { jobs: [failedJob] },
    unknown: { jobs: undefined },
    passed: {
      jobs: [
        JobView.parse({
          ...{ id: '2', kind: 'backup', database: 'shop', state: 'completed', attempt: 1 },
          ...{ createdAt: '2026-03-10T04:00:00Z', finishedAt: '2026-03-10T04:01:00Z' },
        }),
        failedJob,
      ],
    },
  },
  backup_overdue: {
    holds: { backups: [usual], settings: [settings()] },
    unknown: { backups: [usual], settings: undefined },
    passed: { backups: [usual, tonight], settings: [settings()] },
  },
  backup_shrank: {
    holds: { backups: nights([10, 10, 10, 10, 10, 2]) },
    unknown: { backups: nights([10, 10, 10, 10, 10]), ...unseen },
    passed: { backups: nights([10, 10, 10, 10, 10, 2, 10]) },
  },
  backup_grew: {
    holds: { backups: nights([10, 10, 10, 10, 10, 20]) },
    unknown: { backups: nights([10, 10, 10, 10, 10]), ...unseen },
    passed: { backups: nights([10, 10, 10, 10, 10, 20, 20]) },
  },
  files_missing: {
    holds: { backups: [tonight], settings: [settings()], missingFiles: new Map([[tonight.name, 3]]) },
    unknown: { backups: [tonight], settings: [settings()] },
    passed: { backups: [tonight], settings: [settings()], missingFiles: new Map([[tonight.name, 0]]) },
  },
  not_verified: {
    holds: { backups: [drilled(true, '2026-02-01T00:00:00Z')], settings: [settings({ drills })] },
    unknown: { backups: [], settings: [settings({ drills })], ...unseen, lastGood: () => now },
    passed: { backups: [drilled(true, '2026-03-10T05:00:00Z')], settings: [settings({ drills })] },
  },
  verification_failed: {
    holds: { backups: [drilled(false, '2026-03-10T05:00:00Z')] },
    unknown: { backups: [], ...unseen },
    passed: { backups: [drilled(true, '2026-03-10T06:00:00Z')] },
  },
  rotation_refused: {
    holds: rotationOf('rotation_refused'),
    unknown: { jobs: undefined },
    passed: rotatedWell,
  },
  former_backups_stay: {
    holds: rotationOf('former_backups_stay'),
    unknown: { jobs: undefined },
    passed: rotatedWell,
  },
  configuration_faulty: {
    holds: { configurationFaults: [{ effect: 'former_stays', message: 'Line 3.' }] },
    unknown: { configurationFaults: undefined },
  },
  runs_long: { holds: { jobs: [hung] }, unknown: { jobs: undefined } },
  not_connected: {
    holds: { connection: { state: 'login_required', authLink: 'https://broker.example/login' } },
    unknown: { connection: undefined },
  },
  storage_disconnected: { holds: { refusal: failure }, unknown: { connection: undefined } },
  storage_refused: {
    holds: { silences: [{ ...place, refused: true }] },
    unknown: { silences: undefined },
  },
  storage_silent: {
    holds: { silences: [{ ...place, refused: false }], silentSince: hourAgo },
    unknown: { silences: undefined },
  },
  credit_lacking: {
    holds: { connection: { state: 'payment_required', message: 'Not enough credit.' } },
    unknown: { connection: undefined },
  },
  credit_running_out: { holds: told('credit_running_out'), unknown: accountUnknown },
  instance_bound: {
    holds: told('instance_bound'),
    unknown: accountUnknown,
    // Nothing ends it: it is news for a week.
    passed: { ...told('instance_bound'), now: new Date('2026-03-17T00:00:01Z') },
  },
  account_message: {
    holds: told('account_message'),
    unknown: accountUnknown,
    passed: { ...told('account_message'), now: new Date('2026-03-17T00:00:01Z') },
  },
  postgres_down: { holds: { postgres: POSTGRES_DOWN }, unknown: { postgres: undefined } },
  queue_down: {
    holds: { queue: { down: { code: 'queue_unreachable', message: 'Redis does not answer.' } } },
    unknown: { queue: undefined },
  },
  mail_undelivered: { holds: { undelivered: { mail: undelivered } } },
  webhook_undelivered: { holds: { undelivered: { webhook: undelivered } } },
  ping_undelivered: { holds: { undelivered: { 'ping:shop': undelivered } } },
}

function look(before: readonly Told[], more: Partial<Facts>, minute: number): Told[] {
  const facts = { ...calm, ...more }
  const at = new Date(now.getTime() + minute * 60_000)
  return reconcile(before, findConditions(facts), notice => isJudged(facts, notice), {
    now: at,
    channels: ['mail', 'webhook'],
  })
}

const sent = (notices: readonly Told[]): Told[] => notices.map(notice => ({ ...notice, waiting: [] }))

test.each(Object.entries(COURSES))(
  '%s has one notice, raised once, which stays while nothing is known and is cleared when it passes',
  (code, { holds, unknown, passed = {} }) => {
    const raised = look([], holds, 0)
    expect(raised).toMatchObject([
      { text: { code }, raisedAt: now.toISOString(), waiting: ['mail', 'webhook'] },
    ])
    expect(raised[0]?.message).not.toBe('')
    expect(look(sent(raised), holds, 1)).toEqual(sent(raised))
    if (unknown !== undefined) expect(look(sent(raised), unknown, 2)).toEqual(sent(raised))
    const cleared = look(sent(raised), passed, 3)
    expect(cleared).toEqual([{ ...sent(raised)[0], clearedAt: '2026-03-10T12:03:00.000Z' }])
    expect(look(cleared, passed, 4)).toEqual(cleared)
    const again = look(cleared, holds, 5)
    expect(again.map(({ waiting, clearedAt }) => [waiting.length, clearedAt !== undefined])).toEqual([
      [2, false],
      [0, true],
    ])
  },
)
