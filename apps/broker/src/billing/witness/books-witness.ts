import type { Heights } from './books-print.ts'

/**
 * Remembers, outside the registry, how far each registry had come: one that was rolled back to a snapshot while no
 * broker ran shows in itself no sign of it.
 */
export interface BooksWitness {
  /** How far each table of each had come. @throws while it is out of reach, or makes no sense */
  highest(): Promise<Heights>
  /** These have come so far; what is higher already stays, and where others are taken as they are, these are no more. */
  saw(heights: Heights): Promise<void>
  /** These are taken as they are now, and no others any more. */
  accept(heights: Heights): Promise<void>
}
