import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dropOdooDatabase, type OdooPlace } from '../odoo-instance/create.ts'
import { type SandboxEnvironment, sandboxEnvironment } from '../sandbox/environment.ts'
import { isFree } from '../sandbox/ports.ts'
import { Processes, type Server } from '../sandbox/processes.ts'
import {
  agentConf,
  brokerEnvironment,
  makeBrokerDatabase,
  nodeArguments,
  odooConf,
  service,
} from '../services/services.ts'
import { FIRST_OPERATOR, writeSettingsFile } from '../services/settings-file.ts'

const MASTER_PASSWORD = 'demo'
export const ORIGINAL = 'demo'
export const RESTORED = 'demo_restored'
const QUEUE = 'odoo_backup_demo_queue'

/** Everything that the demo plays with: places, addresses, passwords, and the two services. */
export interface Stage {
  readonly sandbox: SandboxEnvironment
  readonly odoo: OdooPlace
  readonly broker: Server
  readonly agent: Server
  readonly brokerUrl: string
  readonly agentUrl: string
  readonly agentConfiguration: string
  /** The broker's settings, as a shell reads them: for the operator's commands. */
  readonly brokerSettingsFile: string
  readonly masterPassword: string
  readonly processes: Processes
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`
const demoFolder = (sandboxFolder: string) => join(sandboxFolder, 'demo')

/** What somebody needs who wants to look at the demo that runs; undefined where none runs. */
export async function runningStage(
  sandboxFolder: string,
): Promise<Pick<Stage, 'agentUrl' | 'brokerUrl' | 'masterPassword'> | undefined> {
  const { agentPort, brokerPort } = sandboxEnvironment(sandboxFolder)
  const agentUrl = urlOf(agentPort)
  const answer = await fetch(`${agentUrl}/healthz`).catch(() => undefined)
  await answer?.body?.cancel()
  if (answer?.status !== 200) return undefined
  return { agentUrl, brokerUrl: urlOf(brokerPort), masterPassword: MASTER_PASSWORD }
}

/** Clears what an earlier demo left behind and writes the configuration of this one. */
export async function setStage(sandboxFolder: string): Promise<Stage> {
  const folder = demoFolder(sandboxFolder)
  const sandbox = sandboxEnvironment(sandboxFolder)
  await clearStage(sandboxFolder)
  const odoo = {
    host: sandbox.pgHost,
    port: sandbox.pgPort,
    user: sandbox.odooDbUser,
    password: sandbox.odooDbPassword,
    dataDir: join(folder, 'odoo-data'),
  }
  for (const database of [ORIGINAL, RESTORED, QUEUE]) await dropOdooDatabase(odoo, database)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const port of [sandbox.brokerPort, sandbox.agentPort])
    if (!(await isFree(port))) throw new Error(`Port ${port} is taken: end \`npm run dev\` first if it runs.`)
  const brokerDatabase = 'odoo_backup_demo_broker'
  await makeBrokerDatabase(sandbox, brokerDatabase, true)
  const brokerUrl = urlOf(sandbox.brokerPort)
  const agentUrl = urlOf(sandbox.agentPort)
  const agentConfiguration = join(folder, 'agent.conf')
  const conf = join(folder, 'odoo.conf')
  writeFileSync(conf, odooConf(odoo, MASTER_PASSWORD), { mode: 0o600 })
  writeFileSync(
    agentConfiguration,
    agentConf({
      odoo_conf: conf,
      broker_url: brokerUrl,
      http_port: sandbox.agentPort,
      public_url: agentUrl,
      queue_database: QUEUE,
    }),
    { mode: 0o600 },
  )
  const brokerSettings = {
    ...brokerEnvironment({
      sandbox,
      port: sandbox.brokerPort,
      database: brokerDatabase,
      stateFolder: join(folder, 'broker-state'),
    }),
    ...FIRST_OPERATOR,
  }
  const brokerSettingsFile = join(folder, 'broker.env')
  writeSettingsFile(brokerSettingsFile, brokerSettings)
  return {
    sandbox,
    odoo,
    brokerUrl,
    agentUrl,
    agentConfiguration,
    brokerSettingsFile,
    masterPassword: MASTER_PASSWORD,
    processes: new Processes(folder),
    broker: service('broker', brokerUrl, nodeArguments('broker', 'main', 'build'), brokerSettings),
    agent: service('agent', agentUrl, nodeArguments('agent', 'main', 'build'), {
      ODOO_BACKUP_CONFIG: agentConfiguration,
    }),
  }
}

/** Ends the services of a demo, of this run or an earlier one; resolves to the names of those that ran. */
export async function clearStage(sandboxFolder: string): Promise<string[]> {
  const processes = new Processes(demoFolder(sandboxFolder))
  const ended: string[] = []
  for (const name of ['agent', 'broker']) if (await processes.stop(name, 'SIGTERM')) ended.push(name)
  return ended
}
