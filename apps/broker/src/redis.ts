import { Redis } from 'ioredis'

/** What the replicas of the broker share. `prefix` begins every key and channel. */
export interface SharedRedis {
  readonly redis: Redis
  readonly prefix: string
}

/** Connects to Redis; commands fail fast while it is away, and every part has an answer to that. */
export function openSharedRedis(url: string, prefix: string, onError: (error: Error) => void): SharedRedis {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, connectTimeout: 5000 })
  redis.on('error', onError)
  return { redis, prefix }
}
