import { fromIni } from '@aws-sdk/credential-provider-ini'
import type { Purpose, VendedCredentials } from '@odoo-backup/protocol'
import {
  createDirectoryStorage,
  createS3Storage,
  type S3Credentials,
  type Storage,
} from '@odoo-backup/storage'
import { type PrivateBucket, privateBucket, type SettingsFields } from '../config/settings.ts'

/** A place for backups, opened for one purpose. `prefix` ends in a slash, or is empty. */
export interface Destination {
  readonly storage: Storage
  readonly prefix: string
  /** As `.info` names the service: the former module's id of S3, or `directory`. */
  readonly service: string
  close(): void
}

export type OpenDestination = (purpose: Purpose) => Promise<Destination>

export interface DestinationOptions {
  readonly settings: () => SettingsFields
  readonly credential: (purpose: Purpose, refused?: string) => Promise<VendedCredentials>
  readonly onWarning?: (message: string) => void
}

const S3_SERVICE = 'odoo_backup_sh'

/** Opens what the configuration names now: a folder, a bucket of one's own, or what the broker gives. */
export function createDestinations(options: DestinationOptions): OpenDestination {
  return async purpose => {
    const settings = options.settings()
    const shared = {
      ...(settings.bandwidth_limit === 0 ? {} : { bandwidthBytesPerSecond: settings.bandwidth_limit * 1024 }),
      ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
    }
    if (settings.directory !== undefined) return directory(settings.directory, settings.private_s3_dir)
    const own = privateBucket(settings)
    if (own !== undefined) {
      const { bucket, region, pathStyle, endpoint, folder } = own
      const storage = createS3Storage({
        ...shared,
        bucket,
        region,
        pathStyle,
        ...(endpoint === undefined ? {} : { endpoint }),
        credentials: keysOf(own),
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

function directory(folder: string, below: string | undefined): Destination {
  return {
    storage: createDirectoryStorage({ folder }),
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
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await profile()
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiresAt: expiration }),
    }
  }
}

function s3Credentials(vended: VendedCredentials): S3Credentials {
  return {
    accessKeyId: vended.accessKeyId,
    secretAccessKey: vended.secretAccessKey,
    sessionToken: vended.sessionToken,
    expiresAt: new Date(vended.expiresAt),
  }
}
