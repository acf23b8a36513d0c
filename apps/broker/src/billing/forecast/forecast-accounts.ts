import type { Pool } from 'pg'
import type { NoticeText } from '../../notices/notice-text.ts'
import { type AccountStanding, accountClock, planOf, readStanding } from '../charging/account-standing.ts'
import { dailySamples } from '../charging/open-periods.ts'
import { amountOf } from '../credits.ts'
import { readBalance } from '../ledger/kept-credits.ts'
import type { Plans } from '../plans/plan.ts'
import type { PaymentProvider } from '../providers/payment-provider.ts'
import { type Forecast, type ForecastRequest, forecast } from './forecast.ts'

export interface ForecastDependencies {
  readonly pool: Pool
  readonly plans: Plans
  readonly provider: PaymentProvider
  readonly notices: {
    raise(accountId: string, condition: 'forecast_insufficient_credits', text: NoticeText): Promise<void>
    withdraw(accountId: string, condition: 'forecast_insufficient_credits'): Promise<void>
  }
  readonly daysAhead: number
  readonly now: () => Date
  readonly onFailure: (error: unknown) => void
}

const DAY_MS = 86_400_000
const PAGE = 100

/** Looks ahead for one account: tells it once while its credit will run out soon, and takes that back when it will not. */
export async function forecastAccount(
  dependencies: ForecastDependencies,
  accountId: string,
): Promise<Forecast> {
  const { pool, plans, notices, daysAhead } = dependencies
  const standing = await readStanding(pool, accountId)
  if (standing?.billing === undefined) return { kind: 'unknown' }
  const now = accountClock(standing, dependencies.now())
  const { anchorAt } = standing.billing
  const plan = planOf(standing, plans)
  if (!plan.isKnown) {
    // No month begins, and what one would cost is not known: nothing runs out.
    await notices.withdraw(accountId, 'forecast_insufficient_credits')
    return { kind: 'unknown' }
  }
  const held = await heldBalance(dependencies, standing)
  const found = forecast({
    now,
    balance: held.amount + (await readBalance(pool, accountId)) - (await stillToPay(pool, accountId, held)),
    anchorAt,
    opened: openedMonth(standing),
    prices: {
      baseCredits: plan.creditsPerMonth,
      includedGb: plan.includedGigabytes,
      furtherGbCredits: plan.creditsPerFurtherGigabyte,
    },
    samples: await dailySamples(pool, accountId, now),
  })
  const isSoon = found.kind === 'runs_out' && found.at.getTime() - now.getTime() <= daysAhead * DAY_MS
  // Nothing is charged to who is suspended. What there is no rate for any more is true no longer.
  if (!isSoon || standing.isSuspended) await notices.withdraw(accountId, 'forecast_insufficient_credits')
  // More may have been bought than is known of: what was told stays told, and nothing is told anew.
  else if (!held.isLeast) {
    await notices.raise(accountId, 'forecast_insufficient_credits', {
      code: 'credit_runs_out',
      on: found.at.toISOString().slice(0, 10),
    })
  }
  return held.isLeast && isSoon ? { kind: 'unknown' } : found
}

function openedMonth({ period }: AccountStanding): ForecastRequest['opened'] {
  if (period === undefined) return undefined
  const { number, includedGigabytes, creditsPerFurtherGigabyte } = period
  return { number, includedGb: includedGigabytes, furtherGbCredits: creditsPerFurtherGigabyte }
}

/**
 * What the payment service holds. Where it does not tell, at least what it told last, less what was or may have been
 * taken since: only who buys makes it more.
 */
async function heldBalance(
  { pool, provider }: ForecastDependencies,
  { accountId, paymentToken }: AccountStanding,
): Promise<{ readonly amount: number; readonly isLeast: boolean }> {
  const held = await provider.balance({ accountId, paymentToken }).catch(() => undefined)
  if (held !== undefined) return { amount: held, isLeast: false }
  const { rows } = await pool.query<{ least: string }>(
    `SELECT b.held + b.captured - COALESCE((SELECT SUM(l.provider_part) FROM charge c
         JOIN LATERAL (SELECT * FROM ledger_entry e WHERE e.charge_id = c.id
           ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1) l ON TRUE
         WHERE c.account_id = $1 AND l.provider = $2 AND l.state NOT IN ('failed', 'cancelled')), 0) AS least
     FROM balance_reading b WHERE b.account_id = $1`,
    [accountId, provider.name],
  )
  return { amount: Math.max(0, amountOf(rows[0]?.least ?? 0)), isLeast: true }
}

/**
 * What will certainly be taken of that for what is due. Kept credits of an attempt are spent already; of what may have
 * been taken at the service nobody knows, and what it holds may be without it by now.
 */
async function stillToPay(
  pool: Pool,
  accountId: string,
  { isLeast }: { readonly isLeast: boolean },
): Promise<number> {
  const { rows } = await pool.query<{ unpaid: string; coming: string }>(
    `SELECT COALESCE(SUM(c.amount) FILTER (WHERE l.state IS NULL OR l.state IN ('failed', 'cancelled')), 0) AS unpaid,
       COALESCE(SUM(l.provider_part) FILTER (WHERE l.state IN ('planned', 'authorised')
         OR (l.state = 'unknown' AND l.transaction IS NULL)), 0) AS coming
     FROM charge c LEFT JOIN LATERAL (SELECT * FROM ledger_entry e WHERE e.charge_id = c.id
       ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1) l ON TRUE
     WHERE c.account_id = $1`,
    [accountId],
  )
  const { unpaid = '0', coming = '0' } = rows[0] ?? {}
  // Where the service does not tell, every open attempt is taken off what it told last.
  return amountOf(unpaid) + (isLeast ? 0 : amountOf(coming))
}

/** Looks ahead for every account that is billed. The number of those for which it could be done. */
export async function forecastAccounts(
  dependencies: ForecastDependencies,
  signal?: AbortSignal,
): Promise<number> {
  let [last, count] = ['00000000-0000-0000-0000-000000000000', 0]
  for (;;) {
    const { rows } = await dependencies.pool.query<{ account_id: string }>(
      `SELECT account_id FROM billing_account
       WHERE account_id > $1 AND anchor_at IS NOT NULL ORDER BY account_id LIMIT $2`,
      [last, PAGE],
    )
    for (const { account_id: accountId } of rows) {
      signal?.throwIfAborted()
      last = accountId
      try {
        await forecastAccount(dependencies, accountId)
        count += 1
      } catch (error) {
        dependencies.onFailure(error)
      }
    }
    if (rows.length < PAGE) return count
  }
}
