import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
import { mayReachBackup, requireRole } from '../access/permission.ts'
import { sendBackup } from '../send-backup.ts'
import { answerPage } from './answer.ts'
import type { CompatContext } from './context.ts'
import { queryText } from './form.ts'
import { signInPage } from './pages/sign-in.ts'
import { wordsFor } from './pages/words.ts'

/**
 * `GET /web/database/backup?backup_id=`: one stored archive, for administrators. The former module's number of a
 * record in its database is the archive's name here. Odoo's own POST of that path makes a backup and is not answered.
 */
export async function downloadBackup(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const principal = await context.access.principal(request)
  if (principal === undefined)
    return answerPage(response, signInPage({ words: wordsFor(request), next: request.originalUrl }))
  requireRole(principal, 'administer')
  const name = queryText(request, 'backup_id')
  if (name === undefined) throw new AgentError('backup_unknown', 'Say which backup: backup_id is its name.')
  const backup = await context.operations.backup(name)
  if (!mayReachBackup(principal, backup))
    throw new AgentError('not_permitted', 'This backup is of another database or server.')
  await sendBackup(context.operations, backup.name, response)
}
