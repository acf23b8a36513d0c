import { type ClientBase, escapeIdentifier } from 'pg'

/**
 * Removes a database if it is there, template or not, and ends the sessions of our own role in it. Not by
 * `WITH (FORCE)`: that fails for a plain role while autovacuum is at work there, which a plain DROP sends away.
 */
export async function dropDatabase(client: Pick<ClientBase, 'query'>, database: string): Promise<void> {
  const name = escapeIdentifier(database)
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database])
  if (rowCount === 0) return
  await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false IS_TEMPLATE false`)
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = $1 AND pid <> pg_backend_pid() AND pg_has_role(usesysid, 'MEMBER')`,
    [database],
  )
  await client.query(`DROP DATABASE ${name}`)
}
