import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import writeFileAtomic from 'write-file-atomic'
import { Ceph } from './ceph/cluster.ts'
import { BUCKET, makeTenancy, PRIVATE_BUCKET, REGION, ROLE_ARN, SPARE_BUCKET } from './ceph/tenancy.ts'
import { type Choices, chooseOnce } from './choices.ts'
import { environmentFile, renderEnvironment, type SandboxLines } from './environment.ts'
import { whileAlone } from './lock.ts'
import { isFree } from './ports.ts'
import { makeRoles, postgresLines, postgresServer } from './postgres.ts'
import { Processes, type Server } from './processes.ts'
import { redisServer, redisUrl } from './redis.ts'

type Say = (line: string) => void

/** Every server, in the order of starting, with the signal that ends it well; stopped in the opposite order. */
const STOP_SIGNALS: Readonly<Record<string, NodeJS.Signals>> = {
  postgres: 'SIGINT',
  redis: 'SIGTERM',
  'ceph-monitor': 'SIGTERM',
  'ceph-disk': 'SIGTERM',
  'ceph-gateway-sts': 'SIGTERM',
  'ceph-gateway-s3': 'SIGTERM',
  'ceph-gateway-short': 'SIGTERM',
  'odoo-com': 'SIGTERM',
}

/** Starts what does not run yet and writes `env`. Safe to call at any time, from several processes at once. */
export async function startSandbox(folder: string, say: Say): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  await whileAlone(
    folder,
    async () => {
      const choices = await chooseOnce(folder)
      const processes = new Processes(folder)
      await refuseTakenPorts(choices, processes)
      say('PostgreSQL')
      await processes.start(postgresServer(folder, choices))
      await makeRoles(choices)
      say('Redis')
      await processes.start(redisServer(folder, choices))
      say('Ceph: S3 and STS')
      const ceph = new Ceph(folder, choices)
      await ceph.start(processes)
      await makeTenancy(ceph, choices)
      say('Stand-in for accounts.odoo.com and iap.odoo.com')
      await startOdooCom(folder, choices, processes)
      await writeFileAtomic(environmentFile(folder), renderEnvironment(lines(choices)), { mode: 0o600 })
    },
    () => say('Waiting for another process that is at work on this sandbox'),
  )
}

/** Ends exactly what `startSandbox` started here; the data stays. Resolves to the names of what was ended. */
export async function stopSandbox(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  return whileAlone(folder, async () => {
    const processes = new Processes(folder)
    const ended: string[] = []
    for (const [name, signal] of Object.entries(STOP_SIGNALS).reverse())
      if (await processes.stop(name, signal)) ended.push(name)
    return ended
  })
}

/** Which servers run: name and process id, undefined for one that does not. */
export function sandboxStatus(folder: string): { name: string; pid: number | undefined; log: string }[] {
  const processes = new Processes(folder)
  return Object.keys(STOP_SIGNALS).map(name => ({
    name,
    pid: processes.find(name),
    log: processes.logFile(name),
  }))
}

/** The stand-in is code of this project: one that runs from an older version of it is started again. */
async function startOdooCom(folder: string, choices: Choices, processes: Processes): Promise<void> {
  const source = join(import.meta.dirname, 'odoo-com')
  const hash = createHash('sha256')
  for (const file of readdirSync(source).sort()) hash.update(readFileSync(join(source, file)))
  const wanted = hash.digest('hex')
  const stamp = join(folder, 'run/odoo-com.version')
  const running = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
  if (running !== wanted) await processes.stop('odoo-com', 'SIGTERM')
  await processes.start(odooComServer(folder, choices))
  writeFileSync(stamp, wanted)
}

function odooComServer(folder: string, choices: Choices): Server {
  const origin = `http://127.0.0.1:${choices.ports.odooCom}`
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return {
    name: 'odoo-com',
    command: process.execPath,
    args: ['--import', loader, join(import.meta.dirname, 'odoo-com/main.ts')],
    env: {
      ODOO_COM_PORT: String(choices.ports.odooCom),
      IAP_PORT: String(choices.ports.iap),
      IAP_SERVICE_KEY: choices.iapServiceKey,
      ODOO_COM_STATE: join(folder, 'odoo-com.json'),
    },
    stopSignal: 'SIGTERM',
    ready: async () => {
      const answer = await fetch(`${origin}/sandbox/clock`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      )
      return answer?.ok === true
    },
  }
}

/** A port that was free at the first start may since have been taken by another program. */
async function refuseTakenPorts(choices: Choices, processes: Processes): Promise<void> {
  const users: [string, number][] = [
    ['postgres', choices.ports.postgres],
    ['redis', choices.ports.redis],
    ['ceph-monitor', choices.ports.cephMonitor],
    ['ceph-gateway-sts', choices.ports.stsGateway],
    ['ceph-gateway-s3', choices.ports.s3Gateway],
    ['ceph-gateway-short', choices.ports.shortStsGateway],
    ['odoo-com', choices.ports.odooCom],
    ['odoo-com', choices.ports.iap],
  ]
  for (const [name, port] of users)
    if (processes.find(name) === undefined && !(await isFree(port)))
      throw new Error(`Port ${port} of ${name} is taken by another program: end that one, then start again.`)
}

function lines(choices: Choices): SandboxLines {
  const { keys, ports } = choices
  const at = (port: number) => `http://127.0.0.1:${port}`
  return {
    ...postgresLines(choices),
    SANDBOX_REDIS_URL: redisUrl(choices),
    SANDBOX_STS_ENDPOINT: at(ports.stsGateway),
    SANDBOX_S3_ENDPOINT: at(ports.s3Gateway),
    SANDBOX_SHORT_STS_ENDPOINT: at(ports.shortStsGateway),
    SANDBOX_REGION: REGION,
    SANDBOX_BUCKET: BUCKET,
    SANDBOX_ROLE_ARN: ROLE_ARN,
    SANDBOX_BROKER_ACCESS_KEY_ID: keys.broker.accessKeyId,
    SANDBOX_BROKER_SECRET_ACCESS_KEY: keys.broker.secretAccessKey,
    SANDBOX_OWNER_ACCESS_KEY_ID: keys.owner.accessKeyId,
    SANDBOX_OWNER_SECRET_ACCESS_KEY: keys.owner.secretAccessKey,
    SANDBOX_SETUP_ACCESS_KEY_ID: keys.setup.accessKeyId,
    SANDBOX_SETUP_SECRET_ACCESS_KEY: keys.setup.secretAccessKey,
    SANDBOX_PRIVATE_ACCESS_KEY_ID: keys.private.accessKeyId,
    SANDBOX_PRIVATE_SECRET_ACCESS_KEY: keys.private.secretAccessKey,
    SANDBOX_PRIVATE_BUCKET: PRIVATE_BUCKET,
    SANDBOX_SPARE_BUCKET: SPARE_BUCKET,
    SANDBOX_ODOO_COM_URL: at(ports.odooCom),
    SANDBOX_IAP_URL: at(ports.iap),
    SANDBOX_IAP_SERVICE_KEY: choices.iapServiceKey,
    SANDBOX_OAUTH_CLIENT_ID: choices.oauthClientId,
    SANDBOX_BROKER_PORT: ports.broker,
    SANDBOX_AGENT_PORT: ports.agent,
  }
}
