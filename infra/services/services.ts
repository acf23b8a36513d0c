import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createEmptyDatabase, type OdooPlace, withClient } from '../odoo-instance/create.ts'
import { dropDatabase } from '../sandbox/drop-database.ts'
import type { SandboxEnvironment } from '../sandbox/environment.ts'
import type { Server } from '../sandbox/processes.ts'
import { odooComSettings, storeSettings, usageSettings } from './broker-surroundings.ts'

const root = join(import.meta.dirname, '../..')

/** How a service is run: what was built, or its source, watched or not. */
export type From = 'build' | 'source' | 'watched source'

/** What is built of a program whose start is not its module itself. */
const BUILT: Readonly<Record<string, string>> = {
  'agent/main': 'bin/agent.cjs',
  'agent/cli/main': 'bin/odoo-backup.cjs',
}

/** The arguments of Node with which a program of an app is run. `program` is its path below `src`, without `.ts`. */
export function nodeArguments(app: 'broker' | 'agent', program: string, from: From): string[] {
  if (from === 'build') {
    return [join(root, 'apps', app, 'dist', BUILT[`${app}/${program}`] ?? `${program}.js`)]
  }
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return [
    '--conditions=odoo-backup-source',
    '--import',
    loader,
    ...(from === 'watched source' ? ['--watch', '--watch-preserve-output'] : []),
    join(root, 'apps', app, 'src', `${program}.ts`),
  ]
}

/** A server that answers `GET /readyz` with 200 when it serves. */
export function service(
  name: string,
  url: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Server {
  const ready = async () => {
    const signal = AbortSignal.timeout(5_000)
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => undefined)
    await answer?.body?.cancel()
    return answer?.status === 200
  }
  return { name, command: process.execPath, args, env, stopSignal: 'SIGTERM', ready }
}

export interface BrokerPlace {
  readonly sandbox: SandboxEnvironment
  readonly port: number
  /** A database of the sandbox's broker role. */
  readonly database: string
  /** Where it notes how far its books have come; made when it starts. */
  readonly stateFolder: string
}

/** The broker's settings for a broker that stands on the sandbox. */
export function brokerEnvironment({
  sandbox,
  port,
  database,
  stateFolder,
}: BrokerPlace): Record<string, string> {
  const url = new URL(sandbox.brokerDatabaseUrl)
  url.pathname = `/${database}`
  return {
    BROKER_PORT: String(port),
    BROKER_PUBLIC_URL: `http://127.0.0.1:${port}`,
    BROKER_DATABASE_URL: url.href,
    BROKER_STATE_FOLDER: stateFolder,
    BROKER_HASHING_KEYS: `k1:${keyFor('hashing', sandbox)}`,
    BROKER_SEALING_KEYS: `k1:${keyFor('sealing', sandbox)}`,
    ...odooComSettings(sandbox),
    ...storeSettings(sandbox),
    ...usageSettings(sandbox),
  }
}

/** A key of 32 bytes that is the same at every start on the same sandbox. */
function keyFor(use: string, { brokerSecretAccessKey }: SandboxEnvironment): string {
  return createHash('sha256').update(`${use} ${brokerSecretAccessKey}`).digest('base64')
}

/** Makes an empty database for a broker, in the place of an earlier one if `fresh`. */
export async function makeBrokerDatabase(
  sandbox: SandboxEnvironment,
  database: string,
  fresh: boolean,
): Promise<void> {
  const { username, password, hostname, port } = new URL(sandbox.brokerDatabaseUrl)
  const place = { host: hostname, port: Number(port), user: username, password, dataDir: '/nowhere' }
  const there = await withClient({ ...place, database: 'postgres' }, async client => {
    if (fresh) await dropDatabase(client, database)
    return (await client.query('SELECT FROM pg_database WHERE datname = $1', [database])).rowCount === 1
  })
  if (!there) await createEmptyDatabase(place, database)
}

/** odoo.conf of an Odoo that lives on the sandbox. */
export function odooConf(place: OdooPlace, masterPassword: string): string {
  return `[options]
admin_passwd = ${masterPassword}
db_host = ${place.host}
db_port = ${place.port}
db_user = ${place.user}
db_password = ${place.password}
data_dir = ${place.dataDir}
list_db = True
`
}

/** The agent's own configuration file as an administrator would write it: the rest has defaults or is written there. */
export function agentConf(settings: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `odoo_backup_sh_${name} = ${value}`)
  return `[options]\n${lines.join('\n')}\n`
}
