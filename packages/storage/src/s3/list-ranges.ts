import { StorageError } from '../errors.ts'
import type { StoredObject } from '../storage.ts'
import type { S3Connection } from './connection.ts'
import { listGroups, pagesFrom } from './list-page.ts'

/** Requests at once; more of them only wait for the processor that reads their answers. */
const RANGES = 6

export interface RangesWanted {
  readonly prefix: string
  /** What is left to list is behind this key. */
  readonly after: string
  /** See `ListOptions`. */
  readonly groupsEndWith: string
}

/**
 * The rest of a listing, read in several ranges of keys at once. The ranges meet, so that together they hold every
 * key. Where a range ends can only be seen if the store lists in the order of keys and begins where it is told to, as
 * Amazon's general buckets, Ceph and MinIO do: undefined where it does not, or shows no groups, so that the listing
 * goes on page by page.
 */
export async function listInRanges(
  connection: S3Connection,
  { prefix, after, groupsEndWith }: RangesWanted,
  signal: AbortSignal | undefined,
): Promise<StoredObject[] | undefined> {
  const others = new AbortController()
  const stop = signal === undefined ? others.signal : AbortSignal.any([signal, others.signal])
  try {
    const groups = await listGroups(connection, { prefix, after, delimiter: groupsEndWith }, stop)
    const starts = [after, ...rangeStarts(after, groups, RANGES)]
    if (starts.length === 1) return undefined
    const ranges = starts.map((start, index) =>
      listRange(connection, { prefix, after: start, until: starts[index + 1] }, stop),
    )
    return (await Promise.all(ranges)).flat()
  } catch (error) {
    signal?.throwIfAborted()
    // What waiting did not mend fails for good; what such a store does not know, or does otherwise, is done without.
    if (error instanceof StorageError && !error.retryable) return undefined
    throw error
  } finally {
    others.abort()
  }
}

/** Behind which keys the second to the last range begin: evenly many groups in each. */
export function rangeStarts(after: string, groups: readonly string[], ranges: number): string[] {
  const ordered = [...groups].sort(inOrderOfKeys).filter(group => inOrderOfKeys(after, group) < 0)
  const wanted = Array.from({ length: ranges - 1 }, (_, index) =>
    Math.floor(((index + 1) * ordered.length) / ranges),
  )
  return [...new Set(wanted)].flatMap(index => ordered[index] ?? [])
}

/** The objects behind `after` up to and with `until`, or to the end. */
async function listRange(
  connection: S3Connection,
  {
    prefix,
    after,
    until,
  }: { readonly prefix: string; readonly after: string; readonly until?: string | undefined },
  signal: AbortSignal,
): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  let last = after
  for await (const { objects } of pagesFrom(connection, { prefix, after }, signal)) {
    for (const object of objects) {
      if (inOrderOfKeys(last, object.key) >= 0)
        throw new StorageError('store_misbehaved', 'The store lists in no order.')
      if (until !== undefined && inOrderOfKeys(object.key, until) > 0) return found
      last = object.key
      found.push(object)
    }
  }
  return found
}

/** As S3 orders keys: by the bytes of their UTF-8. */
function inOrderOfKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
