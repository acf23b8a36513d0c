import { expect, test } from '@jest/globals'
import { Pool } from 'pg'
import { createGroupedAuditTrail } from '../../apps/broker/src/audit/grouped-audit-trail.ts'
import { inTransaction } from '../../apps/broker/src/registry/transaction.ts'
import { until } from '../faults/waiting.ts'
import { openTestRegistry } from '../fixtures/registry-database.ts'

test('a connection whose transaction could not be ended is used by nobody afterwards', async () => {
  const registry = await openTestRegistry()
  const name = 'a frozen database'
  const pool = new Pool({
    connectionString: registry.databaseUrl,
    application_name: name,
    // What is held up for longer is not waited for, nor the one that would undo what it did.
    query_timeout: 3_000,
    idleTimeoutMillis: 0,
  })
  const holder = await registry.pool.connect()
  try {
    await holder.query('SELECT pg_advisory_lock(1)')
    const waiting = inTransaction(pool, client => client.query('SELECT pg_advisory_lock(1)'))
    await expect(waiting).rejects.toThrow('timeout')
    await holder.query('SELECT pg_advisory_unlock(1)')
    const { rows } = await pool.query<{ isOpen: boolean }>(
      'SELECT now() <> statement_timestamp() AS "isOpen"',
    )
    expect(rows).toEqual([{ isOpen: false }])
    await until(async () => {
      const { rowCount } = await registry.pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle'`,
        [name],
      )
      return rowCount === 0 ? true : undefined
    })
    const found = await registry.pool.query<{ state: string }>(
      'SELECT state FROM pg_stat_activity WHERE application_name = $1',
      [name],
    )
    expect(found.rows).toEqual([{ state: 'idle' }])
  } finally {
    holder.release()
    await pool.end()
    await registry.drop()
  }
})

test('what the log was told of a transaction whose commit fails it is told again as not confirmed, and of no other', async () => {
  const registry = await openTestRegistry()
  const { pool } = registry
  const told: string[] = []
  const audit = createGroupedAuditTrail({
    pool,
    now: Date.now,
    copy: ({ action, outcome, reason, at }) => told.push(`${at} ${action} ${outcome} ${reason ?? ''}`),
  })
  const change = (row: string) =>
    inTransaction(pool, async client => {
      await audit.record({ action: `test.${row}`, outcome: 'done', actor: 'operator' }, client)
      await client.query('INSERT INTO late VALUES ($1)', [row])
    })
  try {
    await pool.query('CREATE TABLE late (row text)')
    await pool.query(
      `CREATE FUNCTION refuse_late() RETURNS trigger AS $$ BEGIN
         IF NEW.row = 'bad' THEN RAISE EXCEPTION 'too late'; END IF; RETURN NEW;
       END $$ LANGUAGE plpgsql`,
    )
    await pool.query(
      `CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION refuse_late()`,
    )
    await change('good')
    await expect(change('bad')).rejects.toThrow('too late')
    await change('good')
    const [, bad = ''] = told
    const at = bad.slice(0, 24)
    expect(told.map(line => line.slice(25))).toEqual([
      'test.good done ',
      'test.bad done ',
      'test.bad refused not_confirmed',
      'test.good done ',
    ])
    // By its moment and what it is about whoever reads the log knows which line it takes back.
    expect(told[2]).toMatch(at)
  } finally {
    await registry.drop()
  }
})
