import {
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  ListPartsCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { AccountFolder } from '@odoo-backup/protocol'

/** What one account's folder holds, as the store says. */
export interface FolderUsage {
  /** Bytes and objects that a listing shows. */
  readonly currentBytes: number
  readonly currentObjects: number
  /** Versions that were overwritten or deleted, which the operator can still bring back. */
  readonly oldBytes: number
  readonly oldObjects: number
  /** Parts of uploads that were neither completed nor aborted. */
  readonly uploadBytes: number
  readonly uploads: number
}

export interface MeasureOptions {
  readonly client: S3Client
  readonly bucket: string
  /** Waited before each request, so that the store has time for others; passed in for tests. */
  readonly pause: () => Promise<void>
}

/** Sums up a folder page by page: memory does not grow with what is stored. */
export async function measureFolder(options: MeasureOptions, folder: AccountFolder): Promise<FolderUsage> {
  const versions = await sumVersions(options, `${folder}/`)
  const uploads = await sumUploads(options, `${folder}/`)
  return { ...versions, ...uploads }
}

async function sumVersions({ client, bucket, pause }: MeasureOptions, prefix: string) {
  const sum = { currentBytes: 0, currentObjects: 0, oldBytes: 0, oldObjects: 0 }
  let marker: { KeyMarker?: string; VersionIdMarker?: string } = {}
  for (;;) {
    await pause()
    const page: ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
    )
    for (const { IsLatest, Size = 0 } of page.Versions ?? []) {
      if (IsLatest === true) {
        sum.currentBytes += Size
        sum.currentObjects += 1
      } else {
        sum.oldBytes += Size
        sum.oldObjects += 1
      }
    }
    if (page.IsTruncated !== true) return sum
    marker = {
      ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
      ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
    }
  }
}

async function sumUploads({ client, bucket, pause }: MeasureOptions, prefix: string) {
  const sum = { uploadBytes: 0, uploads: 0 }
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {}
  for (;;) {
    await pause()
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
    )
    for (const { Key, UploadId } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined) continue
      sum.uploads += 1
      sum.uploadBytes += await sumParts({ client, bucket, pause }, Key, UploadId)
    }
    if (page.IsTruncated !== true) return sum
    marker = {
      ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
      ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
    }
  }
}

async function sumParts(
  { client, bucket, pause }: MeasureOptions,
  key: string,
  uploadId: string,
): Promise<number> {
  let bytes = 0
  let marker: string | undefined
  for (;;) {
    await pause()
    const page = await client
      .send(
        new ListPartsCommand({
          Bucket: bucket,
          Key: key,
          UploadId: uploadId,
          ...(marker === undefined ? {} : { PartNumberMarker: marker }),
        }),
      )
      .catch(error => {
        // Completed or aborted between the two listings: it is no open upload any more.
        if (error instanceof Error && error.name === 'NoSuchUpload') return undefined
        throw error
      })
    for (const { Size = 0 } of page?.Parts ?? []) bytes += Size
    if (page?.IsTruncated !== true || page.NextPartNumberMarker === undefined) return bytes
    marker = page.NextPartNumberMarker
  }
}
