import type { BooksPrint } from './books-print.ts'

/**
 * Why rows may be missing: these are others than the last books, or end earlier; or the witness, which had been told,
 * knows of no books any more, so that it may have been rolled back with them.
 */
export type BooksDoubt = 'restored' | 'forgotten'

/** What is known of the books beside themselves. */
export interface KnownOfBooks {
  /** As the registry itself noted it when billing last ran. */
  readonly lastFingerprint: string | null
  /** How far this process has seen them. */
  readonly highestSeen: bigint
  /** What the witness remembers; undefined: it is not asked, or does not tell. */
  readonly remembered?: ReadonlyMap<string, bigint> | undefined
  /** Whether a witness that knows nothing must have forgotten it. */
  readonly wasWitnessTold: boolean
}

/** Whether rows may be missing in these books; undefined: nothing says so. */
export function doubtOf(
  { fingerprint, highest }: BooksPrint,
  { lastFingerprint, highestSeen, remembered, wasWitnessTold }: KnownOfBooks,
): BooksDoubt | undefined {
  if (fingerprint !== lastFingerprint || highest < highestSeen) return 'restored'
  if (remembered === undefined) return undefined
  if (remembered.size === 0) return wasWitnessTold ? 'forgotten' : undefined
  const known = remembered.get(fingerprint)
  // Others are remembered only where these are not the last ones any more.
  return known === undefined || highest < known ? 'restored' : undefined
}
