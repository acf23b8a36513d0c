import { hash } from 'node:crypto'
import { HttpProblem } from '@odoo-backup/service'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'

/** So many requests of one subject within a time. */
export interface RateLimit {
  /** @throws HttpProblem `rate_limited` (429) with the seconds to wait, once the subject has used its share */
  take(subject: string): Promise<void>
}

export interface RateLimitOptions {
  /** Part of the key in Redis, such as `key` or `address`. */
  readonly name: string
  readonly requests: number
  readonly perSeconds: number
  /** Absent: counted in this process alone. */
  readonly shared: { readonly redis: Redis; readonly prefix: string } | undefined
}

/**
 * Counts in Redis where several brokers share the load, and in this process while Redis is away. Subjects may be
 * secrets, so only their hash is kept.
 */
export function createRateLimit({ name, requests, perSeconds, shared }: RateLimitOptions): RateLimit {
  const window = { points: requests, duration: perSeconds }
  const own = new RateLimiterMemory({ ...window, keyPrefix: name })
  const limiter =
    shared === undefined
      ? own
      : new RateLimiterRedis({
          ...window,
          storeClient: shared.redis,
          keyPrefix: `${shared.prefix}rate:${name}`,
          insuranceLimiter: own,
          // Whoever is over the limit costs no further round trip until the window ends.
          inMemoryBlockOnConsumed: requests + 1,
          rejectIfRedisNotReady: true,
        })
  return {
    async take(subject) {
      const key = hash('sha256', subject, 'base64url').slice(0, 22)
      await limiter.consume(key).catch((error: unknown) => {
        if (!(error instanceof RateLimiterRes)) throw error
        throw new HttpProblem({
          status: 429,
          code: 'rate_limited',
          detail: 'Too many requests: wait a moment and ask again.',
          retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1000)),
        })
      })
    },
  }
}
