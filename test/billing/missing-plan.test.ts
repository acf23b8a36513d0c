import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createLogger } from '@odoo-backup/service'
import { forecastAccount } from '../../apps/broker/src/billing/forecast/forecast-accounts.ts'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { accountBalance } from '../../apps/broker/src/billing/operation/account-books.ts'
import { scheduledWork } from '../../apps/broker/src/billing/operation/scheduled-work.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'
import { runBroker } from '../fixtures/running-broker.ts'

// One mistyped letter in the settings charges nobody another plan's price.

const DAY_MS = 86_400_000

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk(new Date('2026-01-01T00:00Z'))
})
afterAll(() => desk.close())

const pass = (days: number) => desk.set(new Date(desk.now().getTime() + days * DAY_MS))
const terms = { graceDays: 7, restoreDays: 30, includedGigabytes: 5, creditsPerFurtherGigabyte: 0.5 }
const plansWith = (second: string) =>
  JSON.stringify([
    { ...terms, name: 'standard', creditsPerMonth: 10, storageCapGigabytes: 1, trialDays: 3 },
    { ...terms, name: second, creditsPerMonth: 20 },
  ])
const open = (second: string) => desk.open({ BROKER_PLANS: plansWith(second) })

/** One that has chosen the second plan. */
async function largeAccount() {
  const account = await desk.registry.newAccount()
  await desk.registry.pool.query(
    "INSERT INTO billing_account (account_id, plan, had_trial, created_at) VALUES ($1, 'large', FALSE, $2)",
    [account.accountId, desk.now()],
  )
  return account
}

async function charges(accountId: string) {
  const { rows } = await desk.registry.pool.query<{ period: number; reason: string; amount: string }>(
    'SELECT period, reason, amount FROM charge WHERE account_id = $1 ORDER BY id',
    [accountId],
  )
  return rows.map(({ period, reason, amount }) => `${period} ${reason} ${amount}`)
}

function booksOf(billing: Billing, accountId: string) {
  const { plans, provider } = billing
  const books = { pool: desk.registry.pool, plans, provider, isPaused: async () => false, now: desk.now }
  return accountBalance(books, accountId)
}

test('an account whose plan is not in the settings is served, and charged nothing until it is', async () => {
  const { accountId, paymentToken } = await largeAccount()
  await desk.credit(paymentToken, 100)
  await open('large').renewal.renew(accountId)
  expect(await charges(accountId)).toEqual(['0 base 20000'])
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at) VALUES ($1, $2, 30000000000, 1, 0, 0, 0, 0, now())`,
    [accountId, desk.now()],
  )
  pass(40)
  const mistyped = open('larg')
  await mistyped.renewal.renew(accountId, { asked: true })
  expect(await charges(accountId)).toEqual(['0 base 20000'])
  expect(await mistyped.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  expect(await booksOf(mistyped, accountId)).toMatchObject({
    state: 'paid',
    plan: 'large',
    owed: 0,
    held: 80,
  })
  expect(await mistyped.rechargeUrl(accountId)).toContain('credit=0')
  pass(31)
  // The month that runs begins once the plan is known again; the one before cost nothing.
  await open('large').renewal.renew(accountId)
  expect(await charges(accountId)).toEqual(['0 base 20000', '0 storage 12500', '2 base 20000'])
  expect(await desk.balance(paymentToken)).toMatchObject({ balance: 47.5 })
})

test('what was opened before is collected at its own price, and grace for it ends as ever', async () => {
  const [paying, poor] = [await largeAccount(), await largeAccount()]
  for (const { accountId } of [paying, poor]) await open('large').renewal.renew(accountId)
  const mistyped = open('larg')
  await desk.credit(paying.paymentToken, 50)
  pass(2)
  await mistyped.renewal.renew(paying.accountId)
  expect(await desk.balance(paying.paymentToken)).toMatchObject({ balance: 30 })
  expect(await mistyped.entitlement.of(poor.accountId, 'backup')).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining('not enough credit: 20 credits are due.'),
  })
})

test('an account that was never used begins neither a trial nor a month by a plan that is not known', async () => {
  const { accountId } = await largeAccount()
  const mistyped = open('larg')
  expect(await mistyped.entitlement.of(accountId, 'backup')).toEqual({ entitled: true })
  expect(await booksOf(mistyped, accountId)).toMatchObject({ state: 'not_billed', plan: 'large' })
  await open('large').renewal.renew(accountId)
  expect(await charges(accountId)).toEqual(['0 base 20000'])
})

test('no credit runs out by a plan that is not known', async () => {
  const { accountId, paymentToken } = await largeAccount()
  await desk.credit(paymentToken, 20)
  await open('large').renewal.renew(accountId)
  pass(9)
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at)
     SELECT $1, d::date, 30000000000, 1, 0, 0, 0, 0, d
     FROM generate_series($2::timestamptz - INTERVAL '9 days', $2, '1 day') d`,
    [accountId, desk.now()],
  )
  const told: string[] = []
  const ahead = ({ plans, provider }: Billing) =>
    forecastAccount(
      {
        pool: desk.registry.pool,
        plans,
        provider,
        daysAhead: 30,
        now: desk.now,
        onFailure: error => {
          throw error
        },
        notices: {
          raise: async () => {
            told.push('raised')
          },
          withdraw: async () => {
            told.push('withdrawn')
          },
        },
      },
      accountId,
    )
  expect(await ahead(open('large'))).toMatchObject({ kind: 'runs_out' })
  expect(await ahead(open('larg'))).toEqual({ kind: 'unknown' })
  expect(told).toEqual(['raised', 'withdrawn'])
})

