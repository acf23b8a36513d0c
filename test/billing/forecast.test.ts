/** What accounts are told of their credit's end, and when it is taken back. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { forecastAccounts } from '../../apps/broker/src/billing/forecast/forecast-accounts.ts'
import type { Billing } from '../../apps/broker/src/billing/open-billing.ts'
import { compareBalances } from '../../apps/broker/src/billing/operation/compare-balances.ts'
import { type BillingDesk, openBillingDesk } from '../fixtures/billing-desk.ts'

const DAY_MS = 86_400_000
const begins = new Date('2026-05-01T12:00Z')
let desk: BillingDesk
let billing: Billing
let account: { accountId: string; paymentToken: string }
beforeEach(async () => {
  desk = await openBillingDesk(begins)
  billing = desk.open({ BROKER_PLANS: plan({ creditsPerMonth: 10 }) })
  account = await desk.registry.newAccount()
  // Two weeks of trial: the first month begins on 15 May.
  await billing.renewal.renew(account.accountId)
})
afterEach(() => desk.close())

const plan = (prices: object) =>
  JSON.stringify([{ name: 'standard', trialDays: 14, graceDays: 7, restoreDays: 30, ...prices }])

/** Measured every day from the first of May until today. */
async function measured(gigabytes: number): Promise<void> {
  await desk.registry.pool.query(
    `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
       upload_bytes, uploads, sampled_at)
     SELECT $1, d::date, $2, 1, 0, 0, 0, 0, d FROM generate_series('2026-05-01'::date, $3::date, '1 day') d
     ON CONFLICT DO NOTHING`,
    [account.accountId, gigabytes * 1e9, desk.now().toISOString().slice(0, 10)],
  )
}

function live(days: number): void {
  desk.set(new Date(desk.now().getTime() + days * DAY_MS))
}

/** Looks ahead for all accounts; what this one is told then. */
async function told(by = billing): Promise<string[]> {
  await forecastAccounts({
    pool: desk.registry.pool,
    plans: by.plans,
    provider: by.provider,
    daysAhead: 30,
    now: desk.now,
    onFailure: error => {
      throw error
    },
    notices: {
      raise: async (id, condition, text) => {
        await desk.notices.raiseCondition(id, condition, { type: condition, text })
      },
      withdraw: desk.notices.withdrawCondition,
    },
  })
  const { notices } = await desk.notices.list(account.accountId, undefined)
  return notices.map(({ message }) => /on ([0-9-]{10})/.exec(message)?.[1] ?? message)
}

test('in the trial an account is told in time that its first month is not paid for, until it is', async () => {
  await measured(1)
  expect(await told()).toEqual([])
  live(6)
  await measured(1)
  expect(await told()).toEqual(['2026-05-15'])
  // Told once: the same notice, by whoever looks.
  expect(await told()).toEqual(['2026-05-15'])
  const { rows } = await desk.registry.pool.query('SELECT 1 FROM notice WHERE account_id = $1', [
    account.accountId,
  ])
  expect(rows).toHaveLength(1)
  await desk.credit(account.paymentToken, 20)
  expect(await told()).toEqual([])
})

test('a service that does not tell its balance keeps no notice alive that is true no longer', async () => {
  live(6)
  await measured(1)
  expect(await told()).toEqual(['2026-05-15'])
  const away = () => desk.fault('/iap/1/balance', '503', account.paymentToken)
  // It may have been paid for at the service, which nobody knows: what was told stays.
  await away()
  expect(await told()).toEqual(['2026-05-15'])
  // Kept credit pays more than the time that is looked ahead, whatever the service holds.
  await desk.registry.pool.query(
    `INSERT INTO credit_entry (account_id, kind, amount, reference, actor, at)
     VALUES ($1, 'grant', 20000, 'r', 'operator', $2)`,
    [account.accountId, desk.now()],
  )
  await away()
  expect(await told()).toEqual([])
})

test('where the service does not tell, what it told last counts as the least there is, and nothing is told anew', async () => {
  await desk.credit(account.paymentToken, 20)
  const { pool } = desk.registry
  await compareBalances({ pool, providers: billing.providers, now: desk.now })
  live(6)
  await measured(1)
  await desk.fault('/iap/1/balance', '503', account.paymentToken, 100)
  expect(await told()).toEqual([])
  // The first month is taken of it.
  live(9)
  await measured(1)
  await billing.renewal.renew(account.accountId)
  expect(await desk.balance(account.paymentToken)).toMatchObject({ balance: 10 })
  live(20)
  await measured(1)
  expect(await told()).toEqual([])
})

test('what may have been taken already is not taken off what is left once more', async () => {
  await desk.credit(account.paymentToken, 20)
  live(15)
  await measured(1)
  expect(await told()).toEqual([])
  await desk.fault('/iap/1/capture', 'lost', '', 1000)
  await billing.renewal.renew(account.accountId)
  expect(await desk.balance(account.paymentToken)).toMatchObject({ balance: 10 })
  expect(await told()).toEqual([])
})

test('samples that ended long ago, a lower price and a suspension take back what was told', async () => {
  live(6)
  await measured(1)
  expect(await told()).toEqual(['2026-05-15'])
  live(9)
  expect(await told()).toEqual([])
  await measured(1)
  expect(await told()).toHaveLength(1)
  expect(await told(desk.open({ BROKER_PLANS: plan({ creditsPerMonth: 0 }) }))).toEqual([])
  expect(await told()).toHaveLength(1)
  await desk.registry.pool.query('UPDATE account SET suspended_at = $2 WHERE id = $1', [
    account.accountId,
    desk.now(),
  ])
  expect(await told()).toEqual([])
})
