import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../../registry/transaction.ts'
import { amountOf, formatCredits } from '../credits.ts'
import { periodAt, periodOf } from '../plans/period.ts'
import type { Plan } from '../plans/plan.ts'
import { type DailySample, meanBytes, storagePrice } from '../plans/storage-price.ts'
import type { AccountStanding } from './account-standing.ts'

const DAY_MS = 86_400_000

/** Begins to bill an account, with the plan that was chosen for it or this one: its trial runs from now. Doing so again changes nothing. */
export async function beginBilling(
  database: Pool | PoolClient,
  accountId: string,
  plan: Plan,
  now: Date,
): Promise<void> {
  await database.query(
    `INSERT INTO billing_account (account_id, plan, anchor_at, had_trial, created_at)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE
     SET anchor_at = EXCLUDED.anchor_at, had_trial = EXCLUDED.had_trial, created_at = EXCLUDED.created_at
     WHERE billing_account.anchor_at IS NULL`,
    [accountId, plan.name, new Date(now.getTime() + plan.trialDays * DAY_MS), plan.trialDays > 0, now],
  )
}

/**
 * Opens the period that holds `now`, if it is not open yet, with the prices of the plan as they are now, and writes
 * down what the period before it owes for storage. Months that passed without being opened (nothing was served, or
 * billing was paused) are never charged. What is written down now is due now, so that grace is never over before
 * anybody could pay.
 */
export async function openPeriod(
  pool: Pool,
  standing: AccountStanding,
  plan: Plan,
  now: Date,
): Promise<boolean> {
  const { accountId, billing, period: last } = standing
  if (billing === undefined) return false
  const period = periodAt(billing.anchorAt, now)
  if (period === undefined || (last !== undefined && period.number <= last.number)) return false
  return inTransaction(pool, async client => {
    // A trial that was made longer a moment ago counts.
    const { rows } = await client.query<{ anchor_at: Date }>(
      'SELECT anchor_at FROM billing_account WHERE account_id = $1 FOR UPDATE',
      [accountId],
    )
    if (rows[0]?.anchor_at.getTime() !== billing.anchorAt.getTime()) return false
    // A month that another broker opened meanwhile is the last one, whose storage is due: by these books it is not known.
    const opened = await client.query<{ number: number | null }>(
      'SELECT MAX(number) AS number FROM billing_period WHERE account_id = $1',
      [accountId],
    )
    if ((opened.rows[0]?.number ?? undefined) !== last?.number) return false
    const inserted = await client.query(
      `INSERT INTO billing_period (account_id, number, opens_at, closes_at, plan, base_credits, included_gb,
         further_gb_credits, grace_days, restore_days, storage_cap_gb, opened_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
      [
        accountId,
        period.number,
        period.opensAt,
        period.closesAt,
        plan.name,
        plan.creditsPerMonth,
        plan.includedGigabytes,
        plan.creditsPerFurtherGigabyte,
        plan.graceDays,
        plan.restoreDays,
        plan.storageCapGigabytes ?? null,
        now,
      ],
    )
    if (inserted.rowCount === 0) return false
    if (last !== undefined) await chargeStorage(client, accountId, billing.anchorAt, last.number, now)
    await insertCharge(client, {
      accountId,
      period: period.number,
      reason: 'base',
      amount: plan.creditsPerMonth,
      wording: `Backups from ${date(period.opensAt)} to ${date(period.closesAt)}, plan ${plan.name}`,
      now,
    })
    return true
  })
}

interface NewCharge {
  readonly accountId: string
  readonly period: number
  readonly reason: 'base' | 'storage'
  readonly amount: number
  readonly wording: string
  readonly now: Date
}

async function insertCharge(client: PoolClient, charge: NewCharge): Promise<void> {
  // What costs nothing is not owed.
  if (charge.amount === 0) return
  await client.query(
    `INSERT INTO charge (account_id, period, reason, amount, wording, due_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (account_id, period, reason) DO NOTHING`,
    [charge.accountId, charge.period, charge.reason, charge.amount, charge.wording, charge.now],
  )
}

async function chargeStorage(client: PoolClient, accountId: string, anchor: Date, number: number, now: Date) {
  const { rows } = await client.query<{ included_gb: number; further_gb_credits: string }>(
    'SELECT included_gb, further_gb_credits FROM billing_period WHERE account_id = $1 AND number = $2',
    [accountId, number],
  )
  const [prices] = rows
  if (prices === undefined) return
  const period = periodOf(anchor, number)
  const samples = await dailySamples(client, accountId, period.closesAt)
  const furtherGbCredits = amountOf(prices.further_gb_credits)
  const price = storagePrice(meanBytes(samples, period), { includedGb: prices.included_gb, furtherGbCredits })
  await insertCharge(client, {
    accountId,
    period: number,
    reason: 'storage',
    amount: price.amount,
    wording:
      `Storage from ${date(period.opensAt)} to ${date(period.closesAt)}: ${price.gigabytes} GB on average, ` +
      `${prices.included_gb} included, ${price.furtherGigabytes} GB further at ${formatCredits(furtherGbCredits)} each`,
    now,
  })
}

/** What an account stored by day, the oldest first, up to a moment. Old versions and open uploads count. */
export async function dailySamples(
  database: Pool | PoolClient,
  accountId: string,
  until: Date,
): Promise<DailySample[]> {
  const { rows } = await database.query<{ day: string; bytes: string }>(
    `SELECT day::text, current_bytes + old_bytes + upload_bytes AS bytes FROM usage_sample
     WHERE account_id = $1 AND day <= $2 ORDER BY day DESC LIMIT 400`,
    [accountId, until],
  )
  return rows
    .map(({ day, bytes }) => ({ day: new Date(`${day}T00:00:00Z`), bytes: amountOf(bytes) }))
    .reverse()
}

function date(at: Date): string {
  return at.toISOString().slice(0, 10)
}
