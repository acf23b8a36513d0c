import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { createOdooDatabase, dropOdooDatabase } from '../../infra/odoo-instance/create.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { sandboxFolder } from '../../infra/sandbox/folder.ts'
import { freePorts } from '../../infra/sandbox/ports.ts'
import { Processes } from '../../infra/sandbox/processes.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import { agentConf, nodeArguments, odooConf, service } from '../../infra/services/services.ts'

/**
 * Backs up a database with a filestore of 1 GB by an agent that runs as a service, from the build, and reads the
 * agent's resident memory from /proc all the while. Ends with status 1 if it was 250 MB or more at any moment.
 */
const LIMIT_MIB = 250e6 / 1024 ** 2
const FILESTORE_BYTES = 1_000_000_000
const RECORDS = 60_000
const MIB = 1024 ** 2

const sandbox = sandboxEnvironment()
mkdirSync(join(sandboxFolder(), 'bench'), { recursive: true })
const home = mkdtempSync(join(sandboxFolder(), 'bench/memory-'))
const database = `bench_memory_${randomBytes(4).toString('hex')}`
const odoo = {
  host: sandbox.pgHost,
  port: sandbox.pgPort,
  user: sandbox.odooDbUser,
  password: sandbox.odooDbPassword,
  dataDir: join(home, 'odoo-data'),
}
const [port = 0] = await freePorts(1)
const configuration = join(home, 'agent.conf')
const processes = new Processes(home)

interface Memory {
  readonly residentMiB: number
  /** The most it ever was, as the kernel remembers it. */
  readonly highestMiB: number
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return { residentMiB: kib('VmRSS') / 1024, highestMiB: kib('VmHWM') / 1024 }
}

/** Resident memory of the programs that a process has started and that still run. */
function childrenMiB(pid: number): number {
  let sum = 0
  for (const child of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
    try {
      const stat = readFileSync(`/proc/${child}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      if (parent === pid) sum += memoryOf(Number(child)).residentMiB
    } catch {
      // It ended while we looked.
    }
  return sum
}

function writeConfiguration(): void {
  writeFileSync(join(home, 'odoo.conf'), odooConf(odoo, 'bench'), { mode: 0o600 })
  const settings = {
    odoo_conf: join(home, 'odoo.conf'),
    http_port: port,
    queue_database: `${database}_queue`,
    s3_bucket_name: sandbox.privateBucket,
    aws_access_key_id: sandbox.privateAccessKeyId,
    aws_secret_access_key: sandbox.privateSecretAccessKey,
    aws_endpoint: sandbox.s3Endpoint,
    aws_region: sandbox.region,
    private_s3_dir: database,
  }
  writeFileSync(configuration, agentConf(settings), { mode: 0o600 })
}

/** Asks the running agent for a backup and follows it; what is in memory meanwhile is sampled every 50 ms. */
async function backUp(
  agent: number,
): Promise<{ samples: number; residentMiB: number; childrenMiB: number; seconds: number }> {
  const began = performance.now()
  const command = [...nodeArguments('agent', 'cli/main', 'build'), 'backup', database]
  const child = spawn(process.execPath, command, {
    stdio: 'inherit',
    env: { ...process.env, ODOO_BACKUP_CONFIG: configuration },
  })
  const highest = { samples: 0, residentMiB: 0, childrenMiB: 0 }
  const sampling = setInterval(() => {
    highest.samples += 1
    highest.residentMiB = Math.max(highest.residentMiB, memoryOf(agent).residentMiB)
    highest.childrenMiB = Math.max(highest.childrenMiB, childrenMiB(agent))
  }, 50)
  const [status] = await once(child, 'exit')
  clearInterval(sampling)
  if (status !== 0) throw new Error(`The backup failed (exit status ${status}).`)
  return { ...highest, seconds: (performance.now() - began) / 1_000 }
}

async function removeBackups(): Promise<void> {
  const client = ownerOf('private', sandbox)
  const Bucket = sandbox.privateBucket
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${database}/` }))
  for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }))
  client.destroy()
}

let peakRssMiB = Number.POSITIVE_INFINITY
try {
  console.log('Making a database and a filestore of 1 GB')
  const made = await createOdooDatabase(odoo, database, { records: RECORDS, filestoreBytes: FILESTORE_BYTES })
  writeConfiguration()
  const url = `http://127.0.0.1:${port}`
  await processes.start(
    service('agent', url, nodeArguments('agent', 'main', 'build'), { ODOO_BACKUP_CONFIG: configuration }),
  )
  const agent = processes.find('agent') ?? 0
  console.log(`The agent at rest: ${memoryOf(agent).residentMiB.toFixed(0)} MiB resident`)
  const measured = await backUp(agent)
  peakRssMiB = Math.max(measured.residentMiB, memoryOf(agent).highestMiB)
  console.log(
    `Highest of ${measured.samples} samples in ${measured.seconds.toFixed(1)} s: ${measured.residentMiB.toFixed(0)} MiB; its own programs beside it: ${measured.childrenMiB.toFixed(0)} MiB`,
  )
  console.log(
    JSON.stringify({
      bench: 'memory',
      peakRssMiB: Math.round(peakRssMiB * 10) / 10,
      databaseMiB: Math.round(made.databaseBytes / MIB),
      filestoreMiB: Math.round(made.filestoreBytes / MIB),
    }),
  )
} finally {
  await processes.stop('agent', 'SIGTERM')
  await removeBackups()
  await dropOdooDatabase(odoo, database)
  await dropOdooDatabase(odoo, `${database}_queue`)
  rmSync(home, { recursive: true, force: true })
}
process.exit(peakRssMiB < LIMIT_MIB ? 0 : 1)
