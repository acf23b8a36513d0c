import type { ListOptions, StoredObject } from '../storage.ts'
import type { S3Connection } from './connection.ts'
import { listPage, pagesFrom } from './list-page.ts'
import { listInRanges } from './list-ranges.ts'

/**
 * Every object below a prefix. A listing on which deletions are decided must be whole: an answer that is cut,
 * repeats itself or shows other keys is an error and never an end. Where `groupsEndWith` is given and one page does
 * not hold it all, the rest is read in several places at once (see `list-ranges.ts`).
 */
export async function* list(
  connection: S3Connection,
  prefix: string,
  { signal, groupsEndWith }: ListOptions = {},
): AsyncGenerator<StoredObject> {
  const first = await listPage(connection, { prefix }, signal)
  yield* first.objects
  if (first.next === undefined) return
  const after = first.objects.at(-1)?.key
  if (groupsEndWith !== undefined && after !== undefined) {
    const rest = await listInRanges(connection, { prefix, after, groupsEndWith }, signal)
    if (rest !== undefined) return yield* rest
  }
  for await (const { objects } of pagesFrom(connection, { prefix, token: first.next }, signal)) yield* objects
}

/** The object of exactly this key, by listing: the one way for a credential that may not read. */
export async function findObject(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<StoredObject | undefined> {
  for await (const object of list(connection, key, { signal })) {
    if (object.key === key) return object
    if (object.key > key) break
  }
  return undefined
}
