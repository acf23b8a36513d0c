import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountFolder, Purpose } from '@odoo-backup/protocol'
import type { KeyRing } from '@odoo-backup/service'
import { LRUCache } from 'lru-cache'
import type { CredentialLease, CredentialStore } from './credential-store.ts'
import { freshlyIssued, type KeptCredential, openKept, sealingContext, sealKept } from './kept-credential.ts'
import type { Outage } from './outage.ts'
import { rightsName } from './rights-name.ts'
import { partitionOf, policyText, sessionPolicy } from './session-policy.ts'
import type { StoreAccess, VendedCredential } from './store-access.ts'
import type { TokenService } from './token-service.ts'
import { VendingError } from './vending-error.ts'

export interface VendRequest {
  readonly instanceId: string
  readonly folder: AccountFolder
  /** One purpose; or, for the old call, all that the instance has. */
  readonly purposes: readonly Purpose[]
}

/**
 * Short-lived credentials of the store, one live credential per instance and rights. Callers have checked that
 * the instance may have them; nothing here knows accounts or payment.
 */
export interface CredentialVendor {
  /** Rejects with `VendingError`. */
  vend(request: VendRequest): Promise<VendedCredential>
  /** Forgets what is kept for the instance, on all replicas. What agents already hold lives to its end. */
  drop(instanceId: string): Promise<void>
}

/** How a credential came about: `kept` in the store, `issued` now, or `overdue`, served because of an outage. */
export type VendSource = 'kept' | 'issued' | 'overdue'

export interface CredentialVendorOptions {
  readonly access: StoreAccess
  readonly store: CredentialStore
  readonly tokenService: TokenService
  readonly keys: KeyRing
  readonly outage: Outage
  readonly now: () => number
  /** Told of every end, for metrics, the log and `/readyz`. */
  readonly onVend?: (source: VendSource) => void
  readonly onFailure?: (error: unknown) => void
}

/** Policies that are not written anew, and credentials that are not opened anew, each time: about 5 kB each. */
const WRITTEN_KEPT = 10_000
/** How often a replica looks whether the one that holds the lease has finished. */
const LOOK_AGAIN_MS = 50
/** The lease outlives the longest call to the token service by this much. */
const LEASE_RESERVE_MS = 5000

export function createCredentialVendor(options: CredentialVendorOptions): CredentialVendor {
  const { access, store, tokenService, keys, outage, now } = options
  const partition = partitionOf(access.roleArn)
  const leaseMs = access.stsTimeoutMs + LEASE_RESERVE_MS
  const underWay = new Map<string, Promise<VendedCredential>>()
  const written = new LRUCache<string, Wanted>({ max: WRITTEN_KEPT })

  /** The last sealed text that was opened for it, and what was in it: the same text need not be opened again. */
  interface Opened {
    readonly sealed: string
    readonly found: KeptCredential
  }

  interface Wanted extends VendRequest {
    readonly rights: string
    readonly policy: string
    readonly context: string
    opened?: Opened
  }

  /** The same request asks for the same rights, hour after hour. */
  function wantedBy(request: VendRequest): Wanted {
    const rights = rightsName(request.purposes)
    const name = `${request.instanceId}:${request.folder}:${rights}`
    const known = written.get(name)
    if (known !== undefined) return known
    const policy = policyText(sessionPolicy({ ...request, bucket: access.bucket, partition }))
    const { instanceId, folder, purposes } = request
    const context = sealingContext(access, { instanceId, folder, policy })
    const wanted = { instanceId, folder, purposes, rights, policy, context }
    written.set(name, wanted)
    return wanted
  }

  async function kept(wanted: Wanted): Promise<KeptCredential | undefined> {
    const sealed = await store.read(wanted)
    const found = sealed === undefined ? undefined : open(wanted, sealed)
    if (found === undefined || !lives(found)) {
      delete wanted.opened
      return undefined
    }
    return found
  }

  /** The store alone says what is kept: what it has dropped is never served from what was opened before. */
  function open(wanted: Wanted, sealed: string): KeptCredential | undefined {
    if (wanted.opened?.sealed === sealed) return wanted.opened.found
    const found = openKept(keys, sealed, wanted.context, { access, folder: wanted.folder })
    if (found !== undefined) wanted.opened = { sealed, found }
    return found
  }

  function lives({ credential }: KeptCredential): boolean {
    return credential.expiresAt.getTime() - now() > access.marginSeconds * 1000
  }

  async function keptOrIssued(wanted: Wanted): Promise<VendedCredential> {
    const deadline = now() + leaseMs
    for (;;) {
      const found = await kept(wanted)
      if (found !== undefined && now() < found.freshUntil) return served(found, 'kept')
      if (outage.remainingMs() > 0) return duringOutage(found)
      const lease = await store.lease(wanted, leaseMs)
      if (lease !== undefined) return issue(wanted, lease)
      if (now() >= deadline) return duringOutage(found)
      await sleep(LOOK_AGAIN_MS)
    }
  }

  /** Looks once more before it asks: another replica may have finished between our look and our lease. */
  async function issue(wanted: Wanted, lease: CredentialLease): Promise<VendedCredential> {
    const found = await kept(wanted)
    if (found !== undefined && now() < found.freshUntil) {
      await lease.release({ forget: false })
      return served(found, 'kept')
    }
    try {
      const session = await tokenService.issue(wanted)
      outage.end()
      const fresh = freshlyIssued(session, access, wanted.folder, now())
      await lease.keep(sealKept(keys, fresh, wanted.context), fresh.credential.expiresAt.getTime() - now())
      return served(fresh, 'issued')
    } catch (error) {
      const refused = !(error instanceof VendingError && error.code === 'unavailable')
      options.onFailure?.(error)
      if (!refused) outage.begin()
      await lease.release({ forget: refused })
      if (refused) throw error
      return duringOutage(found, error)
    }
  }

  function duringOutage(found: KeptCredential | undefined, cause?: unknown): VendedCredential {
    if (found !== undefined && lives(found)) return served(found, 'overdue')
    throw new VendingError('unavailable', 'Credentials cannot be issued at the moment: try again shortly.', {
      cause,
      retryAfterSeconds: Math.max(1, Math.ceil(outage.remainingMs() / 1000)),
    })
  }

  function served({ credential }: KeptCredential, source: VendSource): VendedCredential {
    options.onVend?.(source)
    return credential
  }

  return {
    async vend(request) {
      const wanted = wantedBy(request)
      const begun = underWay.get(wanted.context)
      if (begun !== undefined) return begun
      const flight = keptOrIssued(wanted).finally(() => underWay.delete(wanted.context))
      underWay.set(wanted.context, flight)
      return flight
    },
    async drop(instanceId) {
      for (const wanted of written.values()) if (wanted.instanceId === instanceId) delete wanted.opened
      await store.drop(instanceId)
    },
  }
}
