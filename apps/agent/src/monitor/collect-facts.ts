import type { DatabaseSettings, FailureView } from '@odoo-backup/protocol'
import type { Log } from '@odoo-backup/service'
import { AgentError } from '../errors.ts'
import type { Agent, ConnectionState, Inventory } from '../operations.ts'
import { byDatabase } from '../overview/overview.ts'
import { newestUpTo } from '../overview/standing.ts'
import type { Facts, Silence } from './facts.ts'

/** Storage, broker and account are asked again when a job ended since, or after this long; at once while nobody logged in. */
const REMOTE_MS = 600_000

/** Errors of the account and its rights: time alone does not mend them, so they are told at once. */
const REFUSALS: ReadonlySet<string> = new Set([
  ...['access_denied', 'access_revoked', 'account_suspended', 'purpose_refused'],
  ...['storage_refused', 'storage_full', 'configuration_invalid'],
])
/** What the state of the connection tells already. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['login_required', 'payment_required'])

/** Of a place far away that nobody chose yet, and where nothing is to go: it is left alone. */
const UNASKED: Remote = {
  unasked: true,
  silences: undefined,
  accountNotices: undefined,
  backups: [],
  isSeen: () => false,
  missingFiles: new Map(),
}

export interface FactCollector {
  (remembered: Remembered, now: Date): Promise<Facts>
  /** The next look asks storage, broker and account again, however lately they were asked. */
  forget(): void
}

/** What earlier looks, also of an earlier process, found out. */
export interface Remembered extends Pick<Facts, 'watchedSince' | 'lastGood' | 'silentSince' | 'undelivered'> {
  /** By the folder that is the account's. */
  readonly accountSince: (folder: string) => Date
}

type Remote = Pick<
  Facts,
  'unasked' | 'connection' | 'refusal' | 'silences' | 'accountNotices' | 'backups' | 'isSeen' | 'missingFiles'
>

/**
 * Looks at the agent the way a person would. What does not answer leaves the rest to be judged; of storage that is
 * away the last listing counts on.
 */
export function createFactCollector(agent: Agent, log: Log): FactCollector {
  let remote: { facts: Remote; at: number; ended: string } | undefined
  const ask = createAsk(log)

  const collect = async (remembered: Remembered, now: Date): Promise<Facts> => {
    const [postgres, settings, { jobs, queue }, configurationFaults] = await Promise.all([
      askPostgres(agent, ask),
      ask('settings', agent.databaseSettings()),
      askQueue(agent, ask),
      ask('configuration', agent.configurationFaults()),
    ])
    const ended = (jobs ?? []).flatMap(job => (job.finishedAt === undefined ? [] : [job.id])).join()
    const awaitsLogIn = remote?.facts.connection?.state === 'login_required'
    const isOverdue = remote !== undefined && now.getTime() - remote.at >= REMOTE_MS
    if (!isNeeded(settings, jobs) && (await ask('place', agent.isPlaceChosen())) === false)
      remote = { facts: UNASKED, at: now.getTime(), ended }
    else if (remote?.facts.unasked !== false || awaitsLogIn || remote.ended !== ended || isOverdue)
      remote = { facts: await askRemote(agent, ask, settings, now, remote?.facts), at: now.getTime(), ended }
    const { connection } = remote.facts
    const accountSince =
      connection?.state === 'connected' ? remembered.accountSince(connection.folder) : undefined
    const local = { postgres, queue, configurationFaults, settings, jobs }
    return { ...remote.facts, ...remembered, ...local, accountSince, now }
  }
  return Object.assign(collect, {
    forget: () => {
      remote = undefined
    },
  })
}

/** Whether backups are to go somewhere, or went there; of jobs that are not known now the schedules tell alone. */
function isNeeded(settings: readonly DatabaseSettings[] | undefined, jobs: Facts['jobs']): boolean {
  return (
    settings === undefined ||
    settings.some(({ schedules }) => schedules.length > 0) ||
    (jobs !== undefined && jobs.length > 0)
  )
}

