import { expect, test } from '@jest/globals'
import { Pool } from 'pg'
import { inTransaction } from '../../apps/broker/src/billing/ledger/ledger.ts'
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
