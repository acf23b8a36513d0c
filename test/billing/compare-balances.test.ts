import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readBalance } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
import { compareBalances } from '../../apps/broker/src/billing/operation/compare-balances.ts'
import { providersOf } from '../../apps/broker/src/billing/providers/payment-provider.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-01T00:00Z'))
})
afterAll(() => desk.close())

test('a month that is collected while the service is asked for the balance is no credit that is missing', async () => {
  const { renewal, provider, providers } = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  const { pool } = desk.registry
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 50)
  await renewal.renew(accountId)
  const creditMissing = { actor: 'operator', reason: 'a test' }
  const compare = (by = providers) =>
    compareBalances({ pool, providers: by, now: desk.now }, { creditMissing })
  expect(await compare()).toMatchObject({ firstRead: 1 })

  desk.set(new Date('2026-02-01T00:00Z'))
  const meanwhile = providersOf({
    ...provider,
    async balance(payer) {
      await renewal.renew(accountId)
      return provider.balance(payer)
    },
  })
  expect(await compare(meanwhile)).toMatchObject({
    agreeing: 0,
    missing: [],
    uncertain: [{ accountId, why: 'open_payment' }],
  })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 30 })
  expect(await readBalance(pool, accountId)).toBe(0)
  expect(await compare()).toMatchObject({ agreeing: 1, missing: [], uncertain: [] })

  // What leaves without a row is given back all the same.
  await desk.credit(paymentToken, 25)
  expect(await compare()).toMatchObject({ missing: [{ accountId, credits: 5 }] })
  expect(await readBalance(pool, accountId)).toBe(5000)
})

test('a hold that comes too late while the service is asked for the balance is no credit that is missing', async () => {
  const { renewal, provider, providers } = desk.open({ BROKER_MONTHLY_CREDITS: '10' })
  const { pool } = desk.registry
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 50)
  await renewal.renew(accountId)
  const compare = (by = providers) => compareBalances({ pool, providers: by, now: desk.now })
  await compare()
  const meanwhile = providersOf({
    ...provider,
    async balance(payer) {
      const held = await provider.balance(payer)
      if (payer.accountId !== accountId) return held
      await pool.query(
        `INSERT INTO late_hold (provider, transaction, charge_id, held_at, ended_at)
         SELECT 'iap', 'held and given back meanwhile', id, $2, $2 FROM charge WHERE account_id = $1`,
        [accountId, desk.now()],
      )
      return (held ?? 0) - 10_000
    },
  })
  expect(await compare(meanwhile)).toMatchObject({
    missing: [],
    uncertain: [{ accountId, why: 'open_payment' }],
  })
})
