import { DatabaseName, JobId } from '@odoo-backup/protocol'
import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
import { isOver } from '../../wording/job.ts'
import { requireDatabase, requireRole } from '../access/permission.ts'
import type { Principal } from '../access/sessions.ts'
import { answerPage } from './answer.ts'
import type { CompatContext } from './context.ts'
import { jobPage } from './pages/job-page.ts'
import { signInPage } from './pages/sign-in.ts'
import { wordsFor } from './pages/words.ts'

const REFRESH_SECONDS = 2

/** `GET /web/database/backups/jobs/:id`. */
export async function showJob(context: CompatContext, request: Request, response: Response): Promise<void> {
  const words = wordsFor(request)
  const session = context.access.session(request)
  if (session === undefined) return answerPage(response, signInPage({ words, next: request.originalUrl }))
  const job = await context.operations.job(jobId(request))
  requireDatabase(session.principal, job.database)
  if (!isOver(job)) response.set('refresh', String(REFRESH_SECONDS))
  answerPage(response, jobPage(job, session.formToken, words), 200, words.jobTitle(job))
}

/** `POST /web/database/backups/jobs/:id/cancel`. */
export async function cancelJob(context: CompatContext, request: Request, response: Response): Promise<void> {
  await changeJob(context, request, response, id => context.operations.cancel(id))
}

/** `POST /web/database/backups/jobs/:id/try-again`. */
export async function tryJobAgain(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  await changeJob(context, request, response, id => context.operations.tryAgain(id))
}

async function changeJob(
  context: CompatContext,
  request: Request,
  response: Response,
  change: (id: JobId) => Promise<void>,
): Promise<void> {
  const principal = await operator(context, request)
  const id = jobId(request)
  requireDatabase(principal, (await context.operations.job(id)).database)
  await change(id)
  response.redirect(303, `/web/database/backups/jobs/${encodeURIComponent(id)}`)
}

/** `POST /web/database/backups/start`. */
export async function startBackup(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const principal = await operator(context, request)
  const parsed = DatabaseName.safeParse(request.body?.database)
  if (!parsed.success)
    throw new AgentError('invalid_request', 'Choose the database to back up.', {
      fields: [{ path: 'database', code: 'invalid' }],
    })
  requireDatabase(principal, parsed.data)
  const id = await context.operations.startBackup({ database: parsed.data })
  response.redirect(303, `/web/database/backups/jobs/${encodeURIComponent(id)}`)
}

async function operator(context: CompatContext, request: Request): Promise<Principal> {
  const principal = await context.access.principal(request)
  if (principal === undefined) throw new AgentError('not_signed_in', 'Your session is over. Sign in again.')
  requireRole(principal, 'operate')
  return principal
}

function jobId(request: Request): JobId {
  const parsed = JobId.safeParse(request.params.id)
  if (!parsed.success) throw new AgentError('job_unknown', 'There is no such job (any more).')
  return parsed.data
}
