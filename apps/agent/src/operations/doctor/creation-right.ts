import { OdooError, requireCreationRight } from '@odoo-backup/odoo'
import type { Finding } from '@odoo-backup/protocol'
import type { AgentParts } from '../parts.ts'
import { faultOf } from './finding.ts'

const CHECK = 'postgres role'

/**
 * Backups go on without it, and nothing can be restored or tried. Says nothing where PostgreSQL does not answer, which
 * another check tells.
 */
export async function* creationRight({ odoo }: AgentParts): AsyncGenerator<Finding> {
  try {
    await requireCreationRight(await odoo.cluster())
  } catch (error) {
    if (error instanceof OdooError && error.code === 'role_lacks_right') yield faultOf(CHECK, error)
    return
  }
  yield { check: CHECK, state: 'ok', message: 'Odoo’s role may make the databases of restores and drills.' }
}
