import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createOdooDatabase, type OdooPlace, withClient } from '../odoo-instance/create.ts'
import { sandboxEnvironment } from '../sandbox/environment.ts'
import { sandboxFolder } from '../sandbox/folder.ts'
import { isFree } from '../sandbox/ports.ts'
import { startSandbox } from '../sandbox/sandbox.ts'
import { ensureSystemPackages } from '../sandbox/system-packages.ts'
import {
  agentConf,
  brokerEnvironment,
  makeBrokerDatabase,
  nodeArguments,
  odooConf,
} from '../services/services.ts'
import { FIRST_OPERATOR, writeSettingsFile } from '../services/settings-file.ts'

/**
 * `npm run dev`: broker and agent from their source on the sandbox, started again at each change, and the agent's
 * pages built again at each change. Ctrl-C ends them; the sandbox and what they stored stay.
 */
const SAMPLE = 'dev'
const MASTER_PASSWORD = 'dev'
const root = join(import.meta.dirname, '../..')
const say = (line: string) => console.log(line)

interface Part {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

async function prepare(): Promise<{ parts: Part[]; addresses: string }> {
  const folder = sandboxFolder()
  ensureSystemPackages(['sandbox'], say)
  await startSandbox(folder, say)
  const sandbox = sandboxEnvironment(folder)
  for (const port of [sandbox.brokerPort, sandbox.agentPort])
    if (!(await isFree(port)))
      throw new Error(
        `Port ${port} is taken: end a demo that still runs (npm run demo -- --stop), or another npm run dev.`,
      )
  const home = join(folder, 'dev')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const odoo: OdooPlace = {
    host: sandbox.pgHost,
    port: sandbox.pgPort,
    user: sandbox.odooDbUser,
    password: sandbox.odooDbPassword,
    dataDir: join(home, 'odoo-data'),
  }
  await makeSample(odoo)
  const database = 'odoo_backup_dev_broker'
  await makeBrokerDatabase(sandbox, database, false)
  const [brokerUrl, agentUrl] = [sandbox.brokerPort, sandbox.agentPort].map(
    port => `http://127.0.0.1:${port}`,
  )
  const brokerSettings = {
    ...brokerEnvironment({
      sandbox,
      port: sandbox.brokerPort,
      database,
      stateFolder: join(home, 'broker-state'),
    }),
    ...FIRST_OPERATOR,
  }
  const brokerSettingsFile = join(home, 'broker.env')
  writeSettingsFile(brokerSettingsFile, brokerSettings)
  const configuration = join(home, 'agent.conf')
  writeFileSync(join(home, 'odoo.conf'), odooConf(odoo, MASTER_PASSWORD), { mode: 0o600 })
  if (!existsSync(configuration))
    writeFileSync(
      configuration,
      agentConf({
        odoo_conf: join(home, 'odoo.conf'),
        broker_url: brokerUrl ?? '',
        http_port: sandbox.agentPort,
        queue_database: 'odoo_backup_dev_queue',
      }),
      { mode: 0o600 },
    )
  return {
    parts: [
      {
        name: 'broker',
        args: nodeArguments('broker', 'main', 'watched source'),
        env: brokerSettings,
      },
      {
        name: 'agent',
        args: nodeArguments('agent', 'main', 'watched source'),
        env: { ODOO_BACKUP_CONFIG: configuration },
      },
      {
        name: 'pages',
        args: [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--watch', join(root, 'apps/agent-ui')],
      },
    ],
    addresses: `
agent    ${agentUrl}/    (master password: ${MASTER_PASSWORD}; database "${SAMPLE}")
backups  ${agentUrl}/web/database/backups
broker   ${brokerUrl}/account    (odoo.com: administrator@example.com, password sandbox)
operator ${brokerUrl}/operator   (the same log-in)
odoo-backup on this agent: export ODOO_BACKUP_CONFIG=${configuration}; npm run -s odoo-backup -- --help
broker commands:           set -a; . ${brokerSettingsFile}; set +a; npm run -s broker -- --help
Ctrl-C ends broker and agent.
`,
  }
}

async function makeSample(odoo: OdooPlace): Promise<void> {
  const there = await withClient({ ...odoo, database: 'postgres' }, async client => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [SAMPLE])
    return rowCount === 1
  })
  if (there) return
  say(`Sample database "${SAMPLE}"`)
  await createOdooDatabase(odoo, SAMPLE)
}

/** Starts a part; each line that it writes begins with its name. */
function run({ name, args, env }: Part): ChildProcess {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', line => say(`${name.padEnd(6)} │ ${line}`))
  child.on('exit', status => say(`${name.padEnd(6)} │ ended (${status ?? 'by a signal'})`))
  return child
}

try {
  const { parts, addresses } = await prepare()
  const children = parts.map(run)
  say(addresses)
  const end = () => {
    for (const child of children) child.kill('SIGTERM')
  }
  process.once('SIGINT', end).once('SIGTERM', end)
  await Promise.all(children.map(child => new Promise(done => child.once('exit', done))))
} catch (error) {
  console.error(`\nnpm run dev: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
