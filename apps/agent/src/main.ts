import { createLogger, createMetrics, createShutdown, listen } from '@odoo-backup/service'
import { createAgentHttp, httpSettingsOf } from './http/index.ts'
import { readinessChecks } from './http/readiness.ts'
import { uploadFolderOf } from './jobs/upload-folder.ts'
import {
  createLeaseFile,
  createMemoryFile,
  createMonitor,
  leaseFileOf,
  memoryFileOf,
  toldOfLogIns,
} from './monitor/index.ts'
import { yieldToOthers } from './niceness.ts'
import { openAgent } from './open-agent.ts'

const DEFAULT_CONFIGURATION = '/etc/odoo-backup/agent.conf'

/** The service beside Odoo: works off jobs and answers over HTTP until it is told to end. `bin/agent.cts` starts it. */
async function main(): Promise<void> {
  const log = createLogger({ name: 'agent', level: process.env.ODOO_BACKUP_LOG_LEVEL ?? 'info' })
  const shutdown = createShutdown({ log })
  shutdown.onSignals()
  const { agent, store, odoo, queue, close } = await openAgent({
    configurationFile: argument('--config') ?? process.env.ODOO_BACKUP_CONFIG ?? DEFAULT_CONFIGURATION,
    environment: process.env,
    worker: 'always',
    yieldToOthers,
    warn: (message, error) => log.warn({ err: error }, message),
    onJobFailure: (job, error) =>
      log.error({ job: job.kind, database: job.database, code: error.code, err: error }, error.message),
  })
  shutdown.phase('jobs', close, { timeoutSeconds: 30 })
  const metrics = createMetrics()
  const memory = createMemoryFile(memoryFileOf(store.path))
  const lease = createLeaseFile(leaseFileOf(store.path))
  const monitor = createMonitor({ agent, memory, lease, metrics, log })
  monitor.start()
  shutdown.phase('monitor', () => monitor.stop())
  const { http_interface: host, http_port: port } = store.current.settings
  const ending = new AbortController()
  const app = createAgentHttp({
    // What stands of a missing log-in is over at once, and not at the next look.
    agent: toldOfLogIns(agent, () => void monitor.lookAnew()),
    ending: ending.signal,
    settings: () => httpSettingsOf(odoo.settings(), store.current.settings),
    notices: monitor,
    metrics,
    checks: readinessChecks({ odoo, queue, store, notices: monitor }),
    uploadFolder: uploadFolderOf(store.path),
    log,
  })
  const server = await listen(app, { host, port, requestTimeoutSeconds: 0 })
  shutdown.phase('http', () => {
    ending.abort()
    return server.close()
  })
  log.info({ url: server.url, configuration: store.path }, 'listening')
}

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

await main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(78)
})
