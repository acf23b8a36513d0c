import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decideEntitlement, type EntitlementFacts } from './entitlement.ts'

const day = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 86_400_000)
const justBefore = (date: Date) => new Date(date.getTime() - 1)

const facts: EntitlementFacts = {
  now: day(40),
  isSuspended: false,
  trialEndsAt: day(30),
  isKnownPayer: true,
  debt: undefined,
  graceDays: 7,
  restoreDays: 20,
  graceUntil: undefined,
  resumedAt: undefined,
  storedBytes: 0,
  storageCapGigabytes: undefined,
}
const debt = { dueAt: day(30), isInDoubt: false, isHoldInDoubt: false, isRefused: true }

/** Two hours and five minutes after the end of grace. */
const lostHoldEnds = new Date(day(37).getTime() + 125 * 60_000)

/** Such as `paid brx`: the state, and the first letter of each purpose that is granted (r stands for restore, x for rotate). */
function outcome(change: Partial<EntitlementFacts>): string {
  const { state, refusals } = decideEntitlement({ ...facts, ...change })
  const granted = [
    refusals.backup === undefined && 'b',
    refusals.restore === undefined && 'r',
    refusals.rotate === undefined && 'x',
  ].filter(Boolean)
  return `${state} ${granted.join('')}`.trim()
}

test.each<[string, Partial<EntitlementFacts>, string]>([
  ['in the trial, whatever is owed', { now: day(10), debt }, 'trial brx'],
  ['to the last moment of the trial', { now: justBefore(day(30)) }, 'trial brx'],
  ['after the trial with nothing owed', { now: day(30) }, 'paid brx'],
  ['owing, from the first moment', { now: day(30), debt }, 'grace brx'],
  ['to the last moment of grace', { now: justBefore(day(37)), debt }, 'grace brx'],
  ['from the first moment after grace', { now: day(37), debt }, 'restore_only r'],
  ['to the last moment of restoring', { now: justBefore(day(57)), debt }, 'restore_only r'],
  ['from the first moment after that', { now: day(57), debt }, 'lapsed'],
  ['long after', { now: day(4000), debt }, 'lapsed'],
  [
    'resumed long after, to the last moment',
    { now: justBefore(day(220)), debt, resumedAt: day(200) },
    'restore_only r',
  ],
  [
    'resumed long after, from the first moment after that',
    { now: day(220), debt, resumedAt: day(200) },
    'lapsed',
  ],
  ['resumed while in grace', { now: day(57), debt, resumedAt: day(36) }, 'lapsed'],
  ['with longer grace by the operator', { now: day(50), debt, graceUntil: day(51) }, 'grace brx'],
  ['with operator’s grace shorter than the plan’s', { now: day(36), debt, graceUntil: day(31) }, 'grace brx'],
  ['restoring after the operator’s grace', { now: day(60), debt, graceUntil: day(51) }, 'restore_only r'],
  [
    'while the money may have been taken, however long ago',
    { now: day(400), debt: { ...debt, isInDoubt: true } },
    'paid brx',
  ],
  [
    'while the answer to a hold is lost, in grace',
    { now: day(36), debt: { ...debt, isHoldInDoubt: true } },
    'paid brx',
  ],
  [
    'to the last moment of a hold that was asked for at the end of grace',
    { now: justBefore(lostHoldEnds), debt: { ...debt, isHoldInDoubt: true } },
    'paid brx',
  ],
  [
    'when no hold was answered since grace ended',
    { now: lostHoldEnds, debt: { ...debt, isHoldInDoubt: true } },
    'restore_only r',
  ],
  [
    'never having paid, refused for want of credit',
    { now: day(30), debt, isKnownPayer: false },
    'restore_only r',
  ],
  [
    'never having paid, but not refused: the payment service is away',
    { now: day(36), debt: { ...debt, isRefused: false }, isKnownPayer: false },
    'grace brx',
  ],
  [
    'the payment service is away for longer than grace',
    { now: day(37), debt: { ...debt, isRefused: false } },
    'restore_only r',
  ],
  ['without grace and days of restoring', { now: day(30), debt, graceDays: 0, restoreDays: 0 }, 'lapsed'],
  ['suspended in the trial', { now: day(1), isSuspended: true }, 'suspended'],
  ['suspended and owing', { now: day(38), isSuspended: true, debt }, 'suspended'],
  ['at the storage cap', { storageCapGigabytes: 5, storedBytes: 5e9 }, 'paid brx'],
  ['a byte above the cap', { storageCapGigabytes: 5, storedBytes: 5e9 + 1 }, 'paid rx'],
  ['above the cap in the trial', { now: day(1), storageCapGigabytes: 5, storedBytes: 6e9 }, 'trial rx'],
  ['above the cap in grace', { now: day(31), debt, storageCapGigabytes: 5, storedBytes: 6e9 }, 'grace rx'],
  [
    'above the cap after grace',
    { now: day(40), debt, storageCapGigabytes: 5, storedBytes: 6e9 },
    'restore_only r',
  ],
])('%s', (_name, change, expected) => {
  expect(outcome(change)).toBe(expected)
})

test('each refusal has its reason', () => {
  expect(decideEntitlement({ ...facts, isSuspended: true }).refusals).toEqual({
    backup: 'suspended',
    restore: 'suspended',
    rotate: 'suspended',
  })
  expect(decideEntitlement({ ...facts, debt }).refusals.backup).toBe('payment_required')
  expect(decideEntitlement({ ...facts, storageCapGigabytes: 1, storedBytes: 2e9 }).refusals.backup).toBe(
    'storage_full',
  )
})

const moments = fc.integer({ min: 0, max: 200 }).map(day)
const anyFacts: fc.Arbitrary<EntitlementFacts> = fc.record({
  now: moments,
  isSuspended: fc.boolean(),
  trialEndsAt: moments,
  isKnownPayer: fc.boolean(),
  debt: fc.option(
    fc.record({
      dueAt: moments,
      isInDoubt: fc.boolean(),
      isHoldInDoubt: fc.boolean(),
      isRefused: fc.boolean(),
    }),
    { nil: undefined },
  ),
  graceDays: fc.integer({ min: 0, max: 30 }),
  restoreDays: fc.integer({ min: 0, max: 90 }),
  graceUntil: fc.option(moments, { nil: undefined }),
  resumedAt: fc.option(moments, { nil: undefined }),
  storedBytes: fc.integer({ min: 0, max: 10e9 }),
  storageCapGigabytes: fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
})

test('nobody may back up who may not restore, and time alone never gives anything back', () => {
  fc.assert(
    fc.property(anyFacts, fc.integer({ min: 0, max: 100 }), (some, days) => {
      const before = decideEntitlement(some).refusals
      expect(before.restore !== undefined && before.backup === undefined).toBe(false)
      const later = { ...some, now: new Date(some.now.getTime() + days * 86_400_000) }
      // The end of a trial with nothing owed is no loss either.
      const after = decideEntitlement(later).refusals
      for (const purpose of ['backup', 'restore', 'rotate'] as const) {
        expect(before[purpose] !== undefined && after[purpose] === undefined).toBe(false)
      }
    }),
  )
})

test('a state that ends by time alone says when, and not a millisecond off', () => {
  fc.assert(
    fc.property(anyFacts, some => {
      const { state, changesAt } = decideEntitlement(some)
      if (changesAt === undefined) return
      expect(changesAt > some.now).toBe(true)
      expect(decideEntitlement({ ...some, now: justBefore(changesAt) }).state).toBe(state)
      expect(decideEntitlement({ ...some, now: changesAt }).state).not.toBe(state)
    }),
  )
})
