import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../../registry/transaction.ts'
import { amountOf } from '../credits.ts'
import { addCredit, lockCredits } from './kept-credits.ts'

/** `planned` before the call that asks for the money; then what came of it. The last three are final. */
export type LedgerState = 'planned' | 'authorised' | 'unknown' | 'captured' | 'cancelled' | 'failed'

/** Whether an attempt in this state may still take money. */
export function isOpen(state: LedgerState | undefined): boolean {
  return state === 'planned' || state === 'authorised' || state === 'unknown'
}

/** The latest step of the latest attempt to collect a charge. */
export interface Attempt {
  readonly attempt: number
  readonly sequence: number
  readonly state: LedgerState
  readonly provider: string
  /** Thousandths, taken from the credits that the broker keeps. */
  readonly keptPart: number
  /** Thousandths, asked of the payment service. */
  readonly providerPart: number
  readonly transaction: string | undefined
  readonly note: string | undefined
  readonly at: Date
  /** When the hold was made, at the latest. */
  readonly heldSince: Date | undefined
}

/** What an account owes for a period. */
export interface Charge {
  readonly id: string
  readonly accountId: string
  readonly period: number
  readonly reason: 'base' | 'storage'
  readonly amount: number
  readonly wording: string
  readonly dueAt: Date
  readonly last: Attempt | undefined
}

export interface Ledger {
  /** What is owed and not captured, due or not yet, the oldest first. */
  unpaid(accountId: string): Promise<Charge[]>
  /** Charges whose latest attempt is open, over all accounts; pages by the id of the last one seen. */
  open(afterId: string, limit: number): Promise<Charge[]>
  /** One charge; undefined: there is none of this id. */
  find(id: string): Promise<Charge | undefined>
  /** Begins an attempt: kept credits are set aside for it first. Undefined: another broker was faster. */
  plan(charge: Charge, provider: string, at: Date): Promise<Charge | undefined>
  /** Writes the next step. A final failure gives kept credits back. Undefined: another broker wrote a step first. */
  advance(charge: Charge, state: LedgerState, step: Step): Promise<Charge | undefined>
}

export interface Step {
  readonly at: Date
  readonly transaction?: string
  readonly note?: string
}

const LAST_ENTRY = `LEFT JOIN LATERAL (SELECT * FROM ledger_entry e WHERE e.charge_id = c.id
  ORDER BY e.attempt DESC, e.sequence DESC LIMIT 1) l ON TRUE`
const COLUMNS = `c.id, c.account_id, c.period, c.reason, c.amount, c.wording, c.due_at,
  l.attempt, l.sequence, l.state, l.provider, l.kept_part, l.provider_part, l.transaction, l.note, l.at,
  (SELECT MIN(h.at) FROM ledger_entry h WHERE h.charge_id = c.id AND h.attempt = l.attempt
    AND h.state = 'authorised') AS held_since`

interface Row {
  id: string
  account_id: string
  period: number
  reason: 'base' | 'storage'
  amount: string
  wording: string
  due_at: Date
  attempt: number | null
  sequence: number
  state: LedgerState
  provider: string
  kept_part: string
  provider_part: string
  transaction: string | null
  note: string | null
  at: Date
  held_since: Date | null
}

function chargeOf(row: Row): Charge {
  return {
    id: row.id,
    accountId: row.account_id,
    period: row.period,
    reason: row.reason,
    amount: amountOf(row.amount),
    wording: row.wording,
    dueAt: row.due_at,
    last:
      row.attempt === null
        ? undefined
        : {
            attempt: row.attempt,
            sequence: row.sequence,
            state: row.state,
            provider: row.provider,
            keptPart: amountOf(row.kept_part),
            providerPart: amountOf(row.provider_part),
            transaction: row.transaction ?? undefined,
            note: row.note ?? undefined,
            at: row.at,
            heldSince: row.held_since ?? undefined,
          },
  }
}

