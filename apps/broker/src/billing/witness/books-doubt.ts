import { type BooksPrint, type Heights, isBehind } from './books-print.ts'

/**
 * Why rows may be missing: these are others than the last books, or end earlier; or the witness, which had been told,
 * knows of no books any more, so that it may have been rolled back with them.
 */
export type BooksDoubt = 'restored' | 'forgotten'

/** What is known of the books beside themselves. */
export interface KnownOfBooks {
  /** As the registry itself noted it when billing last ran. */
  readonly lastFingerprint: string | null
  /** How far this process has seen books; undefined: it has seen none. */
  readonly seen?: BooksPrint | undefined
  /** What the witness remembers; undefined: it is not asked, or does not tell. */
  readonly remembered?: Heights | undefined
  /** Whether a witness that knows nothing must have forgotten it. */
  readonly wasWitnessTold: boolean
}

/** Whether rows may be missing in these books; undefined: nothing says so. */
export function doubtOf(
  { fingerprint, heights }: BooksPrint,
  { lastFingerprint, seen, remembered, wasWitnessTold }: KnownOfBooks,
): BooksDoubt | undefined {
  if (fingerprint !== lastFingerprint) return 'restored'
  // Of others a look says nothing: who resumed meanwhile has taken these as they are.
  if (seen?.fingerprint === fingerprint && isBehind(heights, seen.heights)) return 'restored'
  if (remembered === undefined) return undefined
  if (remembered.size === 0) return wasWitnessTold ? 'forgotten' : undefined
  // Others are remembered only where these are not the last ones any more.
  const isKnown = [...heights.keys()].every(key => remembered.has(key))
  return isKnown && !isBehind(heights, remembered) ? undefined : 'restored'
}

/** Whether more is remembered of these very books, also as what billing was resumed with since. */
export function isEarlier({ fingerprint, heights }: BooksPrint, remembered: Heights): boolean {
  return [...remembered].some(
    ([key, height]) => key.startsWith(`${fingerprint}:`) && height > (heights.get(key) ?? -1n),
  )
}
