import type { ClientBase } from 'pg'
import { quoteIdentifier } from '../cluster/quoting.ts'

/** What happens by itself when a table is changed, as it is to be called again afterwards. */
interface Reaction {
  /** `ALTER TABLE … ` up to what is done with it. */
  readonly table: string
  /** `TRIGGER name` or `RULE name`. */
  readonly subject: string
  /** As in `pg_trigger.tgenabled`: O (by default), A (always), R (on replicas alone). */
  readonly enabled: 'O' | 'A' | 'R'
}

/**
 * Runs `work` in one transaction in which no trigger and no rule of the database's own fires: an administrator's
 * word lets them into a restored database, where they could undo or double what we change in it, or reach others
 * by it. Before the commit they are as they were; foreign keys go on being kept throughout.
 */
export async function withoutTriggers<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const silenced = await reactions(client)
    for (const { table, subject } of silenced) await client.query(`${table} DISABLE ${subject}`)
    const result = await work()
    // A table cannot be altered while deferred checks of it are due.
    await client.query('SET CONSTRAINTS ALL IMMEDIATE')
    for (const { table, subject, enabled } of silenced)
      await client.query(`${table} ENABLE ${AS_IT_WAS[enabled]}${subject}`)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

const AS_IT_WAS = { O: '', A: 'ALWAYS ', R: 'REPLICA ' } as const

/** Those of tables that the role owns; nobody can have put one on another's by restoring a dump. */
async function reactions(client: ClientBase): Promise<readonly Reaction[]> {
  const { rows } = await client.query<{
    schema: string
    table: string
    kind: 'TRIGGER' | 'RULE'
    name: string
    enabled: 'O' | 'A' | 'R'
  }>(
    `SELECT n.nspname AS schema, c.relname AS "table", found.kind, found.name, found.enabled
     FROM (SELECT tgrelid AS relation, 'TRIGGER' AS kind, tgname AS name, tgenabled AS enabled
           FROM pg_trigger WHERE NOT tgisinternal
           UNION ALL
           SELECT ev_class, 'RULE', rulename, ev_enabled FROM pg_rewrite WHERE ev_type <> '1') found
     JOIN pg_class c ON c.oid = found.relation JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND found.enabled <> 'D' AND pg_has_role(c.relowner, 'USAGE')
       AND n.nspname NOT IN ('pg_catalog', 'information_schema')
     ORDER BY c.oid, found.kind, found.name`,
  )
  return rows.map(({ schema, table, kind, name, enabled }) => ({
    table: `ALTER TABLE ONLY ${quoteIdentifier(schema)}.${quoteIdentifier(table)}`,
    subject: `${kind} ${quoteIdentifier(name)}`,
    enabled,
  }))
}
