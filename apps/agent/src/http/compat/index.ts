import { Router } from 'express'
import { answerNotThere, page } from './answer.ts'
import { bindByForm, showBackups } from './backups.ts'
import type { CompatContext } from './context.ts'
import { fetchDashboardData } from './dashboard.ts'
import { downloadBackup } from './download.ts'
import { cancelJob, showJob, startBackup, tryJobAgain } from './jobs.ts'
import { leadToOdoo, showManagerLink } from './manager-link.ts'
import { restoreFromForm } from './restore.ts'
import { getS3Credentials } from './s3-credentials.ts'
import { signIn, signOut } from './sign-in.ts'

/** The paths of the former Odoo module, as plain pages that work without JavaScript. */
export function compatRoutes(context: CompatContext): Router {
  const router = Router()

  router.get(
    '/web/database/backups',
    page(context, (...exchange) => showBackups(context, ...exchange)),
  )
  router.get(
    '/web/database/backup',
    page(context, (...exchange) => downloadBackup(context, ...exchange)),
  )
  router.get(
    '/web/database/backups/jobs/:id',
    page(context, (...exchange) => showJob(context, ...exchange)),
  )
  router.post(
    '/web/database/backups/jobs/:id/cancel',
    page(context, (...exchange) => cancelJob(context, ...exchange)),
  )
  router.post(
    '/web/database/backups/jobs/:id/try-again',
    page(context, (...exchange) => tryJobAgain(context, ...exchange)),
  )
  router.post(
    '/web/database/backups/start',
    page(context, (...exchange) => startBackup(context, ...exchange)),
  )
  router.all('/web/database/backups/{*elsewhere}', page(context, answerNotThere))
  router.post(
    '/web/database/restore_via_odoo_backup_sh',
    page(context, (...exchange) => restoreFromForm(context, ...exchange)),
  )
  router.post(
    '/odoo_backup_sh/sign_in',
    page(context, (...exchange) => signIn(context, ...exchange)),
  )
  router.post(
    '/odoo_backup_sh/bind',
    page(context, (...exchange) => bindByForm(context, ...exchange)),
  )
  router.post(
    '/odoo_backup_sh/sign_out',
    page(context, (...exchange) => signOut(context, ...exchange)),
  )
  router.get(
    '/odoo_backup_sh/get_s3_credentials',
    page(context, (...exchange) => getS3Credentials(context, ...exchange)),
  )
  router.post('/odoo_backup_sh/fetch_dashboard_data', (request, response) =>
    fetchDashboardData(context, request, response),
  )
  router.get(
    '/web',
    page(context, (...exchange) => leadToOdoo(context, ...exchange)),
  )
  router.get('/web/database/manager', (request, response) => showManagerLink(context, request, response))
  return router
}
