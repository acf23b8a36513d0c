import { createHash, randomBytes } from 'node:crypto'
import type { Role } from '@odoo-backup/protocol'

/** Who asks, and what they may do. `database` limits them to one. */
export interface Principal {
  readonly role: Role
  readonly database?: string
  /** For the log: `master password`, `token NAME`, or an Odoo log-in name. */
  readonly name: string
}

export interface Session {
  readonly principal: Principal
  /** Goes into every form of the page and back; another site cannot know it. */
  readonly formToken: string
  /** Whether this visitor was sent to the log-in at the broker from here, and so is expected back with a code. */
  awaitsCode: boolean
}

export interface Sessions {
  /** Returns the secret for the cookie; only its hash stays here. */
  open(principal: Principal): { secret: string; session: Session }
  /**
   * The session of a cookie, kept alive by being asked for unless `unattended`; undefined when unknown or over.
   */
  find(secret: string, options?: { readonly unattended?: boolean }): Session | undefined
  close(secret: string): void
}

interface Kept extends Session {
  readonly openedAt: number
  usedAt: number
}

const HOUR = 3_600_000
/** A session ends half an hour after a person last asked for something, and after twelve hours in any case. */
const LIMITS = { idleMs: HOUR / 2, lifeMs: 12 * HOUR, sessions: 1000 }

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')

/**
 * Sessions live in this process alone: a restart ends them all, they can be ended from here, and none is ever
 * made for an anonymous visitor. When there are too many, the one that was used longest ago goes.
 */
export function createSessions(clock: () => number, limits = LIMITS): Sessions {
  const kept = new Map<string, Kept>()
  const isOver = (session: Kept) =>
    clock() - session.usedAt > limits.idleMs || clock() - session.openedAt > limits.lifeMs

  return {
    open(principal) {
      for (const [hash, session] of kept) if (isOver(session)) kept.delete(hash)
      const oldest = kept.size >= limits.sessions ? kept.keys().next().value : undefined
      if (oldest !== undefined) kept.delete(oldest)
      const secret = randomBytes(32).toString('base64url')
      const formToken = randomBytes(24).toString('base64url')
      const session: Kept = { principal, formToken, awaitsCode: false, openedAt: clock(), usedAt: clock() }
      kept.set(hashOf(secret), session)
      return { secret, session }
    },
    find(secret, { unattended = false } = {}) {
      const hash = hashOf(secret)
      const session = kept.get(hash)
      if (session === undefined) return undefined
      if (isOver(session)) {
        kept.delete(hash)
        return undefined
      }
      if (unattended) return session
      kept.delete(hash)
      session.usedAt = clock()
      kept.set(hash, session)
      return session
    },
    close(secret) {
      kept.delete(hashOf(secret))
    },
  }
}
