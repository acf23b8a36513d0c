import { HttpProblem, type Log } from '@odoo-backup/service'
import type { Pool } from 'pg'
import type { BooksWitness } from './books-witness.ts'
import { isSettled, LeftOpen, leftOpenText } from './left-open.ts'
import { NOTES } from './notes.ts'

/**
 * Why billing rests: an operator paused it; the database was restored, or a replica took over, and billing was not
 * resumed since; or Redis has not told yet how far the books had come.
 */
export type RestCause = 'operator' | 'restored' | 'unwitnessed'

/** Billing that rests. */
export interface Rest {
  readonly reason: string
  readonly cause: RestCause
}

/** Whether billing runs at all. */
export interface BillingControl {
  /** Undefined: it runs. Read anew at most every second. */
  rest(): Promise<Rest | undefined>
  /** The reason of `rest`. */
  pausedReason(): Promise<string | undefined>
  pause(reason: string, actor: string): Promise<void>
  /**
   * The books are about to be compared with the payment service. The answer notes what that left open; it notes
   * nothing where the database was restored, or billing paused, meanwhile.
   */
  reconciling(): Promise<(left: LeftOpen) => Promise<void>>
  /**
   * What the last comparison of a restored database left open.
   * @throws HttpProblem `not_reconciled` where `resume` would, unless `force`
   */
  checkResumable(options?: { readonly force?: boolean }): Promise<LeftOpen | undefined>
  /**
   * Runs billing again; the database as it is now is taken to be the true one. Forced while Redis does not tell, it
   * runs in every process, until Redis does.
   * @throws HttpProblem `not_reconciled` on a restored database unless everything that can be compared with the payment
   * service was compared since and agrees, or `force`; `unwitnessed` while Redis has not told how far the books had
   * come, unless `force`
   */
  resume(actor: string, options?: { readonly force?: boolean }): Promise<void>
}

/**
 * What changes when a database is restored: the cluster, the timeline that a point-in-time recovery or a promoted
 * replica begins (by the segment that is written now: the control file tells that of the last checkpoint), the
 * database, or in a restore over it the table. Rows may be missing then which the payment service knows of. The sum of the
 * last numbers of rows of money and of the audit log, which are never deleted, is told beside it: it only grows. The
 * sequences of these numbers say less: a server that comes back from a snapshot sets them ahead of the rows.
 */
const FINGERPRINT = `SELECT (SELECT system_identifier FROM pg_control_system()) || ':' ||
  left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) || ':' ||
  (SELECT oid FROM pg_database WHERE datname = current_database()) || ':' ||
  'ledger_entry'::regclass::oid AS fingerprint, (SELECT COALESCE(MAX(id), 0) FROM ledger_entry) +
  (SELECT COALESCE(MAX(id), 0) FROM credit_entry) + (SELECT COALESCE(MAX(id), 0) FROM audit_event) AS highest`

interface Print {
  readonly fingerprint: string
  readonly highest: bigint
}

interface Writing {
  readonly actor: string
  readonly isRestored?: boolean
  readonly isWaived?: boolean
}

/** Whether Redis remembers more of these books, or other books after which these are not the last ones any more. */
function isRolledBack(before: ReadonlyMap<string, bigint>, { fingerprint, highest }: Print): boolean {
  const known = before.get(fingerprint)
  return known === undefined ? before.size > 0 : highest < known
}

