import type { SharedRedis } from '../../redis.ts'
import type { Heights } from './books-print.ts'
import type { BooksWitness } from './books-witness.ts'

/** Adds none to others: books that others have taken over from are not the last ones, whoever still writes to them. */
const SAW = `if redis.call('EXISTS', KEYS[1]) == 1 then
  for i = 2, #ARGV, 2 do if not redis.call('ZSCORE', KEYS[1], ARGV[i]) then return 0 end end
end
redis.call('ZADD', KEYS[1], 'GT', unpack(ARGV))
return 1`

/** A witness in the Redis that the replicas share. Numbers are exact up to 2⁵³. */
export function createRedisWitness({ redis, prefix }: SharedRedis): BooksWitness {
  const key = `${prefix}books-heights`
  return {
    async highest() {
      const told = await redis.zrange(key, '0', '-1', 'WITHSCORES')
      const known = new Map<string, bigint>()
      for (let index = 0; index + 1 < told.length; index += 2)
        known.set(told[index] ?? '', BigInt(told[index + 1] ?? 0))
      return known
    },
    async saw(heights) {
      await redis.eval(SAW, 1, key, ...scored(heights))
    },
    async accept(heights) {
      await redis
        .multi()
        .del(key)
        .zadd(key, ...scored(heights))
        .exec()
    },
  }
}

const scored = (heights: Heights) => [...heights].flatMap(([name, height]) => [String(height), name])
