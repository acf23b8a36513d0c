import { createHmac, timingSafeEqual } from 'node:crypto'
import { type AccountView, accountView } from '../registry/accounts.ts'
import type { PrismaClient } from '../registry/generated/client.ts'
import { after, LIFETIME } from '../registry/lifetimes.ts'
import { hashOpaqueId, isOpaqueId, newOpaqueId } from './opaque-id.ts'

/** A browser that is logged in. */
export interface Session {
  readonly account: AccountView
  readonly authenticatedAt: Date
  /** Goes into every form; a page of another site cannot know it. */
  readonly formToken: string
}

/** The cookies of a request, by which its session is found. */
export interface HeldCookies {
  readonly session: string | undefined
  readonly browser: string | undefined
}

export interface Sessions {
  /** Begins a session at log-in, always under a new id, and ends the one that the browser had. */
  begin(account: AccountView, former: string | undefined): Promise<{ cookie: string; expiresAt: Date }>
  find(held: HeldCookies): Promise<Session | undefined>
  end(cookie: string | undefined): Promise<void>
}

export function createSessions(prisma: PrismaClient, now: () => Date): Sessions {
  async function end(cookie: string | undefined): Promise<void> {
    if (isOpaqueId(cookie)) await prisma.session.deleteMany({ where: { idHash: hashOpaqueId(cookie) } })
  }

  return {
    async begin(account, former) {
      await end(former)
      const cookie = newOpaqueId()
      const expiresAt = after(now(), LIFETIME.session)
      await prisma.session.create({
        data: { idHash: hashOpaqueId(cookie), accountId: account.id, authenticatedAt: now(), expiresAt },
      })
      return { cookie, expiresAt }
    },

    async find({ session: cookie, browser }) {
      if (!isOpaqueId(cookie)) return undefined
      const row = await prisma.session.findFirst({
        where: { idHash: hashOpaqueId(cookie), expiresAt: { gt: now() } },
        include: { account: true },
      })
      if (row === null) return undefined
      const account = accountView(row.account)
      const formToken = formTokenOf(isOpaqueId(browser) ? browser : cookie, account)
      return { account, authenticatedAt: row.authenticatedAt, formToken }
    },

    end,
  }
}

/**
 * Derived from the browser's own cookie and not from the session's, which is renewed at each log-in: else a
 * log-in in one tab would spoil the form that is open in another.
 */
function formTokenOf(cookie: string, account: AccountView): string {
  return createHmac('sha256', cookie).update(`form ${account.id}`).digest('base64url')
}

export function isFormToken(session: Session, given: unknown): boolean {
  const [expected, actual] = [
    Buffer.from(session.formToken),
    Buffer.from(typeof given === 'string' ? given : ''),
  ]
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** Whether the log-in is young enough to approve or revoke. */
export function isFresh(session: Session, now: Date): boolean {
  return now.getTime() - session.authenticatedAt.getTime() < LIFETIME.freshLogin
}
