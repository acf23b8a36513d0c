import type { Pool } from 'pg'
import { GROUPED_QUERY_TIMEOUT_MS } from '../../registry/grouped-query.ts'
import { WORK_LOCK } from './alone.ts'

/** How the runs of one work by the clock went, whichever broker did them. */
export interface WorkRuns {
  readonly name: string
  /** Since when it is to be done: the settings plan it, or a run was broken off since its broker ended. */
  readonly knownAt: Date
  readonly begunAt: Date | undefined
  readonly doneAt: Date | undefined
  readonly failedAt: Date | undefined
  /** So many in a row failed since the last that was done. */
  readonly failures: number
  /** Some broker is at it. */
  readonly isUnderWay: boolean
}

/** Keeps how the work by the clock goes in the registry: a queue soon forgets, and may be what is away. */
export interface WorkJournal {
  /** This is to be done from now on, unless it was before; what else was is forgotten, and is new when it comes again. */
  known(names: readonly string[]): Promise<void>
  begun(name: string): Promise<void>
  done(name: string): Promise<void>
  failed(name: string): Promise<void>
  /** A run did not end, since its broker does: another is to be begun. */
  brokenOff(name: string): Promise<void>
  runs(): Promise<WorkRuns[]>
}

interface Row {
  name: string
  known_at: Date
  begun_at: Date | null
  done_at: Date | null
  failed_at: Date | null
  failures: number
  is_under_way: boolean
}

/** Who is at a work holds its lock, which ends with its process: a row alone would not tell of one that died. */
const RUNS = `SELECT name, known_at, begun_at, done_at, failed_at, failures, EXISTS (
    SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.classid = ${WORK_LOCK}::oid AND l.objid = hashtext(name)::oid) AS is_under_way
  FROM scheduled_work`

export function createWorkJournal(pool: Pool, now: () => Date): WorkJournal {
  // Work does not wait long for a note of itself.
  async function write(text: string, values: readonly unknown[]): Promise<void> {
    const query = { text, query_timeout: GROUPED_QUERY_TIMEOUT_MS }
    await pool.query(query, [...values])
  }
  return {
    known: names =>
      write(
        `WITH forgotten AS (DELETE FROM scheduled_work WHERE name <> ALL($1))
         INSERT INTO scheduled_work (name, known_at) SELECT name, $2 FROM unnest($1::text[]) name ON CONFLICT DO NOTHING`,
        [names, now()],
      ),
    begun: name =>
      write(
        `INSERT INTO scheduled_work (name, known_at, begun_at) VALUES ($1, $2, $2)
         ON CONFLICT (name) DO UPDATE SET begun_at = EXCLUDED.begun_at`,
        [name, now()],
      ),
    done: name =>
      write(
        `INSERT INTO scheduled_work (name, known_at, done_at) VALUES ($1, $2, $2)
         ON CONFLICT (name) DO UPDATE SET done_at = EXCLUDED.done_at, failures = 0`,
        [name, now()],
      ),
    failed: name =>
      write(
        `INSERT INTO scheduled_work AS w (name, known_at, failed_at, failures) VALUES ($1, $2, $2, 1)
         ON CONFLICT (name) DO UPDATE SET failed_at = EXCLUDED.failed_at, failures = w.failures + 1`,
        [name, now()],
      ),
    brokenOff: name =>
      write(
        `INSERT INTO scheduled_work (name, known_at) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET known_at = EXCLUDED.known_at`,
        [name, now()],
      ),
    async runs() {
      const { rows } = await pool.query<Row>(RUNS)
      return rows.map(row => ({
        name: row.name,
        knownAt: row.known_at,
        begunAt: row.begun_at ?? undefined,
        doneAt: row.done_at ?? undefined,
        failedAt: row.failed_at ?? undefined,
        failures: row.failures,
        isUnderWay: row.is_under_way,
      }))
    },
  }
}
