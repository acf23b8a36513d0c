import { Redis } from 'ioredis'

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
