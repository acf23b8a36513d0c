import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { CredentialPlace, CredentialStore } from './credential-store.ts'
import { EVERY_RIGHTS } from './rights-name.ts'

/** Keeps the credential only for the holder of the lease: KEYS place, lease; ARGV token, sealed, life in ms. */
const KEEP = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

/** Ends the lease of its holder alone: KEYS place, lease; ARGV token, whether to forget. */
const RELEASE = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if ARGV[2] == 'forget' then redis.call('DEL', KEYS[1]) end
return 1`

/**
 * The store of several brokers. What an instance may have is few (each set of purposes), so dropping names
 * every key instead of searching for them. The braces keep an instance's keys in one slot of a Redis cluster.
 */
export function createRedisCredentialStore(redis: Redis, prefix: string): CredentialStore {
  const placeKey = ({ instanceId, rights }: CredentialPlace) => `${prefix}vended:{${instanceId}}:${rights}`
  const leaseKey = (place: CredentialPlace) => `${placeKey(place)}:lease`
  return {
    async read(place) {
      return (await redis.get(placeKey(place))) ?? undefined
    },
    async lease(place, leaseMs) {
      const token = randomUUID()
      if ((await redis.set(leaseKey(place), token, 'PX', leaseMs, 'NX')) !== 'OK') return undefined
      return {
        async keep(sealed, lifeMs) {
          await redis.eval(
            KEEP,
            2,
            placeKey(place),
            leaseKey(place),
            token,
            sealed,
            Math.max(1, Math.floor(lifeMs)),
          )
        },
        async release({ forget }) {
          await redis.eval(RELEASE, 2, placeKey(place), leaseKey(place), token, forget ? 'forget' : 'hold')
        },
      }
    },
    async drop(instanceId) {
      const places = EVERY_RIGHTS.map(rights => ({ instanceId, rights }))
      await redis.del(places.flatMap(place => [placeKey(place), leaseKey(place)]))
    },
  }
}
