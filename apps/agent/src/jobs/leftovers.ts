import type { Storage, StoredObject } from '@odoo-backup/storage'
import type { Destination, OpenDestination } from '../credentials/destination.ts'
import { AgentError } from '../errors.ts'
import { asAgentError } from './failure.ts'
import type { StartedArchive } from './job-data.ts'
import { ownerKey, ownersPrefix } from './markers.ts'

/** What became of a run that ended early. */
export type Leftovers = 'complete' | 'removed'

export interface LeftoverOptions {
  readonly openDestination: OpenDestination
  readonly instanceId: string
  readonly warn: (message: string) => void
}

/**
 * Removes what an earlier run of the same job left: its open upload, and its archive if no `.info` completes it.
 * A run that died after the `.info` had made its backup whole: that is `complete`, and nothing is touched.
 */
export async function removeLeftovers(
  destination: Destination,
  started: StartedArchive,
  options: LeftoverOptions,
): Promise<Leftovers> {
  const { storage } = destination
  const key = started.prefix + started.archive
  if (started.uploadId !== undefined) await storage.abortUpload({ key, uploadId: started.uploadId })
  const claims = await claimsTo(storage, started)
  const ours = ownerKey(started.prefix, options.instanceId, started.archive)
  if (claims.some(claim => claim !== ours)) {
    // Two instances met at one name: what lies there is the other's, and only our word for it is taken back.
    await releaseName(started, options)
    return 'removed'
  }
  // While our claim stands nobody else writes there: an upload of which no id was noted can only be ours.
  if (claims.length > 0) await storage.abortUploads(key)
  const found = new Set((await listed(storage, started)).map(object => object.key))
  if (found.has(started.prefix + started.info)) return 'complete'
  await removeWithRotate(options, [
    ...(found.has(key) ? [key] : []),
    ownerKey(started.prefix, options.instanceId, started.archive),
  ])
  return 'removed'
}

/** Takes back what was said about a name that is not used after all. */
export async function releaseName(started: StartedArchive, options: LeftoverOptions): Promise<void> {
  await removeWithRotate(options, [ownerKey(started.prefix, options.instanceId, started.archive)])
}

/** The keys by which instances said that the name is theirs. */
async function claimsTo(storage: Storage, started: StartedArchive): Promise<string[]> {
  const claims: string[] = []
  for await (const { key } of storage.list(ownersPrefix(started.prefix, started.archive))) claims.push(key)
  return claims
}

async function listed(storage: Storage, started: StartedArchive): Promise<StoredObject[]> {
  const stem = started.info.replace(/\.info$/, '.')
  const found: StoredObject[] = []
  for await (const object of storage.list(started.prefix + stem)) found.push(object)
  return found
}

/** A backup's credential may not delete. Where the account gives no other, rotation or its owner clears up later. */
async function removeWithRotate(options: LeftoverOptions, keys: readonly string[]): Promise<void> {
  try {
    const rotating = await options.openDestination('rotate')
    try {
      await rotating.storage.delete(keys)
    } finally {
      rotating.close()
    }
  } catch (error) {
    const failure = asAgentError(error)
    if (failure instanceof AgentError && failure.retryable) throw failure
    options.warn(`An unfinished archive stays in the folder: ${failure.message}`)
  }
}
