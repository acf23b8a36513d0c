import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { migrateRegistry } from '../../apps/broker/src/registry/migrate.ts'
import { policyText, sessionPolicy } from '../../apps/broker/src/vending/session-policy.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { load, percentile } from './http-load.ts'
import { type Measured, startBare, startBroker } from './vend-processes.ts'
import { makeBenchRegistry } from './vend-registry.ts'

/**
 * `npm run bench -- vend`: how fast a cached credential is vended, with authentication, rate limit and audit,
 * against what express alone can do and against asking the store's token service each time. All are measured in
 * turns, several times, so that a machine that is busy for a moment is busy for each of them.
 */

/** As in the minutes after the full hour, when every agent wakes; the same for all that is compared. */
const CONNECTIONS = 128
/** Instances that ask, one after the other, so that each is looked up in the registry again and again. */
const ASKING = 1000
const ROUNDS = 5
const ROUND_SECONDS = 3
/** A quiet machine needs less than half of it. */
const LONGEST_MINUTES = 6
const BODY = '{"purpose":"backup"}'

const sandbox = sandboxEnvironment()
const undoing: (() => Promise<void>)[] = []
const cleanUp = onceOnly(async () => {
  for (const undo of undoing.reverse()) await undo()
})
process.once('SIGINT', () => void endEarly('Interrupted', 130))
process.once('SIGTERM', () => void endEarly('Interrupted', 143))
setTimeout(() => void endEarly('Not done in time', 1), LONGEST_MINUTES * 60_000).unref()
try {
  const thousand = await brokerWith(ASKING)
  const million = await brokerWith(1_000_000)
  const bare = await startBare(thousand.answer)
  undoing.push(bare.stop)

  const series = {
    bare: newSeries('bare express route'),
    thousand: newSeries('cached vend, 1,000 instances'),
    million: newSeries('cached vend, 1,000,000 instances'),
  }
  const sts = newSeries('AssumeRole, direct')
  for (const [server, keys] of [
    [bare, thousand.keys],
    [thousand, thousand.keys],
    [million, million.keys],
  ] as const)
    await vend(server.url, keys)
  for (let round = 0; round < ROUNDS; round++) {
    add(series.bare, await vend(bare.url, thousand.keys))
    add(series.thousand, await vend(thousand.url, thousand.keys))
    add(series.million, await vend(million.url, million.keys))
    add(sts, await assumeRole())
  }
  const rssMiB = thousand.residentMiB()
  for (const each of [...Object.values(series), sts]) show(each)
  const rate = ({ rates }: Series) => median(rates)
  const latencies = series.thousand.latencies.sort((one, other) => one - other)
  console.log(
    JSON.stringify({
      bench: 'vend',
      cachedToBare: round2(rate(series.thousand) / rate(series.bare)),
      cachedToSts: round2(rate(series.thousand) / rate(sts)),
      p50Ms: round2(percentile(latencies, 0.5)),
      p99Ms: round2(percentile(latencies, 0.99)),
      rssMiB,
      millionToThousand: round2(rate(series.million) / rate(series.thousand)),
    }),
  )
} finally {
  await cleanUp()
}

/** Leaves neither server nor database behind. */
async function endEarly(why: string, status: number): Promise<void> {
  console.error(`\n${why}: removing what was made for the benchmark.`)
  await cleanUp()
  process.exit(status)
}

function onceOnly(work: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | undefined
  return () => {
    begun ??= work()
    return begun
  }
}

interface Series {
  readonly name: string
  /** Per second, one of each round. */
  readonly rates: number[]
  readonly latencies: number[]
}

function newSeries(name: string): Series {
  return { name, rates: [], latencies: [] }
}

function add(series: Series, { rate, latencies }: { rate: number; latencies: readonly number[] }): void {
  series.rates.push(rate)
  for (const latency of latencies) series.latencies.push(latency)
}

function show({ name, rates, latencies }: Series): void {
  latencies.sort((one, other) => one - other)
  const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)]
  console.log(
    `${name.padEnd(34)} ${median(rates).toFixed(0).padStart(6)}/s   p50 ${p50.toFixed(1)} ms   p99 ${p99.toFixed(1)} ms`,
  )
}

/** A broker whose registry holds so many instances; those that will ask have a cached credential each. */
async function brokerWith(
  instances: number,
): Promise<Measured & { keys: readonly string[]; answer: string }> {
  const registry = await makeBenchRegistry(sandbox.brokerDatabaseUrl, migrateRegistry, undo =>
    undoing.push(undo),
  )
  const keys = await registry.register(ASKING)
  await registry.fill(instances)
  const server = await startBroker(sandbox, registry)
  undoing.push(server.stop)
  return { ...server, keys, answer: await warmUp(server.url, keys) }
}

/** Each instance's first credential comes from the token service; afterwards all are cached. */
async function warmUp(url: string, keys: readonly string[]): Promise<string> {
  let answer = ''
  for (let from = 0; from < keys.length; from += CONNECTIONS) {
    await Promise.all(
      keys.slice(from, from + CONNECTIONS).map(async key => {
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
        const response = await fetch(`${url}/v1/credentials`, { method: 'POST', headers, body: BODY })
        answer = await response.text()
        if (response.status !== 200) throw new Error(`Warming up: ${response.status} ${answer}`)
      }),
    )
  }
  console.log(`issued ${keys.length} credentials`)
  return answer
}

async function vend(
  url: string,
  keys: readonly string[],
): Promise<{ rate: number; latencies: readonly number[] }> {
  let next = 0
  const { requestsPerSecond, latencies, failures } = await load({
    url,
    path: '/v1/credentials',
    body: BODY,
    authorization() {
      next = (next + 7) % keys.length
      return keys[next]
    },
    connections: CONNECTIONS,
    seconds: ROUND_SECONDS,
  })
  if (Object.keys(failures).length > 0)
    throw new Error(`Not all were answered 200: ${JSON.stringify(failures)}`)
  return { rate: requestsPerSecond, latencies }
}

/** What a broker without a cache would do for each request. */
async function assumeRole(): Promise<{ rate: number; latencies: readonly number[] }> {
  const client = new STSClient({
    endpoint: sandbox.stsEndpoint,
    region: sandbox.region,
    credentials: { accessKeyId: sandbox.brokerAccessKeyId, secretAccessKey: sandbox.brokerSecretAccessKey },
  })
  // The same right as the vended credentials have.
  const Policy = policyText(sessionPolicy({ bucket: sandbox.bucket, folder: '42', purposes: ['backup'] }))
  const latencies: number[] = []
  const begun = performance.now()
  const end = begun + ROUND_SECONDS * 1000
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < end) {
        const sentAt = performance.now()
        await client.send(
          new AssumeRoleCommand({
            RoleArn: sandbox.roleArn,
            RoleSessionName: 'bench',
            DurationSeconds: 900,
            Policy,
          }),
        )
        latencies.push(performance.now() - sentAt)
      }
    }),
  )
  client.destroy()
  return { rate: latencies.length / ((performance.now() - begun) / 1000), latencies }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
