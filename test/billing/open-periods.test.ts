import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { planOf, readStanding } from '../../apps/broker/src/billing/charging/account-standing.ts'
import { openPeriod } from '../../apps/broker/src/billing/charging/open-periods.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-01T00:00Z'))
})
afterAll(() => desk.close())

test('a broker that read the books before another opened a month loses no storage of that month', async () => {
  const plan = { name: 'standard', creditsPerMonth: 10, creditsPerFurtherGigabyte: 1 }
  const billing = desk.open({ BROKER_PLANS: JSON.stringify([plan]) })
  const { pool } = desk.registry
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 1000)
  await billing.renewal.renew(accountId)
  await pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, '2026-01-01', 5000000000, 1, 0, 0, 0, 0, now())`,
    [accountId],
  )

  // At the end of the second month, which one broker opens; the other goes on in the third with what it read before.
  desk.set(new Date('2026-02-28T23:59Z'))
  const before = await readStanding(pool, accountId)
  if (before === undefined) throw new Error('No account.')
  await billing.renewal.renew(accountId)
  desk.set(new Date('2026-03-01T00:01Z'))
  expect(await openPeriod(pool, before, planOf(before, billing.plans), desk.now())).toBe(false)

  await billing.renewal.renew(accountId)
  const { rows } = await pool.query<{ period: number; reason: string; amount: string }>(
    'SELECT period, reason, amount FROM charge WHERE account_id = $1 ORDER BY period, reason',
    [accountId],
  )
  expect(rows.map(({ period, reason, amount }) => `${period} ${reason} ${amount}`)).toEqual([
    '0 base 10000',
    '0 storage 5000',
    '1 base 10000',
    '1 storage 5000',
    '2 base 10000',
  ])
})
