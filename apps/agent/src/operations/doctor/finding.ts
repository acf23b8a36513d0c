import type { Finding } from '@odoo-backup/protocol'
import { asAgentError } from '../../jobs/failure.ts'

/** The finding of a check whose only way to fail is an error: what `look` says, or what went wrong. */
export async function checked(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, state: 'ok', message: await look() }
  } catch (error) {
    return faultOf(check, error)
  }
}

export function faultOf(check: string, error: unknown): Finding {
  const { message, code } = asAgentError(error)
  const advice = ADVICE[code]
  return { check, state: 'fault', message, ...(advice === undefined ? {} : { advice }) }
}

/** What to do where the message alone does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  login_required: 'Run odoo-backup login.',
  access_revoked: 'Run odoo-backup login.',
  broker_unreachable: 'Check this machine’s network.',
  postgres_unreachable: 'Start PostgreSQL, or mend db_host and db_port.',
}
