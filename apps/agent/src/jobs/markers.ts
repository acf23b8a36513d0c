import type { StoredObject } from '@odoo-backup/storage'

/**
 * What is known of a backup beside its two objects: small objects `<folder>/_/<kind>/<file>`, whose presence in
 * a listing is enough. `instance/<file>/<id>` says whose backup it is and is written before its first byte, so that
 * rotation needs no right to read, and so that two instances never write the same file. An instance that may not
 * delete takes its word back by `<id>.withdrawn` beside it.
 */
export type MarkerKind = 'pin' | 'verified' | 'failed'

const MARKERS = '_/'
const WITHDRAWN = '.withdrawn'

export function markerKey(prefix: string, kind: MarkerKind, archive: string): string {
  return `${prefix}${MARKERS}${kind}/${archive}`
}

export function ownerKey(prefix: string, instanceId: string, archive: string): string {
  return ownersPrefix(prefix, archive) + instanceId
}

/** Takes back `ownerKey` where it may not be deleted. No instance's id has a dot. */
export function withdrawalKey(prefix: string, instanceId: string, archive: string): string {
  return ownerKey(prefix, instanceId, archive) + WITHDRAWN
}

/** Below it lies one object per instance that means to write, or wrote, the archive. */
export function ownersPrefix(prefix: string, archive: string): string {
  return `${prefix}${MARKERS}instance/${archive}/`
}

/** Where an instance tries what it may do; no kind of marker is called so, and the key holds no backup's name. */
export function probeKey(prefix: string, instanceId: string): string {
  return `${prefix}${MARKERS}probe/${instanceId}`
}

export function markersPrefix(prefix: string): string {
  return `${prefix}${MARKERS}`
}

export interface Markers {
  readonly pinned: boolean
  readonly verification?: { readonly passed: boolean; readonly at: Date }
  /** Instances that say that the backup is theirs; one, unless two made it in the same second. */
  readonly owners: readonly string[]
  /** Instances that said so, and took it back without being able to delete it. */
  readonly withdrawn: readonly string[]
}

export const NO_MARKERS: Markers = { pinned: false, owners: [], withdrawn: [] }

/** Reads markers from a listing, by archive name. */
export function readMarkers(objects: Iterable<StoredObject>, prefix: string): Map<string, Markers> {
  const found = new Map<string, Markers>()
  const start = markersPrefix(prefix)
  for (const { key, modifiedAt } of objects) {
    if (!key.startsWith(start)) continue
    const [kind, archive, owner] = key.slice(start.length).split('/')
    if (archive === undefined) continue
    const before = found.get(archive) ?? NO_MARKERS
    const after = withMarker(before, kind, owner, modifiedAt)
    if (after !== undefined) found.set(archive, after)
  }
  return found
}

function withMarker(
  before: Markers,
  kind: string | undefined,
  owner: string | undefined,
  at: Date,
): Markers | undefined {
  switch (kind) {
    case 'pin':
      return { ...before, pinned: true }
    case 'verified':
    case 'failed': {
      const newer = before.verification === undefined || before.verification.at < at
      return newer ? { ...before, verification: { passed: kind === 'verified', at } } : before
    }
    case 'instance':
      return owner === undefined ? undefined : withClaim(before, owner)
    default:
      return undefined
  }
}

/** The two come in either order. */
function withClaim(before: Markers, claim: string): Markers {
  if (!claim.endsWith(WITHDRAWN))
    return before.withdrawn.includes(claim) ? before : { ...before, owners: [...before.owners, claim] }
  const who = claim.slice(0, -WITHDRAWN.length)
  return {
    ...before,
    owners: before.owners.filter(owner => owner !== who),
    withdrawn: [...before.withdrawn, who],
  }
}
