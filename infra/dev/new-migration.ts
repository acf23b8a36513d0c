/**
 * Writes the next migration of the broker's registry: what prisma/schema.prisma has beyond its committed form.
 *
 *     node --conditions=odoo-backup-source --import tsx infra/dev/new-migration.ts NAME
 *
 * Commit both together. Triggers and the like are added to the file by hand. Two texts are compared; but the
 * engine wants to see a PostgreSQL server, any, which BROKER_DATABASE_URL names. It changes nothing there.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { MIGRATIONS_FOLDER } from '../../apps/broker/src/registry/migrate.ts'
import { withSchemaEngine } from '../../apps/broker/src/registry/schema-engine.ts'

const SCHEMA = 'prisma/schema.prisma'

/** The schema as last committed, unless no migration exists yet. */
function committedSchema(): string | undefined {
  const made = execFileSync('git', ['ls-tree', '-r', '--name-only', 'HEAD', 'prisma/migrations'])
  return made.length === 0 ? undefined : execFileSync('git', ['show', `HEAD:${SCHEMA}`], { encoding: 'utf8' })
}

const [name] = process.argv.slice(2)
const url = process.env.BROKER_DATABASE_URL
if (url === undefined || !/^[a-z][a-z0-9_]*$/.test(name ?? '')) {
  process.stderr.write(
    'Set BROKER_DATABASE_URL, and give the migration a name of small letters, digits and underscores.\n',
  )
  process.exit(64)
}
const files = (content: string) => [{ path: SCHEMA, content }]
const schema = await readFile(SCHEMA, 'utf8')
const before = committedSchema()
const { stdout } = await withSchemaEngine(
  url,
  engine =>
    engine.diff({
      from: before === undefined ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: files(before) },
      to: { tag: 'schemaDatamodel', files: files(schema) },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  [[SCHEMA, schema]],
)
if (!/^[A-Z]/m.test(stdout ?? '')) {
  process.stdout.write('Nothing has changed.\n')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = `${MIGRATIONS_FOLDER}/${stamp}_${name}`
  await mkdir(folder)
  await writeFile(`${folder}/migration.sql`, stdout ?? '')
  process.stdout.write(`${folder}/migration.sql\n`)
}
