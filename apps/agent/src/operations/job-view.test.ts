import { expect, test } from '@jest/globals'
import type { ListedJob, QueuedJob } from '../queue/job-queue.ts'
import { jobView } from './job-view.ts'

const BEGUN = Date.parse('2026-01-31T04:00:00Z')
const FAILED = BEGUN + 30_000
const at = (afterSeconds: number) => new Date(BEGUN + afterSeconds * 1000)
const kept = (afterSeconds: number) => ({
  phase: 'dump',
  at: at(afterSeconds).getTime(),
  fromBytes: 0,
  bytes: 7,
  fromFiles: 0,
  files: 0,
})

/** A backup that began, failed half a minute later, and rests for a minute, as far as nothing else is said. */
function viewed(
  fields: Partial<Record<keyof QueuedJob, unknown>> = {},
  { now = at(40), ...listed }: Partial<Pick<ListedJob, 'state' | 'cancelWanted'>> & { now?: Date } = {},
) {
  const job = {
    id: 'backup-1',
    data: { kind: 'backup', database: 'shop', scheduled: false },
    timestamp: BEGUN,
    processedOn: BEGUN,
    attemptsMade: 1,
    attemptsStarted: 1,
    delay: 60_000,
    failedReason: `storage_busy@${FAILED}: The storage is busy.`,
    progress: { phase: 'dump', doneBytes: 7, phases: [kept(1)] },
    ...fields,
  }
  // Of BullMQ's class a view reads these members alone.
  return jobView({ job: Object.create(job), state: 'delayed', cancelWanted: false, ...listed }, now)
}
const failure = { code: 'storage_busy', message: 'The storage is busy.' }

test('a job that failed says why, and when its pause ends; its last phase ended with it', () => {
  expect(viewed()).toMatchObject({
    state: 'delayed',
    failure,
    triesAgainAt: '2026-01-31T04:01:30.000Z',
    phases: [{ phase: 'dump', finishedAt: '2026-01-31T04:00:30.000Z' }],
  })
})

test.each([
  ['whose pause is over, and which waits for a place', {}, { now: at(90) }],
  ['which the queue has let in', { delay: 0 }, { state: 'waiting' }],
  ['that is in line behind another one', { data: { ...inLine(), gaveWayAfter: 1 } }, {}],
] as const)('one %s tells no moment, and still why it failed', (_what, fields, listed) => {
  const view = viewed(fields, listed)
  expect(view).toMatchObject({ state: 'waiting', failure, phases: [{ finishedAt: expect.any(String) }] })
  expect(view).not.toHaveProperty('triesAgainAt')
})

test('one that was interrupted after a failure goes on by itself, and is not said to have failed', () => {
  const progress = { phase: 'dump', doneBytes: 7, phases: [kept(100)] }
  const view = viewed({ processedOn: at(90).getTime(), delay: 1000, progress }, { now: at(120) })
  expect(view).toMatchObject({ state: 'waiting', phases: [{ startedAt: at(100).toISOString() }] })
  expect(view).not.toHaveProperty('failure')
  expect(view).not.toHaveProperty('triesAgainAt')
  expect(view?.phases[0]).not.toHaveProperty('finishedAt')
})

test('one that is to be cancelled is, and one at work again has no failure', () => {
  const cancelled = viewed({}, { cancelWanted: true })
  expect(cancelled?.state).toBe('cancelled')
  const active = viewed({}, { state: 'active' })
  expect(active?.state).toBe('active')
  for (const view of [cancelled, active]) {
    expect(view).not.toHaveProperty('failure')
    expect(view).not.toHaveProperty('triesAgainAt')
  }
})

test('the next run of a schedule is no job yet', () => {
  expect(viewed({ attemptsMade: 0, attemptsStarted: 0, failedReason: '' })).toBeUndefined()
})

function inLine() {
  return { kind: 'backup', database: 'shop', scheduled: false, gaveWay: 1 } as const
}
