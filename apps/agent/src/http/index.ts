import {
  createHttpApp,
  finishHttpApp,
  type HealthCheck,
  healthRoutes,
  type Log,
  type Metrics,
  routerOf,
} from '@odoo-backup/service'
import type { Express } from 'express'
import type { Agent } from '../operations.ts'
import { createAccess } from './access/access.ts'
import type { NoticeBoard } from './api/context.ts'
import { apiRouter } from './api/index.ts'
import { recentListing } from './api/recent-listing.ts'
import { createUploads } from './api/uploads.ts'
import { compatRoutes } from './compat/index.ts'
import { guardedMetricsRoutes } from './metrics-door.ts'
import { agentErrorsAsProblems } from './refusals.ts'
import type { HttpSettings } from './settings.ts'
import { findWebInterface, webInterface } from './web-interface.ts'

export type { NoticeBoard } from './api/context.ts'
export { type HttpSettings, httpSettingsOf } from './settings.ts'

export interface AgentHttpOptions {
  readonly agent: Agent
  /** Read at each request, so that a change of the configuration counts at once. */
  readonly settings: () => HttpSettings
  readonly notices: NoticeBoard
  readonly metrics: Metrics
  /** What `/readyz` looks at, by name. */
  readonly checks: Readonly<Record<string, HealthCheck>>
  /** Where uploads wait to be restored; made when the first one comes. */
  readonly uploadFolder: string
  readonly log: Log
  /** Aborted when the service ends, so that streams of events end too; never by default. */
  readonly ending?: AbortSignal
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** How long the restore form waits for its job before it answers with the job's page; 20 s by default. */
  readonly restorePatienceMs?: number
  /** The built web interface, served below `/odoo_backup_sh/`; found beside the agent by default. */
  readonly webInterfaceFolder?: string
}

/**
 * Everything that the agent answers over HTTP: the pages of the former module, the REST API (at `/api` and, behind
 * the same proxy as Odoo, at `/odoo_backup_sh/api`), health and metrics.
 */
export function createAgentHttp(options: AgentHttpOptions): Express {
  const { agent, settings, log, metrics, notices, clock = Date.now } = options
  const app = createHttpApp({ log, metrics })
  // Odoo's own rule (proxy_mode, werkzeug's ProxyFix): the nearest proxy is believed, or nobody.
  app.set('trust proxy', (_address: string, hop: number) => settings().proxyMode && hop === 0)
  app.use((_request, response, next) => {
    // Without a referrer browsers hide the origin of form posts too, which is how forged ones are told apart.
    response.setHeader('Referrer-Policy', 'same-origin')
    next()
  })

  const access = createAccess({ operations: agent, tokens: () => agent.tokens(), settings, clock })
  const uploads = createUploads(options.uploadFolder)
  const patienceMs = options.restorePatienceMs ?? 20_000
  const { ending = new AbortController().signal } = options
  const recent = recentListing(agent, clock)
  const api = apiRouter({ agent, access, settings, uploads, notices, recent, log, clock, ending })

  app.use(routerOf([...healthRoutes({ checks: options.checks }), ...guardedMetricsRoutes(metrics, access)]))
  app.use(compatRoutes({ operations: agent, access, settings, notices, log, clock, patienceMs }))
  app.use('/api', api)
  app.use('/odoo_backup_sh/api', api)
  const interfaceFolder = options.webInterfaceFolder ?? findWebInterface()
  if (interfaceFolder !== undefined) app.use('/odoo_backup_sh', webInterface(interfaceFolder, settings))
  // From where the visitor is: a proxy may have taken off what stands before it.
  const home = interfaceFolder === undefined ? 'web/database/backups' : 'odoo_backup_sh/'
  app.get('/', (_request, response) => response.redirect(302, home))
  app.use(agentErrorsAsProblems(access))
  return finishHttpApp(app, { log })
}