async function askRemote(
  agent: Agent,
  ask: Ask,
  settings: readonly DatabaseSettings[] | undefined,
  now: Date,
  before: Remote | undefined,
): Promise<Remote> {
  const { connection, refusal, silence } = await connect(agent, ask)
  const accountNotices = await ask('account', agent.accountNotices())
  const inventory = await ask('storage', agent.inventory({ patient: true }))
  const unreachable = inventory?.unreachable ?? []
  const isSeen = (database: string) =>
    inventory !== undefined && !unreachable.some(({ keeps }) => keeps(database))
  // Another server's backups of a database of the same name must not hide that ours are missing.
  const found = (inventory?.backups ?? []).filter(backup => backup.foreign !== true)
  const unseen = (before?.backups ?? []).filter(backup => !isSeen(backup.database))
  const names = new Set(found.map(({ name }) => name))
  const backups = [...found, ...unseen.filter(({ name }) => !names.has(name))]
  const ours = new Set((settings ?? []).map(known => known.database))
  const last = [...byDatabase(backups)].flatMap(([database, own]) =>
    ours.has(database) ? (newestUpTo(now, own) ?? []) : [],
  )
  const described = (await ask('.info', agent.withMissingFiles(last))) ?? []
  return {
    unasked: false,
    connection,
    refusal,
    silences: inventory && [...silence, ...silencesOf(unreachable, refusal)],
    accountNotices,
    backups,
    isSeen,
    missingFiles: new Map(
      described.flatMap(({ name, missingFiles }) =>
        missingFiles === undefined ? [] : [[name, missingFiles]],
      ),
    ),
  }
}

async function connect(
  agent: Agent,
  ask: Ask,
): Promise<{ connection?: ConnectionState; refusal?: FailureView; silence: readonly Silence[] }> {
  try {
    const connection = await agent.connect()
    const hindrance = connection.state === 'connected' ? connection.refusal : undefined
    const refusal = hindrance !== undefined && REFUSALS.has(hindrance.code) ? failureOf(hindrance) : undefined
    return { connection, ...(refusal === undefined ? {} : { refusal }), silence: [] }
  } catch (error) {
    if (error instanceof AgentError && REFUSALS.has(error.code))
      return { refusal: failureOf(error), silence: [] }
    ask.failed('connection', error)
    return { silence: error instanceof AgentError && ofBroker(error) ? [silenceOfBroker(error)] : [] }
  }
}

/** What is refused where `connect` was refused too is the same thing, and is told as one. */
function silencesOf(unreachable: Inventory['unreachable'], refusal: FailureView | undefined): Silence[] {
  return unreachable.flatMap(({ place, at, error }) => {
    if (OF_CONNECTION.has(error.code)) return []
    if (ofBroker(error)) return silenceOfBroker(error)
    const refused = REFUSALS.has(error.code)
    if (refused && error.message === refusal?.message) return []
    return { place, at, refused, failure: failureOf(error) }
  })
}

const ofBroker = (error: AgentError) => error.code.startsWith('broker_')
const silenceOfBroker = (error: AgentError): Silence => ({
  place: 'the broker',
  at: { kind: 'broker' },
  refused: false,
  failure: failureOf(error),
})
const failureOf = ({ code, message }: Pick<AgentError, 'code' | 'message'>): FailureView => ({
  code,
  message,
})

async function askPostgres(agent: Agent, ask: Ask): Promise<Facts['postgres']> {
  try {
    await agent.databases()
    return 'answers'
  } catch (error) {
    if (error instanceof AgentError && error.code.startsWith('postgres_')) return { down: failureOf(error) }
    ask.failed('databases', error)
    return undefined
  }
}

async function askQueue(agent: Agent, ask: Ask): Promise<Pick<Facts, 'jobs' | 'queue'>> {
  try {
    return { jobs: await agent.jobs(), queue: 'answers' }
  } catch (error) {
    ask.failed('jobs', error)
    const down = error instanceof AgentError && error.code.startsWith('queue_') ? failureOf(error) : undefined
    return { jobs: undefined, queue: down === undefined ? undefined : { down } }
  }
}

interface Ask {
  /** Undefined where it fails: what cannot be learnt neither raises nor clears. */
  <Value>(what: string, promise: Promise<Value>): Promise<Value | undefined>
  failed(what: string, error: unknown): void
}

/** Why something could not be learnt goes to the log, once for as long as it lasts. */
function createAsk(log: Log): Ask {
  const logged = new Map<string, string>()
  const failed = (what: string, error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    if (logged.get(what) === message) return
    logged.set(what, message)
    if (error instanceof AgentError && error.code !== 'internal')
      // Foreseen, and no fault of ours: where it was thrown from tells a reader nothing.
      log.warn({ what, code: error.code, reason: error.message, ...causeOf(error) }, NOT_LEARNT)
    else log.error({ err: error, what }, NOT_LEARNT)
  }
  const ask = async <Value>(what: string, promise: Promise<Value>): Promise<Value | undefined> => {
    try {
      const value = await promise
      logged.delete(what)
      return value
    } catch (error) {
      failed(what, error)
      return undefined
    }
  }
  return Object.assign(ask, { failed })
}

const NOT_LEARNT = 'the monitor could not learn something'

/** What lies at the bottom of it, such as the word of the operating system. */
function causeOf(error: Error): { cause?: string } {
  if (!(error.cause instanceof Error)) return {}
  const deeper = causeOf(error.cause)
  return deeper.cause === undefined ? { cause: error.cause.message } : deeper
}
