import { VendingError } from './vending-error.ts'

/** What the last real call to the token service told: never a reason to leave service, since kept credentials serve on. */
export type TokenServiceHealth = 'unknown' | 'ok' | 'degraded'

export interface HealthWatch {
  state(): TokenServiceHealth
  succeeded(): void
  failed(error: unknown): void
}

export function createHealthWatch(): HealthWatch {
  let state: TokenServiceHealth = 'unknown'
  return {
    state: () => state,
    succeeded() {
      state = 'ok'
    },
    failed(error) {
      // Rights that cannot be written as a policy were never sent.
      if (!(error instanceof VendingError && error.code === 'invalid_rights')) state = 'degraded'
    },
  }
}
