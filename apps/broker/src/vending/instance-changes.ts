import type { Redis } from 'ioredis'

/** Says to all replicas that what they remember of an instance no longer holds. */
export interface InstanceChanges {
  /**
   * To be called, and awaited, after each revocation, suspension, resumption and change of purposes has been
   * written: afterwards no replica vends by the former state.
   */
  announce(instanceIds: readonly string[]): Promise<void>
}

export interface InstanceChangesOptions {
  /** Forgets the standing of instances, in this process. */
  readonly forgetStanding: () => void
  /** Drops the kept credentials of one instance, for all replicas. */
  readonly dropCredentials: (instanceId: string) => Promise<void>
}

/** For a single process. */
export function createLocalInstanceChanges({
  forgetStanding,
  dropCredentials,
}: InstanceChangesOptions): InstanceChanges {
  return {
    async announce(instanceIds) {
      forgetStanding()
      await Promise.all(instanceIds.map(dropCredentials))
    },
  }
}

/**
 * For several: a message over Redis. One that gets lost does no harm beyond a moment, since a standing is
 * remembered for less than a second. `subscriber` is a connection of its own, as Redis demands.
 */
export function createSharedInstanceChanges(
  options: InstanceChangesOptions,
  { redis, subscriber, prefix }: { redis: Redis; subscriber: Redis; prefix: string },
  onFailure: (error: unknown) => void,
): InstanceChanges {
  const channel = `${prefix}instances-changed`
  const local = createLocalInstanceChanges(options)
  subscriber.on('message', options.forgetStanding)
  subscriber.on('ready', () => {
    subscriber.subscribe(channel).catch(onFailure)
    // What was said while the connection was away was not heard.
    options.forgetStanding()
  })
  return {
    async announce(instanceIds) {
      await local.announce(instanceIds)
      await redis.publish(channel, String(instanceIds.length)).catch(onFailure)
    },
  }
}
