import { fromIni } from '@aws-sdk/credential-provider-ini'
import type { Purpose, VendedCredentials } from '@odoo-backup/protocol'
import {
  Bandwidth,
  createDirectoryStorage,
  createS3Storage,
  type S3Credentials,
  type Storage,
} from '@odoo-backup/storage'
import { type Place, placeOfAgent } from '../config/place.ts'
import type { PrivateBucket, SettingsFields } from '../config/settings.ts'
import { AgentError } from '../errors.ts'

/** A place for backups, opened for one purpose. `prefix` ends in a slash, or is empty. */
export interface Destination {
  readonly storage: Storage
  readonly prefix: string
  /** As `.info` names the service: the former module's id of S3, or `directory`. */
  readonly service: string
  close(): void
}

/**
 * Without a place: where the agent's own backups go. `whileWaited`: somebody sits before it and wants to know whether
 * it answers, so that a store that does not is given seconds, not the patience of a nightly job.
 */
export type OpenDestination = (
  purpose: Purpose,
  place?: Place,
  options?: { readonly whileWaited: boolean },
) => Promise<Destination>

export interface DestinationOptions {
  readonly settings: () => SettingsFields
  readonly credential: (purpose: Purpose, refused?: string) => Promise<VendedCredentials>
  readonly onWarning?: (message: string) => void
  /**
   * Milliseconds; the clock by which bandwidth is shared out. It must never go back: all uploads would wait until it
   * has caught up.
   */
  readonly monotonicNow?: () => number
}

const LONGEST_WAIT_MS = 10_000
const TRIES_WHILE_WAITED = 2

const S3_SERVICE = 'odoo_backup_sh'

/** Opens a place as the configuration names it: a folder, a bucket of one's own, or what the broker gives. */
export function createDestinations(options: DestinationOptions): OpenDestination {
  const bandwidthOf = sharedBandwidth(options.monotonicNow ?? (() => performance.now()))
  return async (purpose, given, { whileWaited } = { whileWaited: false }) => {
    const settings = options.settings()
    // A restore is waited for by people who cannot work: it is never slowed down.
    const bandwidth = purpose === 'backup' ? bandwidthOf(settings.bandwidth_limit * 1024) : undefined
    const stallMs = settings.store_silence_seconds * 1000
    const shared = {
      stallMs: whileWaited ? Math.min(stallMs, LONGEST_WAIT_MS) : stallMs,
      ...(whileWaited ? { retry: { attempts: TRIES_WHILE_WAITED } } : {}),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
    }
    const place = given ?? placeOfAgent(settings)
    if (place.kind === 'directory') return directory(place.path, place.folder, bandwidth)
    if (place.kind === 'own') {
      const { bucket, region, pathStyle, endpoint, checksums, folder } = place.bucket
      const storage = createS3Storage({
        ...shared,
        bucket,
        region,
        mayListUploads: true,
        pathStyle,
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(checksums === undefined ? {} : { checksums }),
        credentials: keysOf(place.bucket),
      })
      return { storage, prefix: `${folder}/`, service: S3_SERVICE, close: () => storage.close() }
    }
    const first = await options.credential(purpose)
    let last = first
    const storage = createS3Storage({
      ...shared,
      bucket: first.bucket,
      region: first.region,
      pathStyle: first.pathStyle,
      ...(first.endpoint === undefined ? {} : { endpoint: first.endpoint }),
      credentials: async ({ renew }) => {
        last = await options.credential(purpose, renew ? last.accessKeyId : undefined)
        return s3Credentials(last)
      },
    })
    return { storage, prefix: `${first.folder}/`, service: S3_SERVICE, close: () => storage.close() }
  }
}

/** One limit for all uploads of this process, however many run at once; a changed limit holds for new ones. */
function sharedBandwidth(now: () => number): (bytesPerSecond: number) => Bandwidth | undefined {
  let shared: Bandwidth | undefined
  return bytesPerSecond => {
    if (bytesPerSecond === 0) return undefined
    if (shared?.bytesPerSecond !== bytesPerSecond) shared = new Bandwidth(bytesPerSecond, now)
    return shared
  }
}

function directory(folder: string, below: string | undefined, bandwidth: Bandwidth | undefined): Destination {
  return {
    storage: createDirectoryStorage({ folder, bandwidth }),
    prefix: below === undefined ? '' : `${below}/`,
    service: 'directory',
    close: () => undefined,
  }
}

function keysOf(own: PrivateBucket): () => Promise<S3Credentials> {
  const { keys } = own
  if (keys.kind === 'fixed') {
    const { accessKeyId, secretAccessKey, sessionToken } = keys
    const fixed = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
    return async () => fixed
  }
  const profile = fromIni({ profile: keys.profile, ignoreCache: true })
  return async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await profile().catch(cause => {
      throw withoutKeys(keys.profile, cause)
    })
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiresAt: expiration }),
    }
  }
}

/** The cause's own words may hold the command of `credential_process`. */
function withoutKeys(profile: string, cause: unknown): AgentError {
  return new AgentError(
    'configuration_invalid',
    `The AWS profile ${profile} gives no keys. Check odoo_backup_sh_aws_profile, and that the user whom the agent runs as has that profile in ~/.aws/credentials or ~/.aws/config.`,
    // The SDK calls so what the files lack; anything else, such as a token service that is away, may pass.
    { cause, retryable: !(cause instanceof Error && cause.name === 'CredentialsProviderError') },
  )
}

function s3Credentials(vended: VendedCredentials): S3Credentials {
  return {
    accessKeyId: vended.accessKeyId,
    secretAccessKey: vended.secretAccessKey,
    sessionToken: vended.sessionToken,
    expiresAt: new Date(vended.expiresAt),
  }
}
