import type { ClientBase } from 'pg'
import { OdooError } from '../errors.ts'

/** So many are named in the error. */
const MOST_NAMED = 10

/**
 * Refuses a database of which pg_dump could not read all, before any work is done, and names what. Asked of PostgreSQL,
 * since pg_dump's own words stand in the server's language, and call a table that may not be read one that could not be
 * locked. What pg_dump reads: the rows of tables and the values of sequences, outside of PostgreSQL's own schemas; of
 * an extension's, those that it marks as its configuration (PostgreSQL's src/bin/pg_dump/pg_dump.c,
 * `selectDumpableNamespace`, `checkExtensionMembership`, `processExtensionTables`).
 * @throws OdooError `role_lacks_right`
 */
export async function checkReadable(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ relation: string; role: string }>(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS relation, quote_ident(current_user) AS role
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'))
       AND NOT EXISTS (
         SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
           AND d.refclassid = 'pg_extension'::regclass AND c.oid <> ALL (coalesce(e.extconfig, '{}')))
     ORDER BY c.relkind = 'S', 1`,
  )
  const [first] = rows
  if (first === undefined) return
  const named = rows.slice(0, MOST_NAMED).map(({ relation }) => relation)
  const more = rows.length > named.length ? ` and ${rows.length - named.length} more` : ''
  throw new OdooError(
    'role_lacks_right',
    `Odoo's PostgreSQL role may not read all of the database: ${named.join(', ')}${more}. As the superuser make it the ` +
      `owner (such as ALTER TABLE ${first.relation} OWNER TO ${first.role};), or grant it SELECT, and USAGE on the schema.`,
  )
}