export function createBillingControl({
  pool,
  witness,
  now,
  log,
}: {
  readonly pool: Pool
  /** Absent: a database that was rolled back while no broker ran is not known by its rows. */
  readonly witness?: BooksWitness | undefined
  readonly now: () => Date
  readonly log: Log
}): BillingControl {
  /** The last look, also one under way: whoever asks meanwhile waits for the same. */
  let known: { readonly look: Promise<Rest | undefined>; readonly readAt: number } | undefined
  /** How many rows this process has seen: a database that had fewer was rolled back under it. */
  let highestSeen = 0n
  let isWitnessHeard = witness === undefined
  let isSilenceTold = false

  /** How far books were, as Redis remembers it; undefined: it does not tell now. */
  async function ask(from: BooksWitness): Promise<ReadonlyMap<string, bigint> | undefined> {
    try {
      return await from.highest()
    } catch (error) {
      if (!isSilenceTold)
        log.warn({ err: error }, 'whether the registry was rolled back is not known yet: Redis does not tell')
      isSilenceTold = true
      return undefined
    }
  }

  /** Whether nothing tells now how far the books had come, and nothing has told this process before. */
  async function isUnwitnessed(): Promise<boolean> {
    return witness !== undefined && !isWitnessHeard && (await ask(witness)) === undefined
  }

  /** Only what no other look has told already. That it fails costs the next process a sign, and this one nothing. */
  function tell({ fingerprint, highest }: Print): void {
    if (highest <= highestSeen) return
    highestSeen = highest
    // What nobody has compared with the books yet stays as it is.
    if (isWitnessHeard) remember({ fingerprint, highest })
  }

  function remember({ fingerprint, highest }: Print): void {
    witness?.saw(fingerprint, highest).catch(error => {
      log.warn({ err: error }, 'how far the books have come is not in Redis')
    })
  }

  async function print(): Promise<Print> {
    const { rows } = await pool.query<{ fingerprint: string; highest: string }>(FINGERPRINT)
    return { fingerprint: rows[0]?.fingerprint ?? '', highest: BigInt(rows[0]?.highest ?? 0) }
  }

  async function write(
    reason: string | null,
    { actor, isRestored = false, isWaived = false }: Writing,
    found?: Print,
  ): Promise<void> {
    const { fingerprint, highest } = found ?? (await print())
    await pool.query(
      `INSERT INTO billing_control
         (id, paused_reason, database_fingerprint, is_restored, changed_by, changed_at, witness_waived)
       VALUES (1, $1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE
       SET paused_reason = $1, database_fingerprint = $2, is_restored = $3, changed_by = $4, changed_at = $5,
         witness_waived = $6, reconciled_at = NULL, reconciled_left = NULL`,
      [reason, fingerprint, isRestored, actor, now(), isWaived],
    )
    known = undefined
    highestSeen = highest
  }

  /**
   * These books are taken as they are. Not before somebody resumes: until it is decided, what came before is
   * remembered. Where it fails, the next process takes them for rolled back once more: a rest too many.
   */
  async function accept({ fingerprint, highest }: Print): Promise<void> {
    try {
      await witness?.accept(fingerprint, highest)
      isWitnessHeard = true
    } catch (error) {
      log.warn({ err: error }, 'that the books are taken as they are is not in Redis')
    }
  }

  async function stored() {
    const { rows } = await pool.query<{
      paused_reason: string | null
      database_fingerprint: string | null
      is_restored: boolean
      changed_at: Date
      reconciled_left: unknown
      witness_waived: boolean
    }>(
      `SELECT paused_reason, database_fingerprint, is_restored, changed_at, reconciled_left, witness_waived
       FROM billing_control WHERE id = 1`,
    )
    return rows[0]
  }

  async function read(): Promise<Rest | undefined> {
    // Taken before the database is asked: an answer that comes late is older than what other looks have seen since.
    const floor = highestSeen
    const row = await stored()
    // Redis after the row: whoever resumes tells Redis first.
    const isToCompare = witness !== undefined && !isWitnessHeard
    const before = isToCompare ? await ask(witness) : undefined
    const found = await print()
    const { fingerprint, highest } = found
    const unwitnessed = { reason: NOTES.unwitnessed, cause: 'unwitnessed' } as const
    if (row === undefined) {
      if (isToCompare && before === undefined) return unwitnessed
      await accept(found)
      await write(null, { actor: 'system' }, found)
      return undefined
    }
    const { paused_reason: reason, is_restored: isRestored } = row
    // Where it is known that rows may be missing, Redis has no more to tell until somebody resumes.
    const compared = isRestored ? undefined : before
    const isAnother = compared !== undefined && isRolledBack(compared, found)
    if (row.database_fingerprint === fingerprint && highest >= floor && !isAnother) {
      tell(found)
      // Not before it was compared: a look that fails on its way uses nothing up.
      if (compared !== undefined) {
        isWitnessHeard = true
        remember(found)
        if (row.witness_waived)
          await pool.query('UPDATE billing_control SET witness_waived = FALSE WHERE id = 1')
      }
      if (reason !== null) return { reason, cause: isRestored ? 'restored' : 'operator' }
      return isToCompare && compared === undefined && !row.witness_waived ? unwitnessed : undefined
    }
    // Also where billing was paused before: the reason of then says nothing of the rows that are missing now.
    await write(NOTES.restored, { actor: 'system', isRestored: true })
    log.error({ database: fingerprint, before: row.database_fingerprint }, `billing rests. ${NOTES.restored}`)
    return { reason: NOTES.restored, cause: 'restored' }
  }

  function rest(): Promise<Rest | undefined> {
    const clock = performance.now()
    if (known !== undefined && clock - known.readAt <= 1000) return known.look
    const look = read()
    const mine = { look, readAt: clock }
    known = mine
    look.catch(() => {
      if (known === mine) known = undefined
    })
    return look
  }

  async function checkResumable({ force = false } = {}): Promise<LeftOpen | undefined> {
    await read()
    if (!force && (await isUnwitnessed())) throw notWitnessed()
    const row = await stored()
    if (row?.is_restored !== true) return undefined
    const left = LeftOpen.safeParse(row.reconciled_left).data
    if (!force && (left === undefined || !isSettled(left))) throw notReconciled(left)
    return left
  }

  return {
    rest,
    pausedReason: async () => (await rest())?.reason,
    async pause(reason, actor) {
      await read()
      const isRestored = (await stored())?.is_restored === true
      await write(reason, { actor, isRestored })
    },
    async reconciling() {
      await read()
      const row = await stored()
      const begun = row?.changed_at
      // Once read for the first time and never comparable: a further comparison takes these for agreeing.
      const formerly = LeftOpen.safeParse(row?.reconciled_left).data?.firstRead ?? 0
      return async left => {
        await read()
        await pool.query(
          `UPDATE billing_control SET reconciled_at = $1, reconciled_left = $2 WHERE id = 1 AND changed_at = $3`,
          [now(), JSON.stringify({ ...left, firstRead: left.firstRead + formerly }), begun],
        )
      }
    },
    checkResumable,
    async resume(actor, options) {
      await checkResumable(options)
      // Asked anew: what this process has heard before is nothing that another one has.
      const isWaived = witness === undefined ? options?.force === true : (await ask(witness)) === undefined
      const found = await print()
      if (!isWaived) await accept(found)
      await write(null, { actor, isWaived }, found)
    },
  }
}

function notReconciled(left: LeftOpen | undefined): HttpProblem {
  return new HttpProblem({
    status: 409,
    code: 'not_reconciled',
    detail:
      left === undefined
        ? 'This database was restored and its books were not compared since: billing reconcile comes first, or months may be paid twice. To resume all the same, force it.'
        : `This database was restored, and months may be paid twice: the last billing reconcile left ${leftOpenText(left)}. Reconcile again when that has ended. Where the payment service cannot tell, look the accounts up there, then force it and say why.`,
  })
}

function notWitnessed(): HttpProblem {
  return new HttpProblem({
    status: 409,
    code: 'unwitnessed',
    detail:
      'Redis does not answer, and it alone remembers how far these books had come. Resume when it answers; where it never will, force it.',
  })
}
