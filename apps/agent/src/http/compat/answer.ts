import { type Html, html, sendPage } from '@odoo-backup/service'
import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
import { failureFor } from '../access/account-links.ts'
import type { CompatContext } from './context.ts'
import { logInAtBrokerPage, paymentPage } from './pages/connect.ts'
import { alert, failureAlert, toManager } from './pages/frame.ts'
import { type PageWords, wordsFor } from './pages/words.ts'

export function answerPage(response: Response, body: Html, status = 200, title?: string): void {
  response.set('cache-control', 'no-store')
  const { language, skip, title: usual } = wordsFor(response.req)
  sendPage(response, { title: title ?? usual, language, skip, body, status, look: 'odoo' })
}

/**
 * Renders any failure as a page with its status, as far as the visitor may see it. What is not an AgentError is logged
 * and not shown.
 * @param leadOf a sentence before it
 */
export function answerFailure(
  context: CompatContext,
  response: Response,
  error: unknown,
  leadOf: (words: PageWords) => string = () => '',
): void {
  const failure = failureFor(context.access.admitted(response.req), asAgentError(context, error))
  const words = wordsFor(response.req)
  if (failure.retryAfterSeconds !== undefined) response.set('retry-after', String(failure.retryAfterSeconds))
  answerPage(response, failureBody(failure, words, leadOf(words)), failure.status)
}

function failureBody(failure: AgentError, words: PageWords, lead: string): Html {
  if (failure.code === 'login_required' && failure.authLink !== undefined)
    return logInAtBrokerPage(failure.authLink, words)
  if (failure.code === 'payment_required') return paymentPage(failure.message, failure.rechargeLink, words)
  // There is no way back to pages that are switched off.
  if (failure.code === 'database_manager_disabled') return failureAlert(words, failure, lead)
  return html`${failureAlert(words, failure, lead)}
    ${waysBack(words, failure.retryable ? words.lookAgain : words.toBackups)}`
}

/** The ways on from a page that has nothing else to offer. */
export function waysBack(words: PageWords, toBackups: string): Html {
  return html`<p><a href="/web/database/backups">${toBackups}</a></p>
    ${toManager(words)}`
}

/** In the place of a page that there is not: that it is so, and the ways back. */
export async function answerNotThere(_request: Request, response: Response): Promise<void> {
  const words = wordsFor(response.req)
  answerPage(response, html`${alert('danger', words.notThere)}${waysBack(words, words.toBackups)}`, 404)
}

export function asAgentError(context: CompatContext, error: unknown): AgentError {
  if (error instanceof AgentError) return error
  context.log.error({ err: error }, 'a page failed')
  return new AgentError('internal', "Something went wrong. The agent's log says what.", { cause: error })
}

/** Where Odoo's `list_db` is off: no pages, as of Odoo's own database manager. */
export function managerDisabled(): AgentError {
  return new AgentError(
    'database_manager_disabled',
    'The database manager has been disabled by the administrator (list_db in odoo.conf). The command line works on.',
  )
}

export function answerManagerDisabled(response: Response): void {
  const failure = managerDisabled()
  answerPage(response, failureAlert(wordsFor(response.req), failure), failure.status)
}

/** A handler whose failures become pages. */
export function page(
  context: CompatContext,
  handle: (request: Request, response: Response) => Promise<void>,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    try {
      if (!context.settings().listDb) throw managerDisabled()
      await handle(request, response)
    } catch (error) {
      answerFailure(context, response, error)
    }
  }
}
