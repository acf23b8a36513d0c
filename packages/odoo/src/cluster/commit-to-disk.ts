import type { ClientBase } from 'pg'

/**
 * What this session commits outlives a crash of the server, also of one that commits lazily. Only `off` does without
 * the server's own disk; the other values wait for standbys less or more, which is the administrator's to say
 * (https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT).
 */
export async function commitToDisk(client: Pick<ClientBase, 'query'>): Promise<void> {
  await client.query(
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
  )
}
