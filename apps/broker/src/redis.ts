import { once } from 'node:events'
import { passwordOfUrl, secret } from '@odoo-backup/service'
import { Redis } from 'ioredis'
import { z } from 'zod'

/** The Redis that several brokers share. */
export const SharedRedisSettings = z.object({
  /** Redis, where several brokers share one load. Not set: this process is the only one. */
  BROKER_REDIS_URL: secret(
    z.string().regex(/^rediss?:\/\//, 'Give a redis:// URL.'),
    passwordOfUrl,
  ).optional(),
  /** Begins every key and channel in Redis. */
  BROKER_REDIS_PREFIX: z
    .string()
    .regex(/^[a-z0-9:_-]{1,40}$/)
    .default('odoo-backup:'),
})
export type SharedRedisSettings = z.output<typeof SharedRedisSettings>

/** What the replicas of the broker share. `prefix` begins every key and channel. */
export interface SharedRedis {
  readonly redis: Redis
  readonly prefix: string
}

/** So long may Redis take for one command; it answers in less than a millisecond where it is well. */
const PATIENCE_MS = 1000

/**
 * Connects to Redis. While it is away commands fail at once, and every part has an answer to that. Where it hangs
 * (stopped, swapped out, cut off without a word), the first command fails after a second and takes the connection
 * with it: those that follow fail at once, until a new connection has been answered.
 */
export function openSharedRedis(url: string, prefix: string, onError: (error: Error) => void): SharedRedis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: 5000,
    commandTimeout: PATIENCE_MS,
    // Ends the connection; `commandTimeout` alone would let each further command wait its second in turn.
    socketTimeout: PATIENCE_MS,
  })
  redis.on('error', onError)
  return { redis, prefix }
}

/** Waits for the first connection, but for a second at most: everything goes without Redis, too. */
export async function firstConnected({ redis }: SharedRedis): Promise<void> {
  if (redis.status === 'ready') return
  const signal = AbortSignal.timeout(PATIENCE_MS)
  // An `error` event ends the wait as the end of patience does: Redis is away.
  await once(redis, 'ready', { signal }).catch(() => undefined)
}
