import type { ClientBase } from 'pg'

/**
 * Ends the sessions in a database that Odoo's role may end: its own, and those of roles it is a member of. Others
 * are left alone, because asking for one of them fails the whole statement: PostgreSQL's autovacuum workers, which
 * go by themselves when the database is renamed or dropped, and a superuser's session, which then is the reason
 * that PostgreSQL gives for refusing.
 */
export async function endSessions(client: Pick<ClientBase, 'query'>, database: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = $1 AND pid <> pg_backend_pid() AND pg_has_role(usesysid, 'MEMBER')`,
    [database],
  )
}
