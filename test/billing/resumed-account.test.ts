import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createChangeTrail } from '../../apps/broker/src/audit/change-trail.ts'
import { AccountId } from '../../apps/broker/src/registry/ids.ts'
import { createStandingChanges } from '../../apps/broker/src/registry/standing-changes.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

const DAY_MS = 86_400_000

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-31T12:00Z'))
})
afterAll(() => desk.close())

test('who owed while suspended has all days of restoring from when the suspension ends, and only then', async () => {
  const billing = desk.open({
    BROKER_PLANS: JSON.stringify([{ name: 'standard', creditsPerMonth: 10, graceDays: 0, restoreDays: 10 }]),
  })
  const standing = createStandingChanges({
    changeTrail: createChangeTrail({
      prisma: desk.database.prisma,
      now: () => desk.now().getTime(),
      copy: () => undefined,
    }),
    changes: { announce: async () => undefined },
    now: desk.now,
  })
  const accountId = AccountId.parse((await desk.registry.newAccount()).accountId)
  const by = { actor: 'operator', reason: 'a test' }
  const pass = (days: number) => desk.set(new Date(desk.now().getTime() + days * DAY_MS))
  const mayRestore = async () => (await desk.open().entitlement.of(accountId, 'restore')).entitled
  await billing.renewal.renew(accountId)
  expect(await mayRestore()).toBe(true)

  await standing.suspend(accountId, by)
  pass(100)
  expect(await mayRestore()).toBe(false)
  await standing.resume(accountId, by)
  pass(9)
  expect(await mayRestore()).toBe(true)
  pass(1)
  expect(await mayRestore()).toBe(false)
  // Nothing was suspended.
  await standing.resume(accountId, by)
  expect(await mayRestore()).toBe(false)
})
