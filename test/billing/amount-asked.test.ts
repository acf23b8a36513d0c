import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readStanding } from '../../apps/broker/src/billing/charging/account-standing.ts'
import { addCredit } from '../../apps/broker/src/billing/ledger/kept-credits.ts'
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
    expect.stringMatching(/^10 credits for backups have been due/),
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

test('who paid a month while nobody looked is told of the next one, and of the paid one no more', async () => {
  const billing = desk.open(plans({}))
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const told = async () =>
    (await desk.notices.list(accountId, undefined)).notices.map(({ message }) => message.slice(0, 60))
  const due = () =>
    `10 credits for backups have been due since ${desk.now().toISOString().slice(0, 10)} and co`
  await billing.renewal.renew(accountId)
  const first = due()
  expect(await told()).toEqual([first])

  // The payment is in doubt when the operator suspends the account, and comes out well meanwhile.
  await desk.credit(paymentToken, 10)
  await desk.fault('/iap/1/capture', 'lost', '', 1000)
  pass(HOUR_MS)
  await billing.renewal.renew(accountId, { asked: true })
  const suspend = (since: Date | null) =>
    desk.registry.pool.query('UPDATE account SET suspended_at = $2 WHERE id = $1', [accountId, since])
  await suspend(desk.now())
  await desk.clearFaults()
  await billing.renewal.resumeAll()
  expect(await billing.ledger.unpaid(accountId)).toEqual([])

  pass(64 * DAY_MS)
  await suspend(null)
  await billing.renewal.renew(accountId)
  expect(due()).not.toBe(first)
  expect(await told()).toEqual([due()])
})

test('of a month that is not paid, or is over, nobody is told until when it is paid', async () => {
  const billing = desk.open(plans({}))
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const { pool } = desk.registry
  const books = {
    pool,
    plans: billing.plans,
    provider: billing.provider,
    isPaused: async () => false,
    now: desk.now,
  }
  const told = async () => (await accountBalance(books, accountId))?.paidUntil
  await billing.renewal.renew(accountId)
  const { period } = (await readStanding(pool, accountId)) ?? {}
  expect(await accountBalance(books, accountId)).toMatchObject({ state: 'restore_only', owed: 10 })
  expect(await told()).toBeUndefined()
  await desk.credit(paymentToken, 10)
  pass(HOUR_MS)
  await billing.renewal.renew(accountId, { asked: true })
  expect(await told()).toBe(period?.closesAt.toISOString())
  pass(32 * DAY_MS)
  expect(await told()).toBeUndefined()
})

test('who is below zero is asked for what makes up for it too, and goes on with exactly that', async () => {
  const billing = desk.open({
    ...plans({}),
    BROKER_PAYMENT: 'prepaid',
    BROKER_STRIPE_PAYMENT_LINK: 'https://buy.stripe.com/link',
  })
  const { accountId } = await desk.registry.newAccount()
  const book = (kind: 'purchase' | 'purchase_returned', amount: number) =>
    addCredit(desk.registry.pool, {
      accountId,
      kind,
      amount,
      reference: `${accountId}:${desk.now().getTime()}:${kind}`,
      actor: 'stripe',
      at: desk.now(),
    })
  await book('purchase', 10_000)
  await billing.renewal.renew(accountId)
  await book('purchase_returned', -10_000)
  pass(32 * DAY_MS)
  await billing.renewal.renew(accountId)
  pass(8 * DAY_MS)
  expect(await billing.entitlement.of(accountId, 'backup')).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining(
      '10 credits are due, and 10 credits to make up for a purchase that was paid back: 20 credits in all',
    ),
  })
  await book('purchase', 20_000)
  pass(HOUR_MS)
  expect(await billing.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
})

test('while it is not known what became of an attempt nobody is told that credit is missing, and again once it is', async () => {
  const billing = desk.open(plans({}))
  const { accountId, paymentToken } = await desk.registry.newAccount()
  const told = async () => (await desk.notices.list(accountId, undefined)).notices.map(({ type }) => type)
  await billing.renewal.renew(accountId)
  expect(await told()).toEqual(['insufficient_credits'])
  await desk.fault('/iap/1/authorize', 'lost', paymentToken)
  pass(HOUR_MS)
  await billing.renewal.renew(accountId, { asked: true })
  expect(await told()).toEqual([])
  pass(3 * HOUR_MS)
  await billing.renewal.renew(accountId, { asked: true })
  expect(await told()).toEqual(['insufficient_credits'])
})
