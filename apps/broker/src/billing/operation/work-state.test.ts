import { expect, test } from '@jest/globals'
import type { WorkRuns } from './work-journal.ts'
import { plannedWork } from './work-names.ts'
import { howWorkGoes, type WorkState } from './work-state.ts'

const NOW = new Date('2026-11-28T12:00:00Z')
const MINUTE = 60_000
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * MINUTE)
const KNOWN: WorkRuns = {
  name: 'renew accounts',
  knownAt: ago(100_000),
  begunAt: undefined,
  doneAt: undefined,
  failedAt: undefined,
  failures: 0,
  isUnderWay: false,
}

// It is due each hour: late is what has not ended for two of them and a quarter.
test.each<[WorkState, Date | undefined, Partial<WorkRuns>]>([
  ['done', ago(30), { begunAt: ago(31), doneAt: ago(30) }],
  ['done', ago(135), { begunAt: ago(136), doneAt: ago(135) }],
  ['done', ago(10), { failedAt: ago(90), doneAt: ago(10) }],
  ['late', ago(136), { begunAt: ago(140), doneAt: ago(136) }],
  ['late', ago(136), { doneAt: ago(400), failedAt: ago(136), failures: 2 }],
  ['late', ago(136), { knownAt: ago(136) }],
  // Whoever was at it has died, and nobody took it up.
  ['late', ago(300), { begunAt: ago(200), doneAt: ago(300) }],
  ['awaited', ago(135), { knownAt: ago(135) }],
  ['failing', ago(20), { doneAt: ago(400), failedAt: ago(20), failures: 1 }],
  [
    'failing',
    ago(20),
    { doneAt: ago(80), failedAt: ago(20), failures: 3, begunAt: ago(1), isUnderWay: true },
  ],
  ['under_way', ago(1000), { begunAt: ago(1000), doneAt: ago(1100), isUnderWay: true }],
  ['hanging', ago(1441), { begunAt: ago(1441), doneAt: ago(1500), isUnderWay: true }],
  // A broker that ended broke off what lasted for hours, and this is not the fault of the queue.
  ['done', ago(500), { knownAt: ago(5), begunAt: ago(400), doneAt: ago(500) }],
  ['failing', ago(500), { knownAt: ago(5), begunAt: ago(400), failedAt: ago(500), failures: 1 }],
  ['late', ago(136), { knownAt: ago(136), begunAt: ago(400), doneAt: ago(500) }],
  // Its beginning is not noted yet: what is known is that of the run before.
  ['under_way', undefined, { begunAt: ago(1600), doneAt: ago(1500), isUnderWay: true }],
  ['failing', ago(1500), { begunAt: ago(1600), failedAt: ago(1500), failures: 1, isUnderWay: true }],
])('it is %s since %s with %j', (state, since, runs) => {
  expect(howWorkGoes(['renew accounts'], [{ ...KNOWN, ...runs }], NOW)).toMatchObject([{ state, since }])
})

test('what is planned is told though nobody has begun it, and what is planned no more is not', () => {
  const goes = howWorkGoes(['forecast'], [KNOWN], NOW)
  expect(goes).toEqual([
    {
      name: 'forecast',
      everySeconds: 6 * 3600,
      state: 'awaited',
      since: undefined,
      doneAt: undefined,
      failedAt: undefined,
      failures: 0,
    },
  ])
})

test.each([
  [{ counts: false, mails: false }, []],
  [{ counts: true, mails: false }, ['sample usage']],
  [{ counts: false, mails: true }, ['mail notices']],
])('with %j further work is %j', (has, further) => {
  const always = ['resume open payments', 'renew accounts', 'read balances', 'forecast']
  expect(plannedWork(has).toSorted()).toEqual([...always, ...further].toSorted())
})
