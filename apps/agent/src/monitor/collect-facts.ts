import type { BackupDetails, BackupView, DatabaseSettings, JobView } from '@odoo-backup/protocol'
import { AgentError } from '../errors.ts'
import type { Agent, ConnectionState } from '../operations.ts'
import { byDatabase, newest } from '../overview/overview.ts'
import type { Facts } from './conditions.ts'

/** A listing is asked for again when a job ended since, or after this long. */
const LISTING_MS = 600_000

/** Errors of the account and its rights: time alone does not mend them, so they are told. */
const REFUSALS: ReadonlySet<string> = new Set([
  ...[
    'access_denied',
    'access_revoked',
    'account_suspended',
    'purpose_refused',
    'storage_refused',
    'storage_full',
  ],
])

export type FactCollector = (watchedSince: Facts['watchedSince'], now: Date) => Promise<Facts>

/** Looks at the agent the way a person would, sparing storage: `.info` is read once per backup. */
export function createFactCollector(agent: Agent): FactCollector {
  let listing: { backups: readonly BackupView[]; at: number; ended: string } | undefined
  let details = new Map<string, BackupDetails>()

  async function listBackups(
    jobs: readonly JobView[] | undefined,
    now: Date,
  ): Promise<readonly BackupView[] | undefined> {
    const ended = (jobs ?? [])
      .flatMap(job => (job.finishedAt === undefined ? [] : [`${job.id} ${job.finishedAt}`]))
      .join()
    if (listing === undefined || listing.ended !== ended || now.getTime() - listing.at > LISTING_MS) {
      const backups = await orUnknown(agent.backups())
      listing = backups === undefined ? undefined : { backups, at: now.getTime(), ended }
    }
    return listing?.backups
  }

  async function readNewest(
    backups: readonly BackupView[] | undefined,
    settings: readonly DatabaseSettings[] | undefined,
  ): Promise<ReadonlyMap<string, BackupDetails>> {
    const read = new Map<string, BackupDetails>()
    const ours = new Set((settings ?? []).map(known => known.database))
    for (const [database, own] of byDatabase(backups ?? [])) {
      const name = newest(own)?.name
      if (name === undefined || !ours.has(database)) continue
      const found = details.get(name) ?? (await orUnknown(agent.backup(name)))
      if (found !== undefined) read.set(name, found)
    }
    details = read
    return read
  }

  return async (watchedSince, now) => {
    const [{ connection, refusal }, postgres, settings, jobs, accountNotices] = await Promise.all([
      connect(agent),
      askPostgres(agent),
      orUnknown(agent.databaseSettings()),
      orUnknown(agent.jobs()),
      orUnknown(agent.accountNotices()),
    ])
    const backups = connection?.state === 'connected' ? await listBackups(jobs, now) : undefined
    const newestDetails = await readNewest(backups, settings)
    return {
      connection,
      refusal,
      postgres,
      settings,
      jobs,
      accountNotices,
      backups,
      newestDetails,
      watchedSince,
      now,
    }
  }
}

async function connect(
  agent: Agent,
): Promise<{ connection: ConnectionState | undefined; refusal: string | undefined }> {
  try {
    return { connection: await agent.connect(), refusal: undefined }
  } catch (error) {
    const refused = error instanceof AgentError && REFUSALS.has(error.code)
    return { connection: undefined, refusal: refused ? error.message : undefined }
  }
}

async function askPostgres(agent: Agent): Promise<Facts['postgres']> {
  try {
    await agent.databases()
    return 'answers'
  } catch (error) {
    const down = error instanceof AgentError && error.code.startsWith('postgres_')
    return down ? { down: error.message } : undefined
  }
}

async function orUnknown<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  return promise.catch(() => undefined)
}
