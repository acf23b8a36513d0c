/** Where sealed credentials wait: shared by the replicas of the broker, or in this process alone. */
export interface CredentialStore {
  /** The sealed credential of these rights, if one is kept. */
  read(place: CredentialPlace): Promise<string | undefined>
  /**
   * The right to fetch a credential for this place, which one caller at a time has, over all replicas.
   * It ends by itself after `leaseMs`, which must be longer than the fetch can take.
   */
  lease(place: CredentialPlace, leaseMs: number): Promise<CredentialLease | undefined>
  /** Forgets all credentials of the instance; a fetch under way will not be kept. */
  drop(instanceId: string): Promise<void>
}

export interface CredentialPlace {
  readonly instanceId: string
  /** Canonical purposes joined by `+`. */
  readonly rights: string
}

export interface CredentialLease {
  /** Keeps the credential for `lifeMs` and ends the lease; keeps nothing if the lease has been lost. */
  keep(sealed: string, lifeMs: number): Promise<void>
  /** Ends the lease; `forget` also drops what is kept for the place. */
  release(options: { forget: boolean }): Promise<void>
}
