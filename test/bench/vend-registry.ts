import { createHmac, randomBytes, randomInt } from 'node:crypto'
import { Client } from 'pg'
import { dropDatabase } from '../../infra/sandbox/drop-database.ts'

/** A registry of a benchmark's own, with as many approved instances as wanted. */
export interface BenchRegistry {
  readonly databaseUrl: string
  readonly hashingKeys: string
  /** Registers instances that are there and ask nothing. */
  fill(upTo: number): Promise<void>
  /** Registers instances and gives their keys. */
  register(count: number): Promise<string[]>
}

/**
 * `migrate` brings the empty database to the schema of the broker. `undo` is told, before anything is made, how all
 * of it is removed.
 */
export async function makeBenchRegistry(
  brokerDatabaseUrl: string,
  migrate: (databaseUrl: string) => Promise<unknown>,
  undo: (remove: () => Promise<void>) => void,
): Promise<BenchRegistry> {
  const name = `bench_vend_${randomBytes(6).toString('hex')}`
  const admin = new Client({ connectionString: brokerDatabaseUrl })
  await admin.connect()
  let client: Client | undefined
  undo(async () => {
    await client?.end()
    await dropDatabase(admin, name)
    await admin.end()
  })
  await admin.query(`CREATE DATABASE ${name}`)
  const url = new URL(brokerDatabaseUrl)
  url.pathname = `/${name}`
  await migrate(url.href)
  const inside = new Client({ connectionString: url.href })
  // Its database is dropped under it when the benchmark is interrupted.
  inside.on('error', () => {})
  client = inside
  await inside.connect()
  const key = randomBytes(32)

  async function insert(source: string, values: unknown[]): Promise<void> {
    await inside.query(
      `WITH wanted AS (${source}),
            owner AS (INSERT INTO account (id, provider, subject, folder, payment_token)
                      SELECT account_id, 'odoo', folder, folder, folder FROM wanted)
       INSERT INTO instance (id, key_hash, key_id, state, account_id, purposes, approved_at)
       SELECT gen_random_uuid(), hash, 'k1', 'approved', account_id, '{backup,restore,rotate}', now() FROM wanted`,
      values,
    )
  }

  return {
    databaseUrl: url.href,
    hashingKeys: `k1:${key.toString('base64')}`,
    async fill(upTo) {
      const { rows } = await inside.query<{ count: string }>('SELECT count(*) FROM instance')
      const there = Number(rows[0]?.count)
      const step = 50_000
      // The foreign key is checked at the end of each statement, when the accounts are there.
      for (let from = there; from < upTo; from += step) {
        await insert(
          `SELECT gen_random_uuid() AS account_id, (100000000000 + i)::text AS folder, sha256(i::text::bytea) AS hash
             FROM generate_series($1::bigint, $2::bigint) AS i`,
          [from, Math.min(from + step, upTo) - 1],
        )
        process.stdout.write(`\rregistered ${Math.min(from + step, upTo).toLocaleString('en')} instances`)
      }
      process.stdout.write('\n')
      await inside.query('VACUUM ANALYZE account, instance')
    },
    async register(count) {
      const keys = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
      const hashes = keys.map(userKey => createHmac('sha256', key).update(userKey, 'utf8').digest())
      const folders = keys.map((_userKey, index) => `${randomInt(1_000_000, 9_999_999)}${1_000_000 + index}`)
      await insert(
        'SELECT gen_random_uuid() AS account_id, folder, hash FROM unnest($1::text[], $2::bytea[]) AS given(folder, hash)',
        [folders, hashes],
      )
      return keys
    },
  }
}
