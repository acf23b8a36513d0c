import type { DatabaseName } from '@odoo-backup/protocol'
import { z } from 'zod'
import { AgentError } from '../../errors.ts'
import type { Principal } from './sessions.ts'

/** Odoo's `session_info`: `uid` null means that a second factor is asked for. */
const SessionInfo = z.object({
  uid: z.int().nullable().optional(),
  is_system: z.boolean().optional(),
  is_internal_user: z.boolean().optional(),
})
/** Odoo tells failures in the body, with HTTP 200; `name` is the class of the exception, in all of 12 to 18. */
const Failure = z.object({ data: z.object({ name: z.string(), message: z.string().optional() }).optional() })
const Answer = z.object({ result: SessionInfo.optional(), error: Failure.optional() })

const TIMEOUT_MS = 15_000
const ANSWER_LIMIT_BYTES = 1_048_576

export interface OdooLogin {
  readonly database: DatabaseName
  readonly login: string
  readonly password: string
}

/**
 * Asks the running Odoo (`/web/session/authenticate`). A user with Settings rights (`is_system`) administers this
 * one database here; another internal user may look, where Odoo says that the user is one; portal users get nothing.
 * Returns undefined for a wrong log-in; throws `two_factor_unsupported`, `not_permitted`, `odoo_unreachable`, and
 * `database_unknown` where Odoo does not serve the database at this address.
 */
export async function principalOfOdooLogin(
  odooUrl: string,
  given: OdooLogin,
): Promise<Principal | undefined> {
  const { answer, cookie } = await authenticate(odooUrl, given)
  if (answer.result === undefined) return refused(answer.error?.data, given.database)
  const { uid, is_system: isSystem, is_internal_user: isInternal } = answer.result
  // Where a second factor is asked for, Odoo has begun a session that waits for it.
  await endOdooSession(odooUrl, cookie)
  if (uid === null || uid === undefined)
    throw new AgentError(
      'two_factor_unsupported',
      'This Odoo user signs in with a second factor, which cannot be asked for here. Use the master password or an API token.',
    )
  if (isSystem !== true && isInternal !== true)
    throw new AgentError(
      'not_permitted',
      'Only users with administration rights in Odoo ("Settings") may sign in here.',
    )
  return { role: isSystem === true ? 'administer' : 'look', database: given.database, name: given.login }
}

/** Only a wrong name or password is a guess that counts; with anything else nobody tried one. */
function refused(
  failure: { name: string; message?: string | undefined } = { name: '' },
  database: string,
): undefined {
  if (/(?:^|\.)AccessDenied$/.test(failure.name)) return undefined
  const { message = '' } = failure
  // Odoo 14 and later say the former where `dbfilter` leaves the database out; PostgreSQL says the latter.
  if (/Database not found|database ".*" does not exist/i.test(message))
    throw new AgentError(
      'database_unknown',
      `Odoo does not serve the database ${database} here. Where its dbfilter goes by host name, set odoo_backup_sh_odoo_url to an address that it lets through.`,
    )
  throw new AgentError(
    'odoo_unreachable',
    'Odoo could not check the log-in: it met an error of its own, which its log tells. Use the master password until it is mended.',
  )
}

async function authenticate(odooUrl: string, { database, login, password }: OdooLogin) {
  try {
    const response = await fetch(new URL('/web/session/authenticate', odooUrl), {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', method: 'call', params: { db: database, login, password } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await readLimited(response)
    if (!response.ok) throw new Error(`Odoo answered ${response.status}`)
    return { answer: Answer.parse(JSON.parse(text)), cookie: sessionCookie(response) }
  } catch (cause) {
    throw new AgentError(
      'odoo_unreachable',
      'Odoo does not answer, so that its users cannot sign in here. Start Odoo, set odoo_backup_sh_odoo_url to where it is, or use the master password.',
      { cause },
    )
  }
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > ANSWER_LIMIT_BYTES) throw new Error('The answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function sessionCookie(response: Response): string | undefined {
  const cookies = response.headers.getSetCookie().map(cookie => cookie.split(';', 1)[0] ?? '')
  return cookies.find(cookie => cookie.startsWith('session_id='))
}

/** We only wanted to know who it is: no session of ours stays in Odoo. It ends by itself if this fails. */
async function endOdooSession(odooUrl: string, cookie: string | undefined): Promise<void> {
  if (cookie === undefined) return
  await fetch(new URL('/web/session/logout', odooUrl), {
    redirect: 'manual',
    headers: { cookie },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    response => response.body?.cancel(),
    () => undefined,
  )
}
