import type { Pool } from 'pg'
import { amountOf } from '../credits.ts'
import type { LedgerState } from '../ledger/ledger.ts'
import type { Plan, Plans } from '../plans/plan.ts'

/** What the books say of one account: all that renewal and entitlement stand on. */
export interface AccountStanding {
  readonly accountId: string
  readonly paymentToken: string
  readonly isSuspended: boolean
  /** When its last suspension ended. */
  readonly resumedAt: Date | undefined
  /** The name of its plan; undefined: nobody has chosen one yet. */
  readonly plan: string | undefined
  /** Undefined before its first use. */
  readonly billing:
    | {
        readonly anchorAt: Date
        readonly hadTrial: boolean
        readonly graceUntil: Date | undefined
      }
    | undefined
  /** The last one that was opened. */
  readonly period:
    | {
        readonly number: number
        readonly closesAt: Date
        readonly graceDays: number
        readonly restoreDays: number
        readonly storageCapGigabytes: number | undefined
        readonly includedGigabytes: number
        /** Thousandths. */
        readonly creditsPerFurtherGigabyte: number
      }
    | undefined
  /**
   * The oldest charge that is not captured, with its latest step; one whose money may have been taken only where
   * there is no other.
   */
  readonly debt:
    | {
        readonly dueAt: Date
        readonly state: LedgerState | undefined
        readonly note: string | undefined
        /** The money is put aside under a name that is known, so that it may have been taken. */
        readonly isHeld: boolean
      }
    | undefined
  /** Thousandths: everything that is due and not captured. */
  readonly owed: number
  /** That part of it whose money is put aside under a name that is known: it may have been taken, and is not asked for. */
  readonly inDoubt: number
  /** The payment service holds credit for an attempt that has ended, and has not given it back yet. */
  readonly hasLateHold: boolean
  readonly hasPaid: boolean
  readonly storedBytes: number
  /** When the last row was written: the account's clock is never before it. */
  readonly lastRowAt: Date | undefined
}

interface Row {
  payment_token: string
  suspended_at: Date | null
  resumed_at: Date | null
  plan: string | null
  anchor_at: Date | null
  had_trial: boolean | null
  grace_until: Date | null
  number: number | null
  closes_at: Date
  grace_days: number
  restore_days: number
  storage_cap_gb: number | null
  included_gb: number
  further_gb_credits: string
  debt_due_at: Date | null
  debt_state: LedgerState | null
  debt_note: string | null
  debt_is_held: boolean | null
  owed: string
  in_doubt: string
  has_late_hold: boolean
  has_paid: boolean
  stored: string
  last_row_at: Date | null
}

const LAST = `SELECT e.state, e.note,
    e.state = 'authorised' OR (e.state = 'unknown' AND e.transaction IS NOT NULL) AS is_held
  FROM ledger_entry e WHERE e.charge_id = c.id ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1`