test('the scheduled renewal tells the plans that are missing, and how many accounts are on each', async () => {
  const { pool } = desk.registry
  await pool.query('DELETE FROM billing_account WHERE anchor_at IS NULL')
  await largeAccount()
  const { rows } = await pool.query<{ accounts: number }>(
    "SELECT COUNT(*)::int AS accounts FROM billing_account WHERE plan = 'large'",
  )
  const renewing = async (billing: Billing) => {
    const lines: string[] = []
    const work = scheduledWork({
      pool,
      billing,
      forecast: {
        pool,
        plans: billing.plans,
        provider: billing.provider,
        daysAhead: 30,
        now: desk.now,
        onFailure: () => undefined,
        notices: { raise: async () => undefined, withdraw: async () => undefined },
      },
      now: desk.now,
      log: createLogger({
        name: 'test',
        level: 'error',
        destination: { write: line => void lines.push(line) },
      }),
    })
    await work.find(({ name }) => name === 'renew accounts')?.run(new AbortController().signal)
    return lines.map(line => JSON.parse(line))
  }
  expect(await renewing(open('larg'))).toEqual([
    expect.objectContaining({
      level: 'error',
      missing: [{ plan: 'large', accounts: rows[0]?.accounts }],
      msg: expect.stringContaining('plans that the settings do not have'),
    }),
  ])
  expect(await renewing(open('large'))).toEqual([])
})

test('a broker that starts without a plan that accounts are on logs an error', async () => {
  const broker = await runBroker({ BROKER_PAYMENT: 'prepaid', BROKER_PLANS: plansWith('large') })
  try {
    await broker.query(
      "WITH a AS (INSERT INTO account (id, folder, provider, subject, payment_token) VALUES (gen_random_uuid(), '1', 'odoo', '1', 'token') RETURNING id) INSERT INTO billing_account (account_id, plan, had_trial, created_at) SELECT id, 'large', FALSE, now() FROM a",
    )
    expect(broker.logged.filter(line => line.includes('"missing"'))).toEqual([])
    const mistyped = await broker.replica({ BROKER_PLANS: plansWith('larg') })
    await mistyped.close()
    expect(
      broker.logged.filter(line => line.includes('"missing":[{"plan":"large","accounts":1}]')),
    ).toHaveLength(1)
  } finally {
    await broker.close()
  }
})
