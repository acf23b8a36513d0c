import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { withSchemaEngine } from './schema-engine.ts'

/** Prisma's own layout: `<timestamp>_<name>/migration.sql` and `migration_lock.toml`. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url))

/** Brokers that start together migrate one after the other: an arbitrary number, the same in all of them. */
const MIGRATION_LOCK = 7_166_209_145_001n

/**
 * Brings the registry's database to the newest schema; returns the names of the migrations that it applied.
 * Does nothing when there is nothing to do, and is safe to run from several brokers at once.
 */
export async function migrateRegistry(databaseUrl: string): Promise<string[]> {
  const lock = new Client({ connectionString: databaseUrl, application_name: 'odoo-backup broker migration' })
  await lock.connect()
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    return await applyAll(databaseUrl)
  } finally {
    await lock.end()
  }
}

async function applyAll(databaseUrl: string): Promise<string[]> {
  const migrationsList = await readMigrations()
  const filters = { externalTables: [], externalEnums: [] }
  const applied = await withSchemaEngine(databaseUrl, engine =>
    engine.applyMigrations({ migrationsList, filters }),
  )
  return applied.appliedMigrationNames
}

/** All migrations on disk, oldest first, in the shape that the schema engine reads. */
async function readMigrations(folder = MIGRATIONS_FOLDER) {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
  const read = async (path: string) => await readFile(`${folder}/${path}`, 'utf8')
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: await read('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async name => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await read(`${name}/migration.sql`) },
        },
      })),
    ),
  }
}
