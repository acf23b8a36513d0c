import { html } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
import { WHOLE_SERVER } from '../access/access.ts'
import { knownOrigins, ownOrigin, safeRedirect } from '../access/own-address.ts'
import { answerPage, asAgentError } from './answer.ts'
import type { CompatContext } from './context.ts'
import { readForm, SignInForm } from './form.ts'
import { signInPage } from './pages/sign-in.ts'
import { wordsFor } from './pages/words.ts'

const HOME = '/web/database/backups'

/** `POST /odoo_backup_sh/sign_in`: the master password opens a session and brings a waiting one-time code home. */
export async function signIn(context: CompatContext, request: Request, response: Response): Promise<void> {
  const words = wordsFor(request)
  const form = readForm(SignInForm, request)
  const origin = ownOrigin(request, context.settings())
  const next = safeRedirect(form.next, origin, knownOrigins(request, context.settings())) ?? HOME
  try {
    await context.access.checkMasterPassword(request, form.master_pwd)
  } catch (error) {
    const failure = asAgentError(context, error)
    if (failure.retryAfterSeconds !== undefined)
      response.set('retry-after', String(failure.retryAfterSeconds))
    const body = signInPage({ words, next, code: form.odoo_backup_code, refused: { failure } })
    return answerPage(response, body, failure.status)
  }
  context.access.signIn(request, response, WHOLE_SERVER)
  if (form.odoo_backup_code !== undefined) await context.operations.connect({ code: form.odoo_backup_code })
  if (next.startsWith('/web/database/backups')) return response.redirect(303, next)
  // Browsers hold a form to our own site through all redirects (form-action); `next` may lead on to the broker.
  response.set('refresh', `0; url=${next}`)
  answerPage(response, html`<p><a href="${next}">${words.goOn}</a></p>`)
}

/** `POST /odoo_backup_sh/sign_out`. */
export async function signOut(context: CompatContext, request: Request, response: Response): Promise<void> {
  if ((await context.access.principal(request)) === undefined)
    throw new AgentError('not_signed_in', 'You are not signed in.')
  context.access.signOut(request, response)
  response.redirect(303, HOME)
}
