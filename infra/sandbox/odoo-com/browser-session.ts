import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import type { Store, User } from './state.ts'

const COOKIE = 'odoo_com_session'

/** The user who is logged in at the stand-in in this browser. */
export function sessionUser(request: Request, { state }: Store): User | undefined {
  const cookies = (request.headers.cookie ?? '').split(/;\s*/)
  const session = cookies.find(cookie => cookie.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
  const id = session === undefined ? undefined : state.sessions[session]
  return state.users.find(candidate => candidate.id === id)
}

export function beginSession(response: Response, store: Store, user: User): void {
  const session = randomBytes(16).toString('hex')
  store.state.sessions[session] = user.id
  store.save()
  response.cookie(COOKIE, session, { httpOnly: true, sameSite: 'lax' })
}

export function endSession(response: Response): void {
  response.clearCookie(COOKIE)
}

/** The user whose login and password these are. */
export function knownUser({ state }: Store, login: unknown, password: unknown): User | undefined {
  return state.users.find(user => user.login === login && user.password === password)
}
