import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { AccountFolder } from '@odoo-backup/protocol'
import { measureFolder } from '../../apps/broker/src/usage/measure-folder.ts'
import { sampleUsage } from '../../apps/broker/src/usage/sample-usage.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import { openTestRegistry } from '../fixtures/registry-database.ts'

/**
 * Samples 10,000 accounts in one run, each folder asked of the real store, and reads what lives on the heap on the way.
 * Ends with status 1 if that grows by 10 MB or more from the first thousand accounts to the last.
 */
const ACCOUNTS = Number(process.env.BENCH_ACCOUNTS ?? 10_000)
const MOST_GROWTH_MIB = 10e6 / 1024 ** 2
const STEP = Math.ceil(ACCOUNTS / 10)

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')
function livingMiB(): number {
  if (typeof collectGarbage === 'function') collectGarbage()
  return process.memoryUsage().heapUsed / 1024 ** 2
}

const sandbox = sandboxEnvironment()
const client = ownerOf('accounts', sandbox)
const registry = await openTestRegistry()
const living: number[] = []
try {
  await registry.pool.query(
    `INSERT INTO account (id, provider, subject, folder, payment_token)
     SELECT gen_random_uuid(), 'odoo', n::text, '77' || n, n::text FROM generate_series(1, $1::int) n`,
    [ACCOUNTS],
  )
  const began = performance.now()
  let measured = 0
  const sampled = await sampleUsage({
    pool: registry.pool,
    parseFolder: folder => AccountFolder.parse(folder),
    now: () => new Date(),
    onFailure: (_accountId, error) => console.error(error),
    async measure(folder) {
      measured += 1
      if (measured % STEP === 0) living.push(livingMiB())
      return measureFolder({ client, bucket: sandbox.bucket, pause: async () => undefined }, folder)
    },
  })
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${sampled} accounts in ${seconds.toFixed(0)} s; on the heap: ${living.map(mib => mib.toFixed(1)).join(', ')} MiB`,
  )
  console.log(
    JSON.stringify({
      bench: 'sampling',
      accounts: sampled,
      seconds: Math.round(seconds),
      firstMiB: Number((living[0] ?? 0).toFixed(1)),
      lastMiB: Number((living.at(-1) ?? 0).toFixed(1)),
      peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  )
  if (sampled !== ACCOUNTS) throw new Error(`${ACCOUNTS - sampled} accounts were not sampled.`)
} finally {
  client.destroy()
  await registry.drop()
}
process.exit((living.at(-1) ?? 0) - (living[0] ?? 0) < MOST_GROWTH_MIB ? 0 : 1)
