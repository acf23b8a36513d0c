import { existsSync } from 'node:fs'
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
  toldOfChanges,
} from './monitor/index.ts'
import { yieldToOthers } from './niceness.ts'
import { AGENT_VERSION, openAgent } from './open-agent.ts'
import { readServiceArguments, SERVICE_USAGE } from './service-arguments.ts'

const DEFAULT_CONFIGURATION = '/etc/odoo-backup/agent.conf'

/** The service beside Odoo: works off jobs and answers over HTTP until it is told to end. `bin/agent.cts` starts it. */
async function main(configurationFile: string): Promise<void> {
  const log = createLogger({ name: 'agent', level: process.env.ODOO_BACKUP_LOG_LEVEL ?? 'info' })
  const shutdown = createShutdown({ log })
  shutdown.onSignals()
  const wasThere = existsSync(configurationFile)
  const { agent, store, odoo, queue, close } = await openAgent({
    configurationFile,
    environment: process.env,
    worker: 'always',
    yieldToOthers,
    warn: (message, error) => log.warn({ err: error }, message),
    onJobFailure: (job, error) =>
      log.error({ job: job.kind, database: job.database, code: error.code, err: error }, error.message),
  })
  if (!wasThere)
    log.warn(
      { configuration: store.path },
      'There was no configuration file: a new one was made, and this is a new instance. If that was not meant, end it and name the right file with --config.',
    )
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
    // What stands of a missing log-in or of credit is over at once, and not at the next look.
    agent: toldOfChanges(agent, () => void monitor.lookAnew()),
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

const given = readServiceArguments(process.argv.slice(2))
switch (given.kind) {
  case 'help':
    process.stdout.write(SERVICE_USAGE)
    break
  case 'version':
    process.stdout.write(`${AGENT_VERSION}\n`)
    break
  case 'fault':
    process.stderr.write(`${given.fault}\n\n${SERVICE_USAGE}`)
    process.exitCode = 64
    break
  case 'run':
    await main(given.configurationFile ?? process.env.ODOO_BACKUP_CONFIG ?? DEFAULT_CONFIGURATION).catch(
      error => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
        process.exit(78)
      },
    )
}
