import { bind, connection } from './calls.ts'
import { ApiError } from './client.ts'

/** The query parameter in which the log-in brings its one-time code back. */
export const CODE_PARAMETER = 'odoo_backup_code'
const BEGUN_KEY = 'odoo-backup-log-in-begun'

const ownAddress = () => `${window.location.origin}${window.location.pathname}`

/**
 * Sends the reader to the log-in if the agent needs one; true when storage is connected already. That this tab
 * began it is noted, because a code that arrives out of nowhere is somebody else's. Throws `payment_required`, and
 * `session_storage_blocked` before anybody leaves for a log-in that this browser could not bring back.
 */
export async function connectStorage(): Promise<boolean> {
  const answer = await connection(ownAddress())
  if (answer.state === 'connected') return true
  if (answer.state === 'payment_required') throw paymentRequired(answer)
  noteBegun(window.location.hash || '#/setup')
  window.location.assign(answer.authLink)
  return false
}

function noteBegun(place: string): void {
  try {
    window.sessionStorage.setItem(BEGUN_KEY, place)
  } catch {
    throw new ApiError('session_storage_blocked', 0, '')
  }
}

/** Where the log-in was begun in this tab, once; `null` where it was not, or nothing can be kept. */
function takeBegun(): string | null {
  try {
    const place = window.sessionStorage.getItem(BEGUN_KEY)
    window.sessionStorage.removeItem(BEGUN_KEY)
    return place
  } catch {
    return null
  }
}

function paymentRequired({ message, rechargeLink }: { message: string; rechargeLink?: string }): ApiError {
  const code = 'payment_required'
  return new ApiError(code, 402, message, {
    type: 'about:blank',
    title: message,
    status: 402,
    code,
    ...(rechargeLink === undefined ? {} : { rechargeLink }),
  })
}

/** Whether the reader just comes back from a log-in. */
export function hasLogInCode(): boolean {
  return new URLSearchParams(window.location.search).has(CODE_PARAMETER)
}

/**
 * Takes the code of a log-in that this tab began out of the address, brings it to the agent, and leads the reader
 * back to where they were.
 */
export async function takeLogInCode(): Promise<void> {
  const code = new URLSearchParams(window.location.search).get(CODE_PARAMETER)
  if (code === null) return
  const begunAt = takeBegun()
  window.history.replaceState(null, '', `${window.location.pathname}${begunAt ?? '#/'}`)
  // Changing the address by hand tells nobody; the place is read again by this.
  window.dispatchEvent(new HashChangeEvent('hashchange'))
  if (begunAt === null) return
  await bind(code)
  returned = true
}

let returned = false

/** Once after a log-in that brought its code: true, so that what was interrupted goes on. */
export function isBackFromLogIn(): boolean {
  const answer = returned
  returned = false
  return answer
}
