import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import type { Choices } from './choices.ts'
import type { Server } from './processes.ts'
import { postgresPrograms, runProgram } from './programs.ts'

const SUPERUSER = 'sandbox_superuser'
export const ODOO_ROLE = 'odoo'
const BROKER_ROLE = 'odoo_backup_broker'

/** Fast rather than lasting through a power cut: what a sandbox holds can be made again. */
const SETTINGS = [
  'max_connections = 200',
  'shared_buffers = 64MB',
  'fsync = off',
  'full_page_writes = off',
  'synchronous_commit = off',
  "unix_socket_directories = ''",
  "listen_addresses = '127.0.0.1'",
  'password_encryption = scram-sha-256',
  'logging_collector = off',
]

/** What a PostgreSQL server is set up by. */
export type PostgresChoices = Pick<Choices, 'postgresPassword' | 'odooPassword' | 'brokerPassword'> & {
  readonly ports: Pick<Choices['ports'], 'postgres'>
}

/** The cluster as a server of the sandbox; its data is made by `initdb` when it has none. */
export function postgresServer(folder: string, choices: PostgresChoices): Server {
  const identity = postgresIdentity()
  const data = dataFolder(folder, identity)
  const programs = postgresPrograms(clusterVersion(data))
  if (programs === undefined)
    throw new Error(`PostgreSQL ${clusterVersion(data) ?? ''} is not installed (${data} was made with it).`)
  if (!existsSync(join(data, 'made'))) makeCluster(data, programs, choices, identity)
  return {
    name: 'postgres',
    command: join(programs, 'postgres'),
    args: ['-D', data, '-p', String(choices.ports.postgres)],
    identity,
    stopSignal: 'SIGINT',
    ready: () => answers(choices),
  }
}

/** Where and as whom the sandbox's superuser connects. */
export function superuserConnection(choices: PostgresChoices, database = 'postgres'): pg.ClientConfig {
  return {
    host: '127.0.0.1',
    port: choices.ports.postgres,
    user: SUPERUSER,
    password: choices.postgresPassword,
    database,
  }
}

/** Makes the roles and the broker's database where they are missing. */
export async function makeRoles(choices: PostgresChoices): Promise<void> {
  const client = new pg.Client(superuserConnection(choices))
  await client.connect()
  try {
    const has = async (catalogue: string, column: string, name: string) =>
      (await client.query(`SELECT FROM ${catalogue} WHERE ${column} = $1`, [name])).rowCount === 1
    const roles = [
      [ODOO_ROLE, choices.odooPassword],
      [BROKER_ROLE, choices.brokerPassword],
    ] as const
    for (const [role, password] of roles)
      if (!(await has('pg_roles', 'rolname', role)))
        await client.query(`CREATE ROLE ${role} LOGIN CREATEDB PASSWORD ${client.escapeLiteral(password)}`)
    if (!(await has('pg_database', 'datname', BROKER_ROLE)))
      await client.query(
        `CREATE DATABASE ${BROKER_ROLE} OWNER ${BROKER_ROLE} TEMPLATE template0 ENCODING 'UTF8'`,
      )
  } finally {
    await client.end()
  }
}

export function postgresLines(choices: PostgresChoices) {
  const port = choices.ports.postgres
  return {
    SANDBOX_PG_HOST: '127.0.0.1',
    SANDBOX_PG_PORT: port,
    SANDBOX_PG_SUPERUSER: SUPERUSER,
    SANDBOX_PG_SUPERUSER_PASSWORD: choices.postgresPassword,
    SANDBOX_ODOO_DB_USER: ODOO_ROLE,
    SANDBOX_ODOO_DB_PASSWORD: choices.odooPassword,
    SANDBOX_BROKER_DATABASE_URL: `postgresql://${BROKER_ROLE}:${choices.brokerPassword}@127.0.0.1:${port}/${BROKER_ROLE}`,
  }
}

async function answers(choices: PostgresChoices): Promise<boolean> {
  const client = new pg.Client({ ...superuserConnection(choices), connectionTimeoutMillis: 2_000 })
  // A server that shuts the connection down is one that does not answer yet.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** PostgreSQL refuses to run as root: there it runs as Debian's user `postgres`, otherwise as ourselves. */
function postgresIdentity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(runProgram('id', [flag, 'postgres']))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * `postgres` in the sandbox's folder; or, where the system user cannot pass through a folder above it (a clone
 * in root's home), a folder of /var/tmp named after it.
 */
function dataFolder(folder: string, identity: { uid: number } | undefined): string {
  if (identity === undefined || isOpenToAll(folder)) return join(folder, 'postgres')
  return `/var/tmp/odoo-backup-sandbox-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`
}

function isOpenToAll(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false
  return dirname(folder) === folder || isOpenToAll(dirname(folder))
}

function clusterVersion(data: string): number | undefined {
  const file = join(data, 'PG_VERSION')
  return existsSync(join(data, 'made')) ? Number(readFileSync(file, 'utf8')) : undefined
}

function makeCluster(
  data: string,
  programs: string,
  choices: PostgresChoices,
  identity: { uid: number; gid: number } | undefined,
): void {
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true, mode: 0o700 })
  if (identity !== undefined) chownSync(data, identity.uid, identity.gid)
  const passwordFile = `${data}.password`
  writeFileSync(passwordFile, `${choices.postgresPassword}\n`, { mode: 0o600 })
  if (identity !== undefined) chownSync(passwordFile, identity.uid, identity.gid)
  const authentication = ['--auth-local=reject', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`]
  try {
    runProgram(
      join(programs, 'initdb'),
      ['-D', data, '-U', SUPERUSER, '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', ...authentication],
      { identity },
    )
  } finally {
    rmSync(passwordFile)
  }
  appendFileSync(join(data, 'postgresql.conf'), `${SETTINGS.join('\n')}\n`)
  writeFileSync(join(data, 'made'), '')
}
