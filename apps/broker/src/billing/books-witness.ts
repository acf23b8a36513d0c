import type { SharedRedis } from '../redis.ts'

/**
 * Remembers, outside the registry, how far each registry had come: one that was rolled back to a snapshot while no
 * broker ran shows in itself no sign of it.
 */
export interface BooksWitness {
  /** How far each had come, by its fingerprint. @throws while it is out of reach */
  highest(): Promise<ReadonlyMap<string, bigint>>
  /** This one has come so far; what is higher already stays. */
  saw(fingerprint: string, highest: bigint): Promise<void>
  /** This one is taken as it is now, and no other any more. */
  accept(fingerprint: string, highest: bigint): Promise<void>
}

/** A witness in the Redis that the replicas share. Numbers are exact up to 2⁵³. */
export function createBooksWitness({ redis, prefix }: SharedRedis): BooksWitness {
  const key = `${prefix}books`
  return {
    async highest() {
      const told = await redis.zrange(key, '0', '-1', 'WITHSCORES')
      const known = new Map<string, bigint>()
      for (let index = 0; index + 1 < told.length; index += 2)
        known.set(told[index] ?? '', BigInt(told[index + 1] ?? 0))
      return known
    },
    async saw(fingerprint, highest) {
      await redis.zadd(key, 'GT', String(highest), fingerprint)
    },
    async accept(fingerprint, highest) {
      await redis.multi().del(key).zadd(key, Number(highest), fingerprint).exec()
    },
  }
}
