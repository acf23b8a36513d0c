import { BINDING_CODE_PARAMETER } from '@odoo-backup/protocol'
import type { Request, Response } from 'express'
import { requireForAccount } from '../access/account-links.ts'
import { knownOrigins, ownOrigin, ownUrl, safeRedirect } from '../access/own-address.ts'
import { answerPage } from './answer.ts'
import type { CompatContext } from './context.ts'
import { queryText } from './form.ts'
import { confirmCodePage, paymentPage } from './pages/connect.ts'
import { signInPage } from './pages/sign-in.ts'
import { wordsFor } from './pages/words.ts'

/**
 * `GET /odoo_backup_sh/get_s3_credentials?redirect=`: leads through the log-in at the broker when one is needed,
 * then to `redirect`, which must be a path of ours or of a known origin; anything else leads to the backups.
 */
export async function getS3Credentials(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const words = wordsFor(request)
  const settings = context.settings()
  const code = queryText(request, BINDING_CODE_PARAMETER)
  const here = ownUrl(request, settings, [BINDING_CODE_PARAMETER])
  const session = context.access.session(request)
  if (session === undefined) return answerPage(response, signInPage({ words, next: here, code }))
  requireForAccount(session.principal)
  if (code !== undefined && !session.awaitsCode)
    return answerPage(response, confirmCodePage(code, session.formToken, words))
  session.awaitsCode = false
  const connection = await context.operations.connect(code === undefined ? { redirect: here } : { code })
  if (connection.state === 'login_required') {
    session.awaitsCode = true
    return response.redirect(302, connection.authLink)
  }
  if (connection.state === 'payment_required')
    return answerPage(response, paymentPage(connection.message, connection.rechargeLink, words), 402)
  const wanted = queryText(request, 'redirect') ?? ''
  const target = safeRedirect(wanted, ownOrigin(request, settings), knownOrigins(request, settings))
  response.redirect(302, wanted === '' || target === undefined ? '/web/database/backups' : target)
}
