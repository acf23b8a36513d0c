import { LRUCache } from 'lru-cache'
import type { CredentialPlace, CredentialStore } from './credential-store.ts'
import { EVERY_RIGHTS } from './rights-name.ts'

/** About 3 kB each: some 150 MB when full. */
const MAX_KEPT = 50_000

/** The store of a single broker process. */
export function createMemoryCredentialStore(): CredentialStore {
  const kept = new LRUCache<string, string>({ max: MAX_KEPT })
  const leases = new Map<string, { token: symbol; timer: NodeJS.Timeout }>()

  /** Ends the lease of this holder; false when it was no longer theirs. */
  function end(key: string, token: symbol | undefined): boolean {
    const lease = leases.get(key)
    if (lease === undefined || lease.token !== token) return false
    clearTimeout(lease.timer)
    return leases.delete(key)
  }

  return {
    async read(place) {
      return kept.get(keyOf(place))
    },
    async lease(place, leaseMs) {
      const key = keyOf(place)
      if (leases.has(key)) return undefined
      const token = Symbol(key)
      leases.set(key, { token, timer: setTimeout(() => end(key, token), leaseMs).unref() })
      return {
        async keep(sealed, lifeMs) {
          if (end(key, token)) kept.set(key, sealed, { ttl: Math.max(1, lifeMs) })
        },
        async release({ forget }) {
          if (end(key, token) && forget) kept.delete(key)
        },
      }
    },
    async drop(instanceId) {
      for (const rights of EVERY_RIGHTS) {
        const key = keyOf({ instanceId, rights })
        kept.delete(key)
        end(key, leases.get(key)?.token)
      }
    },
  }
}

function keyOf({ instanceId, rights }: CredentialPlace): string {
  return `${instanceId}:${rights}`
}
