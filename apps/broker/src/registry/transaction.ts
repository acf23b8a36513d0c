import type { Pool, PoolClient } from 'pg'

/** What is to be told where the transaction that a connection is in does not come to its end. */
const untold = new WeakMap<object, (() => void)[]>()

/** Calls `tell` where the commit of the transaction under way is not confirmed. */
export function ifNotCommitted(client: object, tell: () => void): void {
  untold.get(client)?.push(tell)
}

/** Runs work in one database transaction. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  const tellings: (() => void)[] = []
  untold.set(client, tellings)
  /** Set where the transaction may still be open: such a connection goes back to nobody. */
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    for (const tell of tellings) tell()
    await client.query('ROLLBACK').catch(failure => {
      broken = failure instanceof Error ? failure : new Error(String(failure))
    })
    throw error
  } finally {
    untold.delete(client)
    client.release(broken)
  }
}
