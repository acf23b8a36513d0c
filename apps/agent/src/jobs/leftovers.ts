import type { Storage, StoredObject } from '@odoo-backup/storage'
import type { Destination, OpenDestination } from '../credentials/destination.ts'
import type { AgentError } from '../errors.ts'
import { asAgentError } from './failure.ts'
import type { StartedArchive } from './job-data.ts'
import { ownerKey, ownersPrefix, readMarkers, withdrawalKey } from './markers.ts'

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
  const owners = await ownersOf(storage, started)
  if (owners.some(owner => owner !== options.instanceId)) {
    // Two instances met at one name: what lies there is the other's, and only our word for it is taken back.
    await releaseName(destination, started, options)
    return 'removed'
  }
  // While our claim stands nobody else writes there: an upload of which no id was noted can only be ours.
  if (owners.length > 0) await storage.abortUploads(key)
  const found = new Set((await listed(storage, started)).map(object => object.key))
  if (found.has(started.prefix + started.info)) return 'complete'
  const refused = await removeWithRotate(options, [
    ...(found.has(key) ? [key] : []),
    ownerKey(started.prefix, options.instanceId, started.archive),
  ])
  if (refused !== undefined) options.warn(`An unfinished archive stays in the folder: ${refused.message}`)
  return 'removed'
}

/**
 * Takes back what was said about a name that is not used after all: another instance may have won it, whose backup
 * would else have two owners and never be rotated. Who may not delete may still say so.
 */
export async function releaseName(
  { storage }: Destination,
  { prefix, archive }: StartedArchive,
  options: LeftoverOptions,
): Promise<void> {
  const refused = await removeWithRotate(options, [ownerKey(prefix, options.instanceId, archive)])
  if (refused !== undefined)
    await storage.put(withdrawalKey(prefix, options.instanceId, archive), new Uint8Array())
}

/** The instances that say that the name is theirs. */
async function ownersOf(storage: Storage, { prefix, archive }: StartedArchive): Promise<readonly string[]> {
  const claims: StoredObject[] = []
  for await (const claim of storage.list(ownersPrefix(prefix, archive))) claims.push(claim)
  return readMarkers(claims, prefix).get(archive)?.owners ?? []
}

async function listed(storage: Storage, started: StartedArchive): Promise<StoredObject[]> {
  const stem = started.info.replace(/\.info$/, '.')
  const found: StoredObject[] = []
  for await (const object of storage.list(started.prefix + stem)) found.push(object)
  return found
}

/**
 * A backup's credential may not delete. Gives the refusal where the account has no other: rotation or its owner clears
 * up later.
 */
async function removeWithRotate(
  options: LeftoverOptions,
  keys: readonly string[],
): Promise<AgentError | undefined> {
  try {
    const rotating = await options.openDestination('rotate')
    try {
      await rotating.storage.delete(keys)
      return undefined
    } finally {
      rotating.close()
    }
  } catch (error) {
    const failure = asAgentError(error)
    if (failure.retryable) throw failure
    return failure
  }
}