/** The database's answer to a step that another broker has made first. */
function isTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '23505'
}

/** The books, in PostgreSQL, which itself refuses a second open attempt, a wrong order of steps, and any change. */
export function createLedger(pool: Pool): Ledger {
  async function write(charge: Charge, entry: Attempt, money?: (client: PoolClient) => Promise<unknown>) {
    try {
      await inTransaction(pool, async client => {
        await insert(client, charge.id, entry)
        await money?.(client)
      })
      return { ...charge, last: entry }
    } catch (error) {
      if (isTaken(error)) return undefined
      throw error
    }
  }

  return {
    async unpaid(accountId) {
      const { rows } = await pool.query<Row>(
        `SELECT ${COLUMNS} FROM charge c ${LAST_ENTRY}
         WHERE c.account_id = $1 AND l.state IS DISTINCT FROM 'captured' ORDER BY c.due_at, c.id`,
        [accountId],
      )
      return rows.map(chargeOf)
    },
    async open(afterId, limit) {
      const { rows } = await pool.query<Row>(
        `SELECT ${COLUMNS} FROM open_charge o JOIN charge c ON c.id = o.charge_id ${LAST_ENTRY}
         WHERE o.charge_id > $1 ORDER BY o.charge_id LIMIT $2`,
        [afterId, limit],
      )
      return rows.map(chargeOf)
    },
    async find(id) {
      const { rows } = await pool.query<Row>(
        `SELECT ${COLUMNS} FROM charge c ${LAST_ENTRY} WHERE c.id = $1`,
        [id],
      )
      return rows.map(chargeOf)[0]
    },
    async plan(charge, provider, at) {
      const attempt = (charge.last?.attempt ?? 0) + 1
      try {
        return await inTransaction(pool, async client => {
          const kept = await lockCredits(client, charge.accountId)
          const keptPart = Math.min(Math.max(kept, 0), charge.amount)
          const entry: Attempt = {
            attempt,
            sequence: 1,
            state: 'planned',
            provider,
            keptPart,
            providerPart: charge.amount - keptPart,
            transaction: undefined,
            note: undefined,
            at,
            heldSince: undefined,
          }
          await insert(client, charge.id, entry)
          if (keptPart > 0) {
            await addCredit(client, {
              accountId: charge.accountId,
              kind: 'spent',
              amount: -keptPart,
              reference: `charge:${charge.id}:${attempt}`,
              actor: 'system',
              at,
            })
          }
          return { ...charge, last: entry }
        })
      } catch (error) {
        if (isTaken(error)) return undefined
        throw error
      }
    },
    advance(charge, state, step) {
      const { last } = charge
      if (last === undefined) throw new Error('An attempt is planned before it goes on.')
      const entry: Attempt = {
        ...last,
        sequence: last.sequence + 1,
        state,
        transaction: step.transaction ?? last.transaction,
        note: step.note,
        at: step.at,
        heldSince: last.heldSince ?? (state === 'authorised' ? step.at : undefined),
      }
      const isReturned = (state === 'failed' || state === 'cancelled') && last.keptPart > 0
      if (!isReturned) return write(charge, entry)
      return write(charge, entry, client =>
        addCredit(client, {
          accountId: charge.accountId,
          kind: 'given_back',
          amount: last.keptPart,
          reference: `charge:${charge.id}:${last.attempt}`,
          actor: 'system',
          at: step.at,
        }),
      )
    },
  }
}

async function insert(client: PoolClient, chargeId: string, entry: Attempt): Promise<void> {
  await client.query(
    `INSERT INTO ledger_entry
       (charge_id, attempt, sequence, state, provider, kept_part, provider_part, transaction, note, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      chargeId,
      entry.attempt,
      entry.sequence,
      entry.state,
      entry.provider,
      entry.keptPart,
      entry.providerPart,
      entry.transaction ?? null,
      entry.note ?? null,
      entry.at,
    ],
  )
}
