import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accountBalance } from '../../apps/broker/src/billing/operation/account-books.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

// What accounts are asked for is what they need: whoever pays it goes on, and nobody is asked for what may be paid already.

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-01T00:00Z'))
})
afterAll(() => desk.close())

const pass = (milliseconds: number) => desk.set(new Date(desk.now().getTime() + milliseconds))
const plans = (prices: object) => ({
  BROKER_PLANS: JSON.stringify([
    { name: 'standard', creditsPerMonth: 10, graceDays: 7, restoreDays: 30, ...prices },
  ]),
})

test('storage of the month that ended is a part of what is due in all', async () => {
  const billing = desk.open(plans({ includedGigabytes: 5, creditsPerFurtherGigabyte: 0.5 }))
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await billing.renewal.renew(accountId)
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, $2, 30000000000, 1, 0, 0, 0, 0, now())`,
    [accountId, desk.now()],
  )
  pass(32 * DAY_MS)
  await billing.renewal.renew(accountId)
  expect(await billing.entitlement.of(accountId, 'backup')).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining(
      '10 credits are due, 12.5 credits for storage in the month before, and 10 credits for the month that runs: 32.5 credits in all',
    ),
  })
  expect(await billing.rechargeUrl(accountId)).toContain('credit=33')
  await desk.credit(paymentToken, 32.5)
  pass(HOUR_MS)
  expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
  expect(await billing.ledger.unpaid(accountId)).toEqual([])
})

test('a month whose money may have been taken is not asked for once more', async () => {
  const billing = desk.open(plans({}))
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 10)
  // Taken, and no answer ever comes.
  await desk.fault('/iap/1/capture', 'lost', '', 1000)
  await billing.renewal.renew(accountId)
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 0 })
  pass(32 * DAY_MS)
  await billing.renewal.renew(accountId)
  const { notices } = await desk.notices.list(accountId, undefined)
  expect(notices.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^10 credits for backups are due/),
  ])
  expect(await billing.rechargeUrl(accountId)).toContain('credit=10')
  const { pool } = desk.registry
  const books = {
    pool,
    plans: billing.plans,
    provider: billing.provider,
    isPaused: async () => false,
    now: desk.now,
  }
  expect(await accountBalance(books, accountId)).toMatchObject({ owed: 10 })
  pass(8 * DAY_MS)
  expect(await billing.entitlement.of(accountId, 'backup')).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining('not enough credit: 10 credits are due.'),
  })
  await desk.clearFaults()
})

test('while the payment service does not answer, what may have been taken already is not said to be due', async () => {
  const billing = desk.open(plans({}))
  const { accountId, paymentToken } = await desk.registry.newAccount()
  await desk.credit(paymentToken, 10)
  await desk.fault('/iap/1/capture', 'lost', '', 1000)
  await billing.renewal.renew(accountId)
  await desk.clearFaults()
  pass(32 * DAY_MS)
  const away = desk.open({ ...plans({}), BROKER_IAP_URL: 'http://127.0.0.1:4' })
  await away.renewal.renew(accountId)
  pass(8 * DAY_MS)
  expect(await away.entitlement.of(accountId, 'backup')).toMatchObject({
    code: 'payment_required',
    message: expect.stringMatching(/^10 credits are due since .* the payment service does not answer/),
  })
})
