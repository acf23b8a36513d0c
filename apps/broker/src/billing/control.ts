import { randomUUID } from 'node:crypto'
import type { Log } from '@odoo-backup/service'
import type { Pool } from 'pg'
import { skipNoticeNumbers } from '../notices/notice-numbers.ts'
import { isSettled, LeftOpen } from './left-open.ts'
import { NOTES } from './notes.ts'
import { notReconciled, notWitnessed } from './resume-refusals.ts'
import { type BooksDoubt, doubtOf, isEarlier } from './witness/books-doubt.ts'
import { type BooksPrint, furthest, readPrint } from './witness/books-print.ts'
import type { BooksWitness } from './witness/books-witness.ts'
import { createTestimony } from './witness/testimony.ts'

/**
 * Why billing rests: an operator paused it; the database was restored, or a replica took over, or nobody remembers any
 * more how far the books had come, and billing was not resumed since; or their witness has not told that yet.
 */
export type RestCause = 'operator' | 'restored' | 'unwitnessed'

/** Billing that rests. */
export interface Rest {
  readonly reason: string
  readonly cause: RestCause
  /** Resuming may be refused unless it is forced; after a pause by an operator alone it is not. */
  readonly mayNeedForce: boolean
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
   * Runs billing again; the database as it is now is taken to be the true one. Forced while the witness does not
   * tell, it runs in every process, until the witness does.
   * @throws HttpProblem `not_reconciled` on a restored database unless everything that can be compared with the payment
   * service was compared since and agrees, or `force`; `unwitnessed` while the witness has not told how far the
   * books had come, unless `force`
   */
  resume(actor: string, options?: { readonly force?: boolean }): Promise<void>
  /** Takes a last look, so that the witness knows of what this process wrote, and ends. Fails never. */
  close(): Promise<void>
}

interface Writing {
  readonly actor: string
  readonly isRestored?: boolean
  readonly isWaived?: boolean
  readonly isWitnessed?: boolean
  /** Nothing is written where somebody decided since this row was read, or since none was there. */
  readonly unlessDecidedSince?: { readonly row: Row | undefined }
}

interface Row {
  readonly paused_reason: string | null
  readonly database_fingerprint: string | null
  readonly is_restored: boolean
  readonly changed_at: Date
  readonly reconciled_left: unknown
  readonly witness_waived: boolean
  readonly is_witnessed: boolean
  readonly resumed_as: string | null
}

