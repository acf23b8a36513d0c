import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  S3Client,
} from '@aws-sdk/client-s3'
import type { AccountFolder } from '@odoo-backup/protocol'
import type { RemovalAccess } from './removal-settings.ts'

export interface Removed {
  readonly versions: number
  readonly uploads: number
}

export interface RemoveFolderOptions {
  readonly client: S3Client
  readonly bucket: string
  /** What was written later stays: the account has paid in between. */
  readonly writtenBefore: Date
  /** Between two pages; stops by throwing. */
  readonly mayGoOn: () => Promise<void>
}

export function openRemovalClient(access: RemovalAccess): S3Client {
  const endpoint = access.BROKER_S3_ENDPOINT
  return new S3Client({
    region: access.BROKER_S3_REGION,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: access.BROKER_S3_PATH_STYLE,
    credentials: {
      accessKeyId: access.REMOVAL_ACCESS_KEY_ID,
      secretAccessKey: access.REMOVAL_SECRET_ACCESS_KEY,
    },
    maxAttempts: 5,
  })
}

/** Deletes every version, marker and open upload of a folder for good, page by page. May be repeated. */
export async function removeFolder(options: RemoveFolderOptions, folder: AccountFolder): Promise<Removed> {
  const prefix = `${folder}/`
  const versions = await removeVersions(options, prefix)
  const uploads = await abortUploads(options, prefix)
  return { versions, uploads }
}

async function removeVersions(
  { client, bucket, writtenBefore, mayGoOn }: RemoveFolderOptions,
  prefix: string,
): Promise<number> {
  let count = 0
  let marker: { KeyMarker?: string; VersionIdMarker?: string } = {}
  for (;;) {
    await mayGoOn()
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
    )
    const Objects: ObjectIdentifier[] = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].flatMap(
      ({ Key, VersionId, LastModified }) =>
        Key?.startsWith(prefix) === true &&
        VersionId !== undefined &&
        LastModified !== undefined &&
        LastModified < writtenBefore
          ? [{ Key, VersionId }]
          : [],
    )
    for (let from = 0; from < Objects.length; from += 1000) {
      const group = Objects.slice(from, from + 1000)
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: group, Quiet: true } }),
      )
      if (Errors.length > 0) throw new Error(`The store did not delete ${Errors.length}: ${Errors[0]?.Code}.`)
      count += group.length
    }
    // What is deleted is listed no more. A page may begin only behind what is still there: behind a version that is gone
    // some stores leave out all further ones of its key.
    if (Objects.length > 0) continue
    if (page.IsTruncated !== true) return count
    marker = {
      ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    }
  }
}

async function abortUploads(
  { client, bucket, writtenBefore, mayGoOn }: RemoveFolderOptions,
  prefix: string,
): Promise<number> {
  let count = 0
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}
  for (;;) {
    await mayGoOn()
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
    )
    const old = (page.Uploads ?? []).filter(
      ({ Key, Initiated }) =>
        Key?.startsWith(prefix) === true && Initiated !== undefined && Initiated < writtenBefore,
    )
    for (const { Key, UploadId } of old)
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
    count += old.length
    // As with versions: what is aborted is listed no more.
    if (old.length > 0) continue
    if (page.IsTruncated !== true) return count
    marker = {
      ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
      ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
    }
  }
}
