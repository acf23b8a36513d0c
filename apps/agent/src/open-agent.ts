import { type DatabaseConfiguration, defaultDatabaseConfiguration } from './config/database-settings.ts'
import { readMachineId } from './config/home.ts'
import { withValue } from './config/ini-document.ts'
import { databaseSection, PREFIX } from './config/keys.ts'
import { placesInUse } from './config/place.ts'
import { createScheduleSwitch } from './config/schedule-switch.ts'
import { ConfigurationStore } from './config/store.ts'
import { createBrokerClient } from './credentials/broker-client.ts'
import { CredentialSource } from './credentials/credential-source.ts'
import { createDestinations } from './credentials/destination.ts'
import { AgentError } from './errors.ts'
import { createIdentity } from './identity.ts'
import { backupsInUse } from './jobs/backups-in-use.ts'
import type { JobDependencies } from './jobs/context.ts'
import { createHandover } from './jobs/handover.ts'
import { createJobJournal } from './jobs/job-journal.ts'
import { createSeal } from './jobs/seal.ts'
import { createOdooServer, odooConfReader } from './odoo-server.ts'
import { createAgent } from './operations/create-agent.ts'
import type { Agent } from './operations.ts'
import { openQueue } from './queue/open-queue.ts'
import { QueueHolder } from './queue/queue-holder.ts'
import { startWorking, type Working } from './working.ts'

export const AGENT_VERSION = '0.1.0'

export interface OpenAgentOptions {
  readonly configurationFile: string
  readonly environment: NodeJS.ProcessEnv
  /** Whether this process works off jobs: the service always, a command where no service lives, or never. */
  readonly worker: 'always' | 'if-none-lives' | 'never'
  /** Makes this process yield to others while it works off jobs, from 0 (not at all) to 19. */
  readonly yieldToOthers?: (niceness: number) => void
  readonly warn: (message: string, error?: unknown) => void
  readonly onJobFailure?: (
    job: { readonly kind: string; readonly database: string },
    error: AgentError,
  ) => void
  readonly now?: () => Date
  /** Tells this machine from others; undefined where nothing does. */
  readonly machineId?: () => Promise<string | undefined>
}

export interface OpenedAgent {
  readonly agent: Agent
  readonly store: ConfigurationStore
  readonly odoo: ReturnType<typeof createOdooServer>
  readonly queue: QueueHolder
  /** Whether a worker elsewhere sees to this job, and not this process. */
  isLeftToOthers(id: string): Promise<boolean>
  close(): Promise<void>
}

/** Opens the agent over its configuration file: the service and the command line stand on this alike. */
export async function openAgent(options: OpenAgentOptions): Promise<OpenedAgent> {
  const { environment, warn, now = () => new Date() } = options
  const store = await ConfigurationStore.open({
    path: options.configurationFile,
    environment,
    readOdooConf: odooConfReader(environment),
  })
  const odoo = createOdooServer(store, environment)
  const broker = () =>
    createBrokerClient({ url: store.current.settings.broker_url, userKey: store.current.userKey })
  const credentials = new CredentialSource({ broker, configuration: store, now })
  const openDestination = createDestinations({
    settings: () => store.current.settings,
    credential: (purpose, refused) => credentials.get(purpose, refused),
    onWarning: warn,
  })
  const handover = createHandover(store.path)
  const keepIdentity = createIdentity({
    store,
    cluster: odoo.cluster,
    machineId: options.machineId ?? readMachineId,
    warn,
  })
  const queue = new QueueHolder(async () => {
    await store.refresh()
    // Jobs make sure again: what keeps this from being seen now need not keep the queue away.
    await keepIdentity().catch(() => undefined)
    const { settings, instanceId } = await store.refresh()
    return openQueue({
      queue: settings.queue,
      database: settings.queue_database,
      instanceId,
      cluster: await odoo.cluster(),
      retryDelayMs: settings.retry_seconds * 1000,
      onError: error => warn('The queue reports an error.', error),
    })
  })
  const places = (first?: string) => placesInUse(store.current, first)
  const usesBroker = () => places().some(({ kind }) => kind === 'broker')
  const dependencies: JobDependencies = {
    refresh: () => store.refreshForWork(),
    settings: () => store.current.settings,
    database: name => configurationOf(store, name),
    instanceId: () => store.current.instanceId,
    keepIdentity,
    cluster: odoo.cluster,
    openDestination,
    places,
    handover,
    journal: createJobJournal(store.path, warn),
    seal: createSeal(store.path),
    noteFingerprint: (database, fingerprint) => noteFingerprint(store, database, fingerprint),
    schedules: createScheduleSwitch(store),
    queueJob: async data => (await queue.get()).add(data),
    backupsInUse: async () => backupsInUse(await queue.get()),
    agentVersion: AGENT_VERSION,
    now,
    warn,
  }
  const working: Working | undefined =
    options.worker === 'never'
      ? undefined
      : startWorking({
          store,
          queue,
          dependencies,
          alone: options.worker === 'if-none-lives',
          yieldToOthers: options.yieldToOthers ?? (() => undefined),
          warn,
          onJobFailure: options.onJobFailure ?? (() => undefined),
        })
  return {
    agent: createAgent({
      store,
      odoo,
      queue: () => queue.get(),
      broker: () =>
        usesBroker()
          ? {
              broker,
              credentials,
              renewKey: async () => {
                await store.renewUserKey()
              },
            }
          : undefined,
      openDestination,
      places,
      handover,
      now,
    }),
    store,
    odoo,
    queue,
    isLeftToOthers: async id => working === undefined || working.isLeftToOthers(id),
    close: async () => {
      await working?.close()
      await queue.close()
    },
  }
}

/** Where its section is faulty, to go on as if there were none could leave a backup unencrypted, or elsewhere. */
function configurationOf(store: ConfigurationStore, name: string): DatabaseConfiguration {
  const faults = store.current.faultyDatabases.get(name)
  if (faults !== undefined)
    throw new AgentError(
      'configuration_invalid',
      `The settings of ${name} cannot be read; mend ${store.path}: ${faults.join(' ')}`,
    )
  return store.current.databases.get(name) ?? defaultDatabaseConfiguration(name)
}

async function noteFingerprint(
  store: ConfigurationStore,
  database: string,
  fingerprint: string,
): Promise<void> {
  if (store.current.databases.get(database)?.encryptionFingerprint === fingerprint) return
  await store.change(document =>
    withValue(document, databaseSection(database), `${PREFIX}encryption_fingerprint`, fingerprint),
  )
}
