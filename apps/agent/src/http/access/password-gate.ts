import { addressGroup } from '@odoo-backup/service'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { AgentError } from '../../errors.ts'

export interface PasswordGate {
  /**
   * Runs `isRight` unless this visitor, or all visitors together, failed too often lately. Throws
   * `too_many_attempts`, or what `isRight` throws; false is for the caller to name.
   */
  attempt(address: string, isRight: () => Promise<boolean>): Promise<boolean>
}

export interface PasswordGateOptions {
  readonly rightForgives: boolean
}

const QUARTER_HOUR_SECONDS = 900
const LIMITS = { perVisitor: 10, together: 200 }

/**
 * Ten failures in a quarter of an hour shut a visitor out for as long; two hundred shut everybody out, so that a
 * password is not guessed from many addresses. An attempt counts before it is judged: parallel guesses gain nothing.
 * @param rightForgives whether a right password makes the visitor's wrong ones forgotten: only where there is a single
 * one, since whoever has a log-in of their own would guess at another's for ever, between their own
 */
export function createPasswordGate({ rightForgives }: PasswordGateOptions, limits = LIMITS): PasswordGate {
  const options = { duration: QUARTER_HOUR_SECONDS, blockDuration: QUARTER_HOUR_SECONDS }
  const visitors = new RateLimiterMemory({ ...options, keyPrefix: 'visitor', points: limits.perVisitor })
  const everybody = new RateLimiterMemory({ ...options, keyPrefix: 'everybody', points: limits.together })

  return {
    async attempt(address, isRight) {
      const visitor = addressGroup(address)
      try {
        await visitors.consume(visitor)
        await everybody.consume('all')
      } catch (error) {
        if (error instanceof RateLimiterRes) throw tooMany(error.msBeforeNext)
        throw error
      }
      let right = false
      let judged = false
      try {
        right = await isRight()
        judged = true
      } finally {
        // What could not be judged, such as while Odoo is down, was no wrong guess.
        if (right && rightForgives) await visitors.delete(visitor)
        else if (right || !judged) await visitors.reward(visitor)
        if (right || !judged) await everybody.reward('all')
      }
      return right
    },
  }
}

function tooMany(msBeforeNext: number): AgentError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  const minutes = Math.ceil(retryAfterSeconds / 60)
  return new AgentError(
    'too_many_attempts',
    `Too many wrong passwords. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
    { retryAfterSeconds },
  )
}
