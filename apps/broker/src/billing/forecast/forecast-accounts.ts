import type { Pool } from 'pg'
import { type AccountStanding, planOf, readStanding } from '../charging/account-standing.ts'
import { dailySamples } from '../charging/open-periods.ts'
import { readBalance } from '../ledger/kept-credits.ts'
import type { Plan, Plans } from '../plans/plan.ts'
import type { PaymentProvider } from '../providers/payment-provider.ts'
import { type Forecast, forecast } from './forecast.ts'

export interface ForecastDependencies {
  readonly pool: Pool
  readonly plans: Plans
  readonly provider: PaymentProvider
  readonly notices: {
    raise(accountId: string, condition: 'forecast_insufficient_credits', message: string): Promise<void>
    withdraw(accountId: string, condition: 'forecast_insufficient_credits'): Promise<void>
  }
  readonly daysAhead: number
  readonly now: () => Date
  readonly onFailure: (error: unknown) => void
}

const DAY_MS = 86_400_000
const PAGE = 100

/** Looks ahead for one account, and tells it once while its credit will run out soon. */
export async function forecastAccount(
  dependencies: ForecastDependencies,
  accountId: string,
): Promise<Forecast> {
  const { pool, plans, notices, daysAhead, now } = dependencies
  const standing = await readStanding(pool, accountId)
  const { billing, period } = standing ?? {}
  if (standing === undefined || billing === undefined || period === undefined) return { kind: 'unknown' }
  const plan = planOf(standing, plans)
  const balance = await wholeBalance(dependencies, standing)
  if (balance === undefined) return { kind: 'unknown' }
  const found = forecast({
    now: now(),
    balance: balance - standing.owed,
    anchorAt: billing.anchorAt,
    periodNumber: period.number,
    prices: pricesOf(plan),
    samples: await dailySamples(pool, accountId, now()),
  })
  if (found.kind === 'unknown') return found
  const isSoon = found.kind === 'runs_out' && found.at.getTime() - now().getTime() <= daysAhead * DAY_MS
  if (isSoon) {
    await notices.raise(
      accountId,
      'forecast_insufficient_credits',
      `At the present rate your credit for backups runs out on ${found.at.toISOString().slice(0, 10)}. Buy credit before then, and nothing stops.`,
    )
  } else await notices.withdraw(accountId, 'forecast_insufficient_credits')
  return found
}

function pricesOf(plan: Plan) {
  return {
    baseCredits: plan.creditsPerMonth,
    includedGb: plan.includedGigabytes,
    furtherGbCredits: plan.creditsPerFurtherGigabyte,
  }
}

/** What the broker keeps and what the payment service holds; undefined where the latter cannot be read. */
async function wholeBalance({ pool, provider }: ForecastDependencies, standing: AccountStanding) {
  const { accountId, paymentToken } = standing
  const held = await provider.balance({ accountId, paymentToken }).catch(() => undefined)
  return held === undefined ? undefined : held + (await readBalance(pool, accountId))
}

/** Looks ahead for every account that is billed. */
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
      count += 1
      await forecastAccount(dependencies, accountId).catch(dependencies.onFailure)
    }
    if (rows.length < PAGE) return count
  }
}
