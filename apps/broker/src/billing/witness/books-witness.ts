/**
 * Remembers, outside the registry, how far each registry had come: one that was rolled back to a snapshot while no
 * broker ran shows in itself no sign of it.
 */
export interface BooksWitness {
  /** How far each had come, by its fingerprint. @throws while it is out of reach, or makes no sense */
  highest(): Promise<ReadonlyMap<string, bigint>>
  /** This one has come so far; what is higher already stays, and where others are taken as they are, it is no more. */
  saw(fingerprint: string, highest: bigint): Promise<void>
  /** This one is taken as it is now, and no other any more. */
  accept(fingerprint: string, highest: bigint): Promise<void>
}