const UNWITNESSED: Rest = { reason: NOTES.unwitnessed, cause: 'unwitnessed', mayNeedForce: true }

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
  /** How far this process has seen the books: a database that ends earlier was rolled back under it. */
  let seen: BooksPrint | undefined
  const testimony = createTestimony({
    witness,
    async noteTold() {
      await pool.query(
        `UPDATE billing_control SET is_witnessed = TRUE, witness_waived = FALSE
         WHERE id = 1 AND (witness_waived OR NOT is_witnessed)`,
      )
    },
    log,
  })

  async function write(
    reason: string | null,
    { actor, isRestored = false, isWaived = false, isWitnessed = false, unlessDecidedSince }: Writing,
    found: BooksPrint,
  ): Promise<boolean> {
    const { rowCount } = await pool.query(
      `INSERT INTO billing_control
         (id, paused_reason, database_fingerprint, is_restored, changed_by, changed_at, witness_waived, is_witnessed,
          resumed_as)
       VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE
       SET paused_reason = $1, database_fingerprint = $2, is_restored = $3, changed_by = $4, changed_at = $5,
         witness_waived = $6, is_witnessed = billing_control.is_witnessed OR $7, reconciled_at = NULL,
         reconciled_left = NULL, resumed_as = $8
       WHERE NOT $9 OR billing_control.changed_at = $10`,
      [
        reason,
        found.fingerprint,
        isRestored,
        actor,
        now(),
        isWaived,
        isWitnessed,
        found.resumedAs,
        unlessDecidedSince !== undefined,
        unlessDecidedSince?.row?.changed_at ?? null,
      ],
    )
    known = undefined
    if (rowCount !== 1) return false
    seen = found
    return true
  }

  async function stored() {
    const { rows } = await pool.query<Row>(
      `SELECT paused_reason, database_fingerprint, is_restored, changed_at, reconciled_left, witness_waived, is_witnessed,
         resumed_as
       FROM billing_control WHERE id = 1`,
    )
    return rows[0]
  }

  async function read(): Promise<Rest | undefined> {
    // Taken before the database is asked: an answer that comes late is older than what other looks have seen since.
    const floor = seen
    const row = await stored()
    // Somebody resumed meanwhile, or these are the books of before that: the witness knows which.
    if (floor !== undefined && row?.database_fingerprint !== floor.fingerprint) testimony.doubt()
    // The witness after the row: whoever resumes tells the witness first.
    const isAwaited = testimony.isAwaited()
    const answer = isAwaited ? await testimony.ask() : undefined
    const found = await readPrint(pool, row?.resumed_as ?? null)
    if (row === undefined) {
      if (isAwaited && answer === undefined) return UNWITNESSED
      // These very books, from before billing first looked at them.
      if (answer !== undefined && isEarlier(found, answer)) return restored(found, 'restored', undefined)
      const isWitnessed = await testimony.accept(found)
      const isFirst = await write(null, { actor: 'system', isWitnessed, unlessDecidedSince: { row } }, found)
      return isFirst ? undefined : read()
    }
    const { paused_reason: reason, is_restored: isRestored, witness_waived: isWaived } = row
    // Where it is known that rows may be missing, the witness has no more to tell until somebody resumes.
    const remembered = isRestored ? undefined : answer
    const doubt = doubtOf(found, {
      lastFingerprint: row.database_fingerprint,
      seen: floor,
      remembered,
      // Whoever let billing run without the witness has decided already what one that knows nothing would ask.
      wasWitnessTold: row.is_witnessed && !isWaived,
    })
    // It rests already, and what was reconciled since stays so: only this process has not looked for long.
    if (doubt !== undefined && isRestored && row.database_fingerprint === found.fingerprint) {
      seen = found
      return { reason: reason ?? NOTES[doubt], cause: 'restored', mayNeedForce: true }
    }
    // Also where billing was paused before: the reason of then says nothing of the rows that are missing now.
    if (doubt !== undefined) return restored(found, doubt, row)
    seen = furthest(seen, found)
    // A waiver ends with what is told, not before: else the next process would take the witness for one that has forgotten.
    const told = { print: found, isNoted: row.is_witnessed && !isWaived }
    // Not before it was compared: a look that fails on its way uses nothing up.
    if (remembered !== undefined) await testimony.agree(told)
    // What nobody has compared with the payment service yet stays as it is. Else told at each look: a witness that was
    // away, or has lost all under a broker that runs, and so knows that nothing was rolled back, learns it again.
    else if (!isRestored) testimony.tell(told)
    if (reason !== null && isRestored) return { reason, cause: 'restored', mayNeedForce: true }
    if (reason !== null) return { reason, cause: 'operator', mayNeedForce: isAwaited && answer === undefined }
    return isAwaited && remembered === undefined && !isWaived ? UNWITNESSED : undefined
  }

  async function restored(
    found: BooksPrint,
    doubt: BooksDoubt,
    row: Row | undefined,
  ): Promise<Rest | undefined> {
    const reason = NOTES[doubt]
    const writing = { actor: 'system', isRestored: true, unlessDecidedSince: { row } }
    await skipNoticeNumbers(pool)
    // Whoever resumed while the witness was asked is not overruled by what it said of the books of before that.
    if (!(await write(reason, writing, found))) return read()
    log.error({ database: found.fingerprint, before: row?.database_fingerprint }, `billing rests. ${reason}`)
    return { reason, cause: 'restored', mayNeedForce: true }
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
    if (!force && testimony.isAwaited() && (await testimony.ask()) === undefined) throw notWitnessed()
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
      const row = await stored()
      const found = await readPrint(pool, row?.resumed_as ?? null)
      await write(reason, { actor, isRestored: row?.is_restored === true }, found)
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
      const isForced = options?.force === true
      // What was given up by a restore is other books from now on, also where a snapshot of it comes back.
      const row = await stored()
      const former = row?.resumed_as ?? null
      const found = await readPrint(pool, row?.is_restored === true ? randomUUID() : former)
      if (await testimony.accept(found)) {
        await write(null, { actor, isWitnessed: true }, found)
        return
      }
      if (witness !== undefined && !isForced) throw notWitnessed()
      await write(null, { actor, isWaived: isForced }, await readPrint(pool, former))
    },
    async close() {
      if (witness === undefined) return
      try {
        await read()
      } catch (error) {
        log.warn({ err: error }, 'the last rows of the books could not be told to their witness')
      }
      await testimony.settled()
    },
  }
}
