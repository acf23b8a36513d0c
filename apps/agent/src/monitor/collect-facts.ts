import type { BackupDetails, DatabaseSettings } from '@odoo-backup/protocol'
import { AgentError } from '../errors.ts'
import type { Agent, ConnectionState } from '../operations.ts'
import { byDatabase } from '../overview/overview.ts'
import { newest } from '../overview/standing.ts'
import type { Facts } from './conditions.ts'

/** Storage, broker and account are asked again when a job ended since, or after this long. */
const REMOTE_MS = 600_000

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

type RemoteFacts = Pick<Facts, 'connection' | 'refusal' | 'accountNotices' | 'backups' | 'newestDetails'>

/** Looks at the agent the way a person would, sparing what is far away: `.info` is read once per backup. */
export function createFactCollector(agent: Agent): FactCollector {
  let remote: { facts: RemoteFacts; at: number; ended: string } | undefined

  return async (watchedSince, now) => {
    const [postgres, settings, jobs] = await Promise.all([
      askPostgres(agent),
      orUnknown(agent.databaseSettings()),
      orUnknown(agent.jobs()),
    ])
    const ended = (jobs ?? []).flatMap(job => (job.finishedAt === undefined ? [] : [job.id])).join()
    if (remote === undefined || remote.ended !== ended || now.getTime() - remote.at >= REMOTE_MS)
      remote = { facts: await askRemote(agent, settings, remote?.facts), at: now.getTime(), ended }
    return { ...remote.facts, postgres, settings, jobs, watchedSince, now }
  }
}

async function askRemote(
  agent: Agent,
  settings: readonly DatabaseSettings[] | undefined,
  before: RemoteFacts | undefined,
): Promise<RemoteFacts> {
  const { connection, refusal } = await connect(agent)
  const accountNotices = await orUnknown(agent.accountNotices())
  const stored = connection?.state === 'connected' ? await orUnknown(agent.backups()) : undefined
  // Another server's backups of a database of the same name must not hide that ours are missing.
  const backups = stored?.filter(backup => backup.foreign !== true)
  const ours = new Set((settings ?? []).map(known => known.database))
  const newestDetails = new Map<string, BackupDetails>()
  for (const [database, own] of byDatabase(backups ?? [])) {
    const name = newest(own)?.name
    if (name === undefined || !ours.has(database)) continue
    const found = before?.newestDetails.get(name) ?? (await orUnknown(agent.backup(name)))
    if (found !== undefined) newestDetails.set(name, found)
  }
  return { connection, refusal, accountNotices, backups, newestDetails }
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
