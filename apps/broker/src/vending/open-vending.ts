import type { Redis } from 'ioredis'
import { type CredentialVendor, createCredentialVendor, type VendSource } from './credential-vendor.ts'
import {
  createLocalInstanceChanges,
  createSharedInstanceChanges,
  type InstanceChanges,
} from './instance-changes.ts'
import { createMemoryCredentialStore } from './memory-credential-store.ts'
import { createOutage } from './outage.ts'
import { createRedisCredentialStore } from './redis-credential-store.ts'
import { createStandingCache, type InstanceLookUp } from './standing-cache.ts'
import { createTokenService } from './token-service.ts'
import { createHealthWatch, type TokenServiceHealth } from './token-service-health.ts'
import { tolerantCredentialStore } from './tolerant-credential-store.ts'
import type { VendingConfiguration } from './vending-settings.ts'

export interface Vending {
  readonly vendor: CredentialVendor
  readonly changes: InstanceChanges
  /** The registry's look-up, remembered for less than a second. */
  readonly instances: InstanceLookUp
  tokenServiceHealth(): TokenServiceHealth
  close(): Promise<void>
}

export interface VendingDependencies {
  readonly configuration: VendingConfiguration
  readonly instances: InstanceLookUp
  /** Absent: this process is the only broker. `prefix` begins every key and channel. */
  readonly shared: { readonly redis: Redis; readonly prefix: string } | undefined
  readonly now: () => number
  readonly random: () => number
  readonly onVend?: (source: VendSource) => void
  /** A failure that callers do not see or see without its cause: for the log. */
  readonly onFailure: (
    what: 'token-service' | 'credential-store' | 'instance-changes',
    error: unknown,
  ) => void
}

/** Puts the parts of vending together. */
export async function openVending(dependencies: VendingDependencies): Promise<Vending> {
  const { configuration, shared, now, random, onFailure } = dependencies
  const { access, sealingKeys, brokerCredentials } = configuration
  const health = createHealthWatch()
  const tokenService = createTokenService({ access, credentials: brokerCredentials, now })
  const vendor = createCredentialVendor({
    access,
    tokenService,
    keys: sealingKeys,
    outage: createOutage({ now, random }),
    now,
    store:
      shared === undefined
        ? createMemoryCredentialStore()
        : tolerantCredentialStore(createRedisCredentialStore(shared.redis, shared.prefix), error =>
            onFailure('credential-store', error),
          ),
    onVend(source) {
      if (source === 'issued') health.succeeded()
      dependencies.onVend?.(source)
    },
    onFailure(error) {
      health.failed(error)
      onFailure('token-service', error)
    },
  })

  const instances = createStandingCache(dependencies.instances)
  const forgetting = { forgetStanding: instances.forget, dropCredentials: vendor.drop }
  const subscriber = shared?.redis.duplicate({ autoResubscribe: false })
  subscriber?.on('error', error => onFailure('instance-changes', error))
  const changes =
    shared === undefined || subscriber === undefined
      ? createLocalInstanceChanges(forgetting)
      : createSharedInstanceChanges(forgetting, { ...shared, subscriber }, error =>
          onFailure('instance-changes', error),
        )

  return {
    vendor,
    changes,
    instances,
    tokenServiceHealth: health.state,
    async close() {
      tokenService.close()
      subscriber?.disconnect()
    },
  }
}
