import type { Finding } from '@odoo-backup/protocol'
import type { Place } from '../../config/place.ts'
import type { AgentParts } from '../parts.ts'

/** Stores refuse requests that are fifteen minutes off; a clock that NTP sets is never off by a minute. */
const MOST_DIFFERENCE_MS = 60_000
const PATIENCE_MS = 10_000
const ADVICE =
  'Let NTP set the clock: storage refuses requests with a wrong time, and backups are named by it.'

/**
 * Compares the clock with those of the storage and the broker, by the `Date` that every HTTP answer carries
 * (RFC 9110, section 6.6.1), whatever else it says. PostgreSQL beside Odoo mostly shares this machine's clock: it
 * is asked only where nobody else can be.
 */
export async function clock(parts: AgentParts): Promise<Finding> {
  const servers = [...new Set(parts.places().flatMap(place => serverOf(place, parts) ?? []))]
  const differences = await Promise.all(servers.map(server => differenceFrom(server, parts.now)))
  const known = differences.flatMap(found => found ?? [])
  const worst = known.sort((a, b) => Math.abs(b.ms) - Math.abs(a.ms))[0]
  return worst === undefined ? byPostgres(parts, servers) : judged(worst)
}

interface Difference {
  readonly from: string
  readonly ms: number
}

function judged({ from, ms }: Difference): Finding {
  if (Math.abs(ms) < MOST_DIFFERENCE_MS)
    return { check: 'clock', state: 'ok', message: `The clock agrees with that of ${from}.` }
  const message = `The clock is ${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} that of ${from}.`
  return { check: 'clock', state: 'fault', message, advice: ADVICE }
}

function serverOf(place: Place, { store }: AgentParts): string | undefined {
  if (place.kind === 'directory') return undefined
  if (place.kind === 'broker') return store.current.settings.broker_url
  const { endpoint, region } = place.bucket
  return endpoint ?? `https://s3.${region}.amazonaws.com`
}

async function differenceFrom(server: string, now: () => Date): Promise<Difference | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const answer = await fetch(server, { method: 'HEAD', redirect: 'manual', signal })
    const date = Date.parse(answer.headers.get('date') ?? '')
    return Number.isNaN(date) ? undefined : { from: new URL(server).host, ms: now().getTime() - date }
  } catch {
    return undefined
  }
}

async function byPostgres({ odoo, now }: AgentParts, silent: readonly string[]): Promise<Finding> {
  try {
    const server = await (await odoo.cluster()).withMaintenance(async client => {
      const { rows } = await client.query<{ now: Date }>('SELECT clock_timestamp() AS now')
      return rows[0]?.now ?? now()
    })
    const found = judged({ from: 'PostgreSQL', ms: now().getTime() - server.getTime() })
    if (found.state === 'fault' || silent.length === 0) return found
    const message = `${found.message} Neither storage nor broker told theirs.`
    return { ...found, state: 'warning', message }
  } catch {
    return { check: 'clock', state: 'warning', message: 'There was no other clock to compare with.' }
  }
}
