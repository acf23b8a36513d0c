import { hash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { TooManyRequests, type Who } from './too-many-requests.ts'

/** So many requests of one subject within a time. */
export interface RateLimit<Subject extends string = string> {
  /** @throws TooManyRequests (429) with the seconds to wait, once the subject has used its share */
  take(subject: Subject): Promise<void>
}

export interface RateLimitOptions<Subject extends string> {
  /** Part of the key in Redis, such as `key` or `address`; it also stands in the audit trail. */
  readonly name: string
  readonly requests: number
  readonly perSeconds: number
  /** Absent: counted in this process alone. */
  readonly shared: { readonly redis: Redis; readonly prefix: string } | undefined
  /** Who a refused subject is, for the audit trail. */
  readonly whose?: (subject: Subject) => Promise<Who>
}

/**
 * Counts in Redis where several brokers share the load, and in this process while Redis is away. Subjects may be
 * secrets, so only their hash is kept.
 */
export function createRateLimit<Subject extends string = string>(
  options: RateLimitOptions<Subject>,
): RateLimit<Subject> {
  const { name, requests, perSeconds, shared, whose } = options
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
        throw new TooManyRequests({
          limit: name,
          subject: key,
          ...(whose === undefined ? {} : { whose: () => whose(subject) }),
          detail: 'Too many requests: wait a moment and ask again.',
          retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1000)),
        })
      })
    },
  }
}
