import { type JobId, type JobView, RestoreRequest, type Warning } from '@odoo-backup/protocol'
import type { Request, Response } from 'express'
import { AgentError, agentErrorCode } from '../../errors.ts'
import { afterCancelling, isOver } from '../../wording/job.ts'
import { WHOLE_SERVER } from '../access/access.ts'
import { mayReach } from '../access/permission.ts'
import type { Session } from '../access/sessions.ts'
import { answerFailure, answerPage, asAgentError } from './answer.ts'
import { answerBackupList } from './backups.ts'
import type { CompatContext } from './context.ts'
import { RestoreForm, readForm } from './form.ts'
import { signInPage } from './pages/sign-in.ts'
import { wordsFor } from './pages/words.ts'

/**
 * `POST /web/database/restore_via_odoo_backup_sh`: asks for the master password whoever is signed in, restores, and
 * leads to Odoo's database manager; a long restore is followed on the job's page instead, and one that has something to
 * tell is told there.
 */
export async function restoreFromForm(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  let session = context.access.session(request)
  try {
    const given: unknown = request.body?.master_pwd
    await context.access.checkMasterPassword(request, typeof given === 'string' ? given : '')
    session ??= context.access.signIn(request, response, WHOLE_SERVER)
    const form = readForm(RestoreForm, request)
    const id = await startRestore(context, form)
    const job = await followFor(context, id)
    // Who is signed in for another database alone may not see the job's page.
    const tells = job?.state === 'completed' && tellsMore(job) && mayReach(session.principal, form.name)
    if (job === undefined || !isOver(job) || tells)
      return response.redirect(303, `/web/database/backups/jobs/${encodeURIComponent(id)}`)
    if (job.state === 'completed') return response.redirect(303, '/web/database/manager')
    throw failureOf(job)
  } catch (error) {
    await answerRefusal(context, request, response, session, asAgentError(context, error))
  }
}

async function startRestore(
  context: CompatContext,
  form: ReturnType<typeof RestoreForm.parse>,
): Promise<JobId> {
  const restore = RestoreRequest.parse({
    source: { kind: 'stored', backup: form.backup_file_name },
    database: form.name,
    copy: form.copy,
    neutralise: form.neutralize_database,
  })
  const password = form.encryption_password
  return context.operations.startRestore(
    restore,
    password === undefined || password === '' ? {} : { encryptionPassword: password },
  )
}

/** So of every restore on a server. */
const ALWAYS: ReadonlySet<Warning['text']['code']> = new Set(['not_in_backups', 'modules_unknown'])

/** Beyond what is so of every restore: warnings of this one, or what neutralising did. */
function tellsMore({ neutralised, warnings }: JobView): boolean {
  return neutralised !== undefined || warnings.some(({ text }) => !ALWAYS.has(text.code))
}

/** The job's last state within the time that a browser waits; undefined when it did not even begin. */
async function followFor(context: CompatContext, id: JobId): Promise<JobView | undefined> {
  const signal = AbortSignal.timeout(context.patienceMs)
  let last: JobView | undefined
  try {
    for await (const job of context.operations.follow(id, signal)) {
      last = job
      if (isOver(job) || signal.aborted) break
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return last
}

function failureOf(job: JobView): AgentError {
  if (job.failure !== undefined) return new AgentError(agentErrorCode(job.failure.code), job.failure.message)
  return new AgentError('cancelled', `The restore was cancelled. ${afterCancelling(job)}`)
}

/** The form again, with what was entered and the error, for those who may see it. */
async function answerRefusal(
  context: CompatContext,
  request: Request,
  response: Response,
  session: Session | undefined,
  failure: AgentError,
): Promise<void> {
  if (failure.retryAfterSeconds !== undefined) response.set('retry-after', String(failure.retryAfterSeconds))
  if (session === undefined) {
    const words = wordsFor(request)
    const refused = { failure, lead: words.notRestored }
    const body = signInPage({ words, next: '/web/database/backups', refused })
    return answerPage(response, body, failure.status)
  }
  if (failure.code === 'login_required' || failure.code === 'payment_required')
    return answerFailure(context, response, failure)
  try {
    await answerBackupList(context, request, response, session, {
      refused: { form: enteredForm(request), failure },
    })
  } catch {
    // The list cannot be had, which may be the very reason of the failure: the error stands alone.
    answerFailure(context, response, failure, words => words.notRestored)
  }
}

function enteredForm(request: Request) {
  const field = (name: string) => {
    const value: unknown = request.body?.[name]
    return typeof value === 'string' ? value.slice(0, 1024) : ''
  }
  return {
    backup: field('backup_file_name'),
    name: field('name'),
    copy: field('copy') === 'true',
    neutralise: field('neutralize_database') === 'true',
  }
}
