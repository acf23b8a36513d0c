import { AccountCredit } from '@odoo-backup/protocol'
import type { Pool } from 'pg'
import { z } from 'zod'
import { accountEntitlement } from '../charging/account-entitlement.ts'
import {
  type AccountPlan,
  type AccountStanding,
  accountClock,
  planOf,
  readStanding,
} from '../charging/account-standing.ts'
import { credits } from '../credits.ts'
import type { EntitlementDecision } from '../entitlement.ts'
import { readBalance } from '../ledger/kept-credits.ts'
import type { Plans } from '../plans/plan.ts'
import type { PaymentProvider } from '../providers/payment-provider.ts'
import { CHARGE_MADE, type ChargeMade } from './charge-text.ts'

/** How an account stands, in credits. */
export const AccountBalance = AccountCredit
export type AccountBalance = AccountCredit

export interface BooksDependencies {
  readonly pool: Pool
  readonly plans: Plans
  readonly provider: PaymentProvider
  readonly isPaused: () => Promise<boolean>
  readonly now: () => Date
}

/** An account's balance, and what it was read from. Amounts are thousandths. */
export interface ReadAccount {
  readonly balance: AccountBalance
  readonly standing: AccountStanding
  readonly plan: AccountPlan
  readonly decision: EntitlementDecision
  /** The account's clock. */
  readonly now: Date
  readonly isPaused: boolean
  readonly kept: number
  readonly held: number | undefined
}

/** Undefined: there is no such account. */
export async function readAccount(
  { pool, plans, provider, isPaused: asksPaused, now: clock }: BooksDependencies,
  accountId: string,
): Promise<ReadAccount | undefined> {
  const standing = await readStanding(pool, accountId)
  if (standing === undefined) return undefined
  const { billing, period, paymentToken } = standing
  const plan = planOf(standing, plans)
  const [kept, held, isPaused] = await Promise.all([
    readBalance(pool, accountId),
    provider.balance({ accountId, paymentToken }).catch(() => undefined),
    asksPaused(),
  ])
  const now = accountClock(standing, clock())
  const decision = accountEntitlement(standing, { plan, now, isPaused })
  const { state, changesAt } = decision
  const balance: AccountBalance = {
    state: billing === undefined && state !== 'suspended' ? 'not_billed' : state,
    plan: plan.name,
    currencyLabel: plan.currencyLabel,
    kept: credits(kept),
    ...(held === undefined ? {} : { held: credits(held) }),
    // As notices and refusals ask for it: what may have been taken already stands among the charges.
    owed: credits(standing.owed - standing.inDoubt),
    // Of a month that is over, or owed, nobody is told that it is paid.
    ...(period === undefined || period.closesAt <= now || standing.owed > 0
      ? {}
      : { paidUntil: period.closesAt.toISOString() }),
    ...(changesAt === undefined ? {} : { changesAt: changesAt.toISOString() }),
  }
  return { balance, standing, plan, decision, now, isPaused, kept, held }
}

/** Undefined: there is no such account. */
export async function accountBalance(
  dependencies: BooksDependencies,
  accountId: string,
): Promise<AccountBalance | undefined> {
  return (await readAccount(dependencies, accountId))?.balance
}

/** One line of the books: a step of a charge, or a movement of kept credits. */
export const LedgerLine = z.object({
  /** `c` and a number for charges, `k` and a number for kept credits. */
  id: z.string(),
  at: z.iso.datetime(),
  what: z.string(),
  state: z.string(),
  /** Credits; negative leaves the account. */
  amount: z.number(),
  keptPart: z.number(),
  attempt: z.int(),
  note: z.string(),
  actor: z.string(),
})
export type LedgerLine = z.infer<typeof LedgerLine>

/** A line, and what it tells beside what programs are told. */
export interface BookedLine extends LedgerLine {
  /** Of a step of a charge, and of what a charge took of kept credits or gave back: what that was made of. */
  readonly charge?: ChargeMade
  /** As the charge was written down, where the line is what it took or gave back. */
  readonly chargeWording?: string
}

