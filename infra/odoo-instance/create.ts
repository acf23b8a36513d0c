import { rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { dropDatabase } from '../sandbox/drop-database.ts'
import { fillFilestore, type Owner } from './filestore.ts'
import { insertRows } from './rows.ts'
import { schemaStatements } from './schema.ts'

/** Where an Odoo lives: its role in PostgreSQL, and its data_dir. */
export interface OdooPlace {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** Odoo's data_dir: filestores are in `filestore/DATABASE` below it. */
  readonly dataDir: string
  /** The system user to whom files are given; whoever runs this, if absent. */
  readonly owner?: Owner | undefined
}

export interface OdooSize {
  /** About 1 kB of database each; 12,000 make about 30 MB on disk. */
  readonly records?: number
  readonly filestoreBytes?: number
  readonly seed?: string
}

export function filestoreOf(place: OdooPlace, database: string): string {
  return join(place.dataDir, 'filestore', database)
}

/** How to connect to a database of this Odoo. */
export function connectionTo(place: OdooPlace, database: string): pg.ClientConfig {
  const { host, port, user, password } = place
  return { host, port, user, password, database }
}

/** Makes a database with a filestore as an Odoo 16 with sales and mail has them. */
export async function createOdooDatabase(
  place: OdooPlace,
  database: string,
  size: OdooSize = {},
): Promise<{ databaseBytes: number; files: number; filestoreBytes: number }> {
  await createEmptyDatabase(place, database)
  return withClient(connectionTo(place, database), async client => {
    await client.query(schemaStatements().join(';\n'))
    await insertRows(client, size.records ?? 7_000)
    const filestore = await fillFilestore(client, filestoreOf(place, database), {
      bytes: size.filestoreBytes ?? 14 * 1024 ** 2,
      seed: size.seed ?? database,
      owner: place.owner,
    })
    const { rows } = await client.query('SELECT pg_database_size(current_database())::float8 AS bytes')
    return { databaseBytes: rows[0].bytes, files: filestore.files, filestoreBytes: filestore.bytes }
  })
}

/** As Odoo makes an empty database: from template0, in UTF-8, ordered by bytes. */
export async function createEmptyDatabase(place: OdooPlace, database: string): Promise<void> {
  await withClient(connectionTo(place, 'postgres'), async client => {
    const name = client.escapeIdentifier(database)
    await client.query(`CREATE DATABASE ${name} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0`)
  })
}

/** Removes a database and its filestore, whichever of the two there is. */
export async function dropOdooDatabase(place: OdooPlace, database: string): Promise<void> {
  await withClient(connectionTo(place, 'postgres'), async client => {
    await dropDatabase(client, database)
  })
  rmSync(filestoreOf(place, database), { recursive: true, force: true })
}

export async function withClient<T>(
  configuration: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(configuration)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
