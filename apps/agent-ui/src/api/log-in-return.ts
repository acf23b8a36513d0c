import { bind, connection } from './calls.ts'

/** The query parameter in which the log-in brings its one-time code back. */
export const CODE_PARAMETER = 'odoo_backup_code'
const BEGUN_KEY = 'odoo-backup-log-in-begun'

const ownAddress = () => `${window.location.origin}${window.location.pathname}`

/**
 * Sends the reader to the log-in if the agent needs one; true when storage is connected already. That this tab
 * began it is noted, because a code that arrives out of nowhere is somebody else's.
 */
export async function connectStorage(): Promise<boolean> {
  const answer = await connection(ownAddress())
  if (answer.state !== 'login_required') return answer.state === 'connected'
  window.sessionStorage.setItem(BEGUN_KEY, window.location.hash || '#/setup')
  window.location.assign(answer.authLink)
  return false
}

/**
 * Takes the code of a log-in that this tab began out of the address, and brings it to the agent. Returns where
 * the reader was; undefined when there is no such code.
 */
export async function takeLogInCode(): Promise<string | undefined> {
  const code = new URLSearchParams(window.location.search).get(CODE_PARAMETER)
  if (code === null) return undefined
  const begunAt = window.sessionStorage.getItem(BEGUN_KEY)
  window.sessionStorage.removeItem(BEGUN_KEY)
  window.history.replaceState(null, '', `${window.location.pathname}${begunAt ?? '#/'}`)
  if (begunAt === null) return undefined
  await bind(code)
  return begunAt
}
