import type { CredentialStore } from './credential-store.ts'

/**
 * Lets vending go on while the shared store is away: nothing is found, nothing is kept, and each broker asks
 * the token service for itself. Agents get their credentials; only the sharing is lost.
 */
export function tolerantCredentialStore(
  store: CredentialStore,
  onFailure: (error: unknown) => void,
): CredentialStore {
  async function tolerate<Answer>(work: Promise<Answer>, otherwise: Answer): Promise<Answer> {
    try {
      return await work
    } catch (error) {
      onFailure(error)
      return otherwise
    }
  }
  const leaseWithoutStore = { keep: async () => {}, release: async () => {} }
  return {
    read: place => tolerate(store.read(place), undefined),
    async lease(place, leaseMs) {
      const lease = await tolerate(store.lease(place, leaseMs), leaseWithoutStore)
      return (
        lease && {
          keep: (sealed, lifeMs) => tolerate(lease.keep(sealed, lifeMs), undefined),
          release: options => tolerate(lease.release(options), undefined),
        }
      )
    },
    drop: instanceId => tolerate(store.drop(instanceId), undefined),
  }
}
