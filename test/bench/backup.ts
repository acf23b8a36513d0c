import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dropOdooDatabase, filestoreOf } from '../../infra/odoo-instance/create.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type CONTENDERS, openBucket } from './backup/contenders.ts'
import { type Measured, measure } from './backup/measure.ts'
import { createSample } from './backup/sample.ts'

/**
 * Four ways to get the same database and filestore into the same bucket, one after another: our agent, Odoo's own
 * way, PostgreSQL's archive (which leaves the filestore out) and restic. Ends with status 1 where ours is less than
 * 2.5 times as fast as Odoo's way, takes 250 MB of memory or more, or any disk.
 */
const LEAST_SPEEDUP = 2.5
const MOST_RSS_MIB = 250e6 / 1024 ** 2
const sandbox = sandboxEnvironment()
const id = randomBytes(5).toString('hex')
const database = `test_bench_${id}`
const root = await mkdtemp(join(tmpdir(), 'odoo-backup-bench-'))
const place = {
  host: sandbox.pgHost,
  port: sandbox.pgPort,
  user: sandbox.odooDbUser,
  password: sandbox.odooDbPassword,
  dataDir: join(root, 'data'),
}
const odooConf = join(root, 'odoo.conf')
const results: Partial<Record<keyof typeof CONTENDERS, Measured>> = {}

try {
  console.log('Making a database of about 300 MB and 5,000 files of 1 GiB …')
  await createSample(place, database)
  const { host, port, user, password, dataDir } = place
  const options = { db_host: host, db_port: port, db_user: user, db_password: password, data_dir: dataDir }
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}\n`)
  await writeFile(odooConf, `[options]\n${lines.join('')}`, { mode: 0o600 })
  for (const name of ['ours', 'odooWay', 'pgDump', 'restic'] as const) {
    const folder = `test-bench-${id}-${name}`
    const temporaryFolder = join(root, name)
    await mkdir(temporaryFolder)
    try {
      const filestore = filestoreOf(place, database)
      results[name] = await measure(name, { database, filestore, odooConf, folder, temporaryFolder })
      tell(name, results[name])
    } finally {
      await emptyFolder(folder)
      await rm(temporaryFolder, { recursive: true, force: true })
    }
  }
} finally {
  await dropOdooDatabase(place, database)
  await rm(root, { recursive: true, force: true })
}

const { ours, odooWay, pgDump, restic } = results
if (ours === undefined || odooWay === undefined) throw new Error('Ours and the Odoo way were not measured.')
const speedup = odooWay.seconds / ours.seconds
console.log(
  JSON.stringify({
    bench: 'backup',
    oursSeconds: ours.seconds,
    odooWaySeconds: odooWay.seconds,
    resticSeconds: restic?.seconds,
    pgDumpSeconds: pgDump?.seconds,
    speedup: Math.round(speedup * 100) / 100,
    peakRssMiB: ours.peakRssMiB,
    temporaryDiskMiB: ours.temporaryDiskMiB,
    storedMiB: ours.storedMiB,
  }),
)
process.exitCode =
  speedup >= LEAST_SPEEDUP && ours.peakRssMiB < MOST_RSS_MIB && ours.temporaryDiskMiB === 0 ? 0 : 1

function tell(name: string, measured: Measured): void {
  const { seconds, cpuSeconds, peakRssMiB, childrenPeakRssMiB, temporaryDiskMiB, storedMiB } = measured
  console.log(
    `${name.padEnd(8)} ${seconds} s, ${cpuSeconds} s of CPU, memory ${peakRssMiB} MiB and ${childrenPeakRssMiB} MiB of children, ` +
      `temporary disk ${temporaryDiskMiB} MiB, stored ${storedMiB} MiB`,
  )
}

async function emptyFolder(folder: string): Promise<void> {
  const bucket = openBucket()
  const keys: string[] = []
  for await (const object of bucket.list(`${folder}/`)) keys.push(object.key)
  await bucket.delete(keys)
  bucket.close()
}