interface Row {
  book: 'c' | 'k'
  number: string
  at: Date
  what: string
  state: string
  amount: string
  kept: string
  attempt: number
  note: string | null
  actor: string
  charge: ChargeMade | null
  charge_wording: string | null
}

const MADE = `(SELECT to_json(made) FROM (SELECT ${CHARGE_MADE} FROM billing_period p
           WHERE p.account_id = c.account_id AND p.number = c.period) made)`

/**
 * Lines of an account, the newest first, and of one moment those with the highest number; from a moment and id on.
 *
 * @param cursor `<milliseconds>.<id>` of the last line seen
 */
export async function ledgerLines(
  pool: Pool,
  accountId: string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<BookedLine[]> {
  const [, at = '8640000000000000', book = 'z', number = '0'] =
    /^([0-9]{1,16})\.([ck])([0-9]{1,18})$/.exec(cursor ?? '') ?? []
  const { rows } = await pool.query<Row>(
    `SELECT * FROM (
       SELECT 'c' AS book, e.id AS number, e.at, c.wording AS what, e.state::text, -c.amount AS amount,
         -e.kept_part AS kept, e.attempt, e.note, 'system' AS actor,
         ${MADE} AS charge, NULL AS charge_wording
       FROM charge c JOIN ledger_entry e ON e.charge_id = c.id WHERE c.account_id = $1
       UNION ALL
       SELECT 'k', k.id, k.at, k.kind::text, 'booked', k.amount, k.amount, 0, k.reason, k.actor, ${MADE}, c.wording
       FROM credit_entry k LEFT JOIN charge c ON k.kind IN ('spent', 'given_back') AND c.account_id = k.account_id
         AND c.id::text = split_part(k.reference, ':', 2)
       WHERE k.account_id = $1) lines
     WHERE (EXTRACT(EPOCH FROM at) * 1000, book, number) < ($2::numeric, $3, $4::bigint)
     ORDER BY at DESC, book DESC, number DESC LIMIT $5`,
    [accountId, at, book, number, limit],
  )
  return rows.map(row => ({
    id: `${row.book}${row.number}`,
    at: row.at.toISOString(),
    what: row.what,
    state: row.state,
    amount: credits(Number(row.amount)),
    keptPart: credits(Number(row.kept)),
    attempt: row.attempt,
    note: row.note ?? '',
    actor: row.actor,
    ...(row.charge === null ? {} : { charge: row.charge }),
    ...(row.charge_wording === null ? {} : { chargeWording: row.charge_wording }),
  }))
}

/** The cursor that goes on after a line. */
export function ledgerCursor({ at, id }: LedgerLine): string {
  return `${Date.parse(at)}.${id}`
}

const CSV_PAGE = 1000
const CSV_COLUMNS = ['at', 'what', 'state', 'amount', 'keptPart', 'attempt', 'note', 'actor', 'id'] as const

/** All lines of an account as CSV, the newest first, piece by piece: memory does not grow with the books. */
export async function* ledgerCsv(pool: Pool, accountId: string): AsyncGenerator<string> {
  yield `${CSV_COLUMNS.join(',')}\r\n`
  let cursor: string | undefined
  for (;;) {
    const lines = await ledgerLines(pool, accountId, { cursor, limit: CSV_PAGE })
    const last = lines.at(-1)
    if (last === undefined) return
    yield csvOf(lines)
    if (lines.length < CSV_PAGE) return
    cursor = ledgerCursor(last)
  }
}

/** Lines as CSV (RFC 4180); what a spreadsheet would take for a formula is made text. */
export function csvOf(lines: readonly LedgerLine[]): string {
  const cell = (value: string | number) => {
    const text =
      typeof value === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return lines.map(line => `${CSV_COLUMNS.map(column => cell(line[column])).join(',')}\r\n`).join('')
}
