import { StorageError } from '../errors.ts'

/** What a store allows of a multipart upload; S3's own numbers are the default. */
export interface UploadLimits {
  /** Parts of one upload. */
  readonly maxParts: number
  /** Bytes of every part but the last. */
  readonly minPartBytes: number
  readonly maxPartBytes: number
}

const MIB = 1024 * 1024

/** Amazon S3's limits (10,000 parts of up to 5 GiB), with parts of at least 8 MiB by our choice. */
export const S3_LIMITS: UploadLimits = {
  maxParts: 10_000,
  minPartBytes: 8 * MIB,
  maxPartBytes: 5 * 1024 * MIB,
}

/** For the parts that are being filled or sent, as long as one fits with room beside it. */
export const PART_MEMORY_BYTES = 24 * MIB
const LARGEST_BLOCK_BYTES = 8 * MIB
/** Filled while a part that takes nearly all of the memory is sent, so that neither waits for the other for long. */
const MOST_SPARE_BLOCKS = 2

/** The estimate is trusted for this share of the part numbers; beyond it, parts grow. */
const TRUSTED_SHARE = 0.8
const GROWTH = 1.5

/**
 * Bytes of part `partNumber` (from 1). Parts stay at the size that the estimate asks for until four fifths of
 * the part numbers are used, then grow by half with every further fiftieth, so that an estimate that was five
 * times too low still fits.
 */
export function partBytes(partNumber: number, estimatedBytes: number, limits: UploadLimits): number {
  if (partNumber > limits.maxParts) {
    throw new StorageError(
      'object_too_large',
      `The backup does not fit into the ${limits.maxParts} parts that the store allows for one object.`,
    )
  }
  const trustedParts = Math.max(1, Math.floor(limits.maxParts * TRUSTED_SHARE))
  const wanted = Math.ceil(estimatedBytes / trustedParts / MIB) * MIB
  const step = Math.max(1, Math.floor(limits.maxParts / 50))
  const growths = partNumber <= trustedParts ? 0 : Math.ceil((partNumber - trustedParts) / step)
  const grown = Math.ceil(Math.max(limits.minPartBytes, wanted) * GROWTH ** growths)
  return Math.min(limits.maxPartBytes, grown)
}

/** The size of the equal blocks in which the parts of an upload are kept, by its first part. */
export function blockBytes(firstPartBytes: number): number {
  return Math.ceil(firstPartBytes / Math.ceil(firstPartBytes / LARGEST_BLOCK_BYTES))
}

/**
 * Blocks that an upload may hold. A part has to stay in memory until the store has confirmed it, since nobody could
 * make its bytes again: where `memoryBytes` has no room for that, one part and a few blocks of the next are held.
 */
export function blocksHeld(bytesOfPart: number, bytesOfBlock: number, memoryBytes: number): number {
  const onePart = Math.ceil(bytesOfPart / bytesOfBlock)
  return Math.max(Math.floor(memoryBytes / bytesOfBlock), onePart + Math.min(MOST_SPARE_BLOCKS, onePart - 1))
}
