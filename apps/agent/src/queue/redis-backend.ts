import { type ConnectionOptions, createRedisBackend, type RedisQueueBackend } from 'bullmq'
import type { QueueBackend } from './bull-queue.ts'

/** The queue in Redis, where several workers share the load. */
export function openRedisBackend(
  url: string,
  prefix: string,
): QueueBackend<RedisQueueBackend, ConnectionOptions> {
  return {
    factory: createRedisBackend,
    // A person waits for the queue's answer: say soon that Redis is away. A worker waits for Redis. A connection on
    // which nothing comes any more, as after a fail-over, is made anew; a worker's reads wait for up to 10 seconds.
    forQueue: { url, maxRetriesPerRequest: 1, connectTimeout: 5_000, socketTimeout: 10_000 },
    forWorker: { url, maxRetriesPerRequest: null, connectTimeout: 5_000, socketTimeout: 30_000 },
    prefix,
    close: async () => undefined,
  }
}
