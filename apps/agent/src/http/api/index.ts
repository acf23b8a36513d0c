import { openApiRoutes, type Route, routerOf } from '@odoo-backup/service'
import type { Router } from 'express'
import { backupRoutes } from './backup-routes.ts'
import { connectionRoutes } from './connection-routes.ts'
import type { ApiContext } from './context.ts'
import { databaseRoutes } from './database-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { reportRoutes } from './report-routes.ts'
import { restoreRoutes } from './restore-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { settingsRoutes } from './settings-routes.ts'

/** Every route of the API; paths are relative to where it is mounted. */
export function apiRoutes(context: ApiContext): Route[] {
  return [
    ...sessionRoutes(context),
    ...connectionRoutes(context),
    ...databaseRoutes(context),
    ...backupRoutes(context),
    ...restoreRoutes(context),
    ...jobRoutes(context),
    ...reportRoutes(context),
    ...settingsRoutes(context),
  ]
}

/** The API with its own description at `openapi.json`. */
export function apiRouter(context: ApiContext): Router {
  const routes = apiRoutes(context)
  const about = {
    title: 'odoo-backup.sh agent',
    version: '1',
    description: 'Everything that the pages and the command line of the agent do. Paths are below `/api`.',
    sessionCookie: 'odoo_backup_agent_session',
  }
  return routerOf([...routes, ...openApiRoutes(routes, about)])
}
