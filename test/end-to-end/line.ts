import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3'
import {
  createEmptyDatabase,
  dropOdooDatabase,
  type OdooPlace,
  withClient,
} from '../../infra/odoo-instance/create.ts'
import { type SandboxEnvironment, sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { freePorts } from '../../infra/sandbox/ports.ts'
import { Processes } from '../../infra/sandbox/processes.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import {
  agentConf,
  brokerEnvironment,
  nodeArguments,
  odooConf,
  service,
} from '../../infra/services/services.ts'
import { noteLog, noteSecret } from '../fixtures/run-records.ts'
import { noteSettings } from '../fixtures/running-broker.ts'

/** Broker, agent and Odoo of a test's own, as separate processes from source, on the sandbox. */
export interface Line {
  readonly sandbox: SandboxEnvironment
  readonly odoo: OdooPlace
  readonly agentUrl: string
  readonly brokerUrl: string
  /** The agent's file. */
  readonly agentConfiguration: string
  readonly masterPassword: string
  /** A user of odoo.com whose account is new. */
  readonly user: { readonly id: number; readonly login: string; readonly password: string }
  /** A prefix for databases of this test, all of which are dropped at the end. */
  readonly prefix: string
  /** Those with the prefix that are there now, hidden ones too. */
  databases(): Promise<string[]>
  close(): Promise<void>
}

export async function startLine(): Promise<Line> {
  const sandbox = sandboxEnvironment()
  const prefix = `test_line_${randomBytes(4).toString('hex')}`
  const home = mkdtempSync(join(tmpdir(), 'odoo-backup-line-'))
  const odoo: OdooPlace = {
    host: sandbox.pgHost,
    port: sandbox.pgPort,
    user: sandbox.odooDbUser,
    password: sandbox.odooDbPassword,
    dataDir: join(home, 'odoo-data'),
  }
  const [brokerPort = 0, agentPort = 0] = await freePorts(2)
  const [brokerUrl, agentUrl] = [`http://127.0.0.1:${brokerPort}`, `http://127.0.0.1:${agentPort}`]
  const masterPassword = randomBytes(9).toString('hex')
  const database = `${prefix}_broker`
  const brokerRole = brokerPlace(sandbox)
  await createEmptyDatabase(brokerRole, database)
  writeFileSync(join(home, 'odoo.conf'), odooConf(odoo, masterPassword), { mode: 0o600 })
  writeFileSync(
    join(home, 'agent.conf'),
    agentConf({
      odoo_conf: join(home, 'odoo.conf'),
      broker_url: brokerUrl,
      http_port: agentPort,
      queue_database: `${prefix}_queue`,
    }),
    { mode: 0o600 },
  )
  const processes = new Processes(home)
  const broker = nodeArguments('broker', 'main', 'source')
  const brokerSettings = brokerEnvironment({
    sandbox,
    port: brokerPort,
    database,
    stateFolder: join(home, 'broker-state'),
  })
  noteSettings(brokerSettings)
  noteSecret('a master password', masterPassword)
  await processes.start(service('broker', brokerUrl, broker, brokerSettings))
  const agent = nodeArguments('agent', 'main', 'source')
  await processes.start(service('agent', agentUrl, agent, { ODOO_BACKUP_CONFIG: join(home, 'agent.conf') }))
  const user = await registerUser(sandbox)
  return {
    sandbox,
    odoo,
    agentUrl,
    brokerUrl,
    agentConfiguration: join(home, 'agent.conf'),
    masterPassword,
    user,
    prefix,
    databases: () => databasesOf(odoo, prefix),
    close: async () => {
      for (const name of ['agent', 'broker']) await processes.stop(name, 'SIGTERM')
      for (const name of ['agent', 'broker']) noteLog(`the ${name}`, readFileSync(processes.logFile(name)))
      for (const name of await databasesOf(odoo, prefix)) await dropOdooDatabase(odoo, name)
      await dropOdooDatabase(brokerRole, database)
      await removeFolder(sandbox, `${user.id}/`)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function brokerPlace({ brokerDatabaseUrl }: SandboxEnvironment): OdooPlace {
  const { hostname, port, username, password } = new URL(brokerDatabaseUrl)
  return { host: hostname, port: Number(port), user: username, password, dataDir: '/nowhere' }
}

async function registerUser({ odooComUrl }: SandboxEnvironment): Promise<Line['user']> {
  const id = randomInt(1e9, 9e9)
  const user = { id, login: `user-${id}@example.com`, password: randomBytes(6).toString('hex') }
  await fetch(`${odooComUrl}/sandbox/users`, { method: 'POST', body: JSON.stringify(user) })
  return user
}

async function databasesOf(odoo: OdooPlace, prefix: string): Promise<string[]> {
  return withClient({ ...odoo, database: 'postgres' }, async client => {
    const query =
      'SELECT datname FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE starts_with(datname, $1) AND rolname = current_user'
    const { rows } = await client.query<{ datname: string }>(query, [prefix])
    return rows.map(row => row.datname)
  })
}

async function removeFolder(sandbox: SandboxEnvironment, Prefix: string): Promise<void> {
  const client = ownerOf('accounts', sandbox)
  const Bucket = sandbox.bucket
  const { Versions = [], DeleteMarkers = [] } = await client.send(
    new ListObjectVersionsCommand({ Bucket, Prefix }),
  )
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
    await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
  client.destroy()
}
