import { hash } from 'node:crypto'
import type { UserKey } from '@odoo-backup/protocol'
import { LRUCache } from 'lru-cache'
import type { Instances, Standing } from '../registry/instances.ts'

/** Shorter than the second within which a revocation must act, even where no message of it arrives. */
export const STANDING_LIFE_MS = 800
const MAX_KEPT = 100_000

/** The one look-up of vending. */
export type InstanceLookUp = Pick<Instances, 'standing'>

/** A registry that remembers approved instances for a moment, until told to forget them. */
export interface StandingCache extends InstanceLookUp {
  /** Forgets everything: changes are rare and a fresh look is cheap. */
  forget(): void
}

/**
 * Requests of one key at one time share one look-up. Only approval is remembered: whoever has just been
 * approved must not wait. The cache is keyed by a hash, so that a memory dump holds no keys.
 */
export function createStandingCache(registry: InstanceLookUp): StandingCache {
  const approved = new LRUCache<string, Standing>({ max: MAX_KEPT, ttl: STANDING_LIFE_MS })
  let asked = new Map<string, Promise<Standing>>()

  async function ask(userKey: UserKey, name: string): Promise<Standing> {
    const generation = asked
    const standing = await registry.standing(userKey).finally(() => generation.delete(name))
    if (standing.state === 'approved' && generation === asked) approved.set(name, standing)
    return standing
  }

  return {
    async standing(userKey) {
      const name = hash('sha256', userKey, 'base64')
      const known = approved.get(name) ?? asked.get(name)
      if (known !== undefined) return known
      const answer = ask(userKey, name)
      asked.set(name, answer)
      return answer
    },
    forget() {
      approved.clear()
      asked = new Map()
    },
  }
}