const QUERY = `
SELECT a.payment_token, a.suspended_at, a.resumed_at, b.plan, b.anchor_at, b.had_trial, b.grace_until,
  p.number, p.closes_at, p.grace_days, p.restore_days, p.storage_cap_gb, p.included_gb, p.further_gb_credits,
  d.due_at AS debt_due_at, d.state AS debt_state, d.note AS debt_note, d.is_held AS debt_is_held,
  COALESCE(o.owed, 0) AS owed, COALESCE(o.in_doubt, 0) AS in_doubt,
  EXISTS (SELECT 1 FROM charge c JOIN late_hold h ON h.charge_id = c.id
    WHERE c.account_id = a.id AND h.ended_at IS NULL) AS has_late_hold,
  EXISTS (SELECT 1 FROM charge c JOIN ledger_entry e ON e.charge_id = c.id
    WHERE c.account_id = a.id AND e.state = 'captured') AS has_paid,
  COALESCE(u.current_bytes + u.old_bytes + u.upload_bytes, 0) AS stored,
  GREATEST(b.created_at, p.opened_at, (SELECT MAX(e.at) FROM charge c JOIN ledger_entry e ON e.charge_id = c.id
    WHERE c.account_id = a.id)) AS last_row_at
FROM account a
LEFT JOIN billing_account b ON b.account_id = a.id
LEFT JOIN LATERAL (SELECT * FROM billing_period p WHERE p.account_id = a.id ORDER BY p.number DESC LIMIT 1) p ON TRUE
LEFT JOIN LATERAL (SELECT * FROM usage_sample u WHERE u.account_id = a.id ORDER BY u.day DESC LIMIT 1) u ON TRUE
LEFT JOIN LATERAL (SELECT SUM(c.amount) AS owed, SUM(c.amount) FILTER (WHERE l.is_held) AS in_doubt FROM charge c
  LEFT JOIN LATERAL (${LAST}) l ON TRUE
  WHERE c.account_id = a.id AND l.state IS DISTINCT FROM 'captured') o ON TRUE
LEFT JOIN LATERAL (SELECT c.due_at, l.state, l.note, l.is_held FROM charge c
  LEFT JOIN LATERAL (${LAST}) l ON TRUE
  WHERE c.account_id = a.id AND l.state IS DISTINCT FROM 'captured'
  ORDER BY l.is_held IS TRUE, c.due_at, c.id LIMIT 1) d ON TRUE
WHERE a.id = $1`

/** Undefined: there is no such account. */
export async function readStanding(pool: Pool, accountId: string): Promise<AccountStanding | undefined> {
  const { rows } = await pool.query<Row>(QUERY, [accountId])
  const [row] = rows
  if (row === undefined) return undefined
  return {
    accountId,
    paymentToken: row.payment_token,
    isSuspended: row.suspended_at !== null,
    resumedAt: row.resumed_at ?? undefined,
    plan: row.plan ?? undefined,
    billing:
      row.anchor_at === null
        ? undefined
        : {
            anchorAt: row.anchor_at,
            hadTrial: row.had_trial === true,
            graceUntil: row.grace_until ?? undefined,
          },
    period:
      row.number === null
        ? undefined
        : {
            number: row.number,
            closesAt: row.closes_at,
            graceDays: row.grace_days,
            restoreDays: row.restore_days,
            storageCapGigabytes: row.storage_cap_gb ?? undefined,
            includedGigabytes: row.included_gb,
            creditsPerFurtherGigabyte: amountOf(row.further_gb_credits),
          },
    debt:
      row.debt_due_at === null
        ? undefined
        : {
            dueAt: row.debt_due_at,
            state: row.debt_state ?? undefined,
            note: row.debt_note ?? undefined,
            isHeld: row.debt_is_held === true,
          },
    owed: amountOf(row.owed),
    inDoubt: amountOf(row.in_doubt),
    hasLateHold: row.has_late_hold,
    hasPaid: row.has_paid,
    storedBytes: amountOf(row.stored),
    lastRowAt: row.last_row_at ?? undefined,
  }
}

/** What an account is offered. */
export interface AccountPlan extends Plan {
  /** Whether the settings have it: by one that they do not have nothing new is charged. */
  readonly isKnown: boolean
}

/**
 * The plan of an account. Of one that the settings do not have the name alone is known: another one's price would be
 * the wrong one, so it asks for nothing, and refuses nobody.
 */
export function planOf({ plan }: Pick<AccountStanding, 'plan'>, plans: Plans): AccountPlan {
  const name = plan ?? plans.standard.name
  const found = plans.find(name)
  if (found !== undefined) return { ...found, isKnown: true }
  return {
    name,
    creditsPerMonth: 0,
    includedGigabytes: 0,
    creditsPerFurtherGigabyte: 0,
    trialDays: 0,
    graceDays: 0,
    restoreDays: 0,
    currencyLabel: plans.standard.currencyLabel,
    isKnown: false,
  }
}

/** The account's clock: a machine whose clock went back does not undo what was written. */
export function accountClock(standing: AccountStanding, now: Date): Date {
  const { lastRowAt } = standing
  return lastRowAt !== undefined && lastRowAt > now ? lastRowAt : now
}
