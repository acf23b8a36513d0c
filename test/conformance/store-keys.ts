import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { AccountFolder } from '@odoo-backup/protocol'
import { removeFolder } from '../../apps/broker/src/billing/removal/remove-folder.ts'
import { measureFolder } from '../../apps/broker/src/usage/measure-folder.ts'
import { ACTIONS, type Target } from './vending-actions.ts'
import { type Keys, sendSigned } from './vending-signed-request.ts'

export interface KeyStore {
  readonly bucket: string
  readonly region: string
  readonly endpoint: string
  /** Of the bucket's owner. */
  readonly owner: S3Client
}

export interface StoreKey {
  readonly keys: Keys
  /** Nothing is in it yet. */
  readonly folder: AccountFolder
  readonly may: 'count' | 'remove'
}

const COUNTING = [
  'ListObjectVersions',
  'ListMultipartUploads',
  'ListMultipartUploads of the folder',
  'ListParts',
]
const REMOVING = [...COUNTING, 'AbortMultipartUpload', 'DeleteObject of a version']
/** What these may only be answered with, where they are not granted; 400: the store reads them before it judges. */
const REFUSALS = [400, 403, 404, 405, 409, 501]
const BYTES = 'bytes of an account'

/**
 * Tries every action of S3 with a key that is not vended, then what it is for, and returns what was not as it must
 * be. In the end nothing is left in the folder.
 */
export async function tryStoreKey(store: KeyStore, { keys, folder, may }: StoreKey): Promise<string[]> {
  const { bucket, region, endpoint, owner } = store
  const faults: string[] = []
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: keys, maxAttempts: 1 })
  const everything = { bucket, writtenBefore: new Date(8.64e15), mayGoOn: async () => undefined }
  try {
    const target = await plant(store, folder)
    for (const action of ACTIONS) {
      const { status, text } = await sendSigned(endpoint, region, keys, action.call(bucket, target, target))
      if (text.includes(BYTES)) faults.push(`${action.name} shows the bytes`)
      if ((may === 'count' ? COUNTING : REMOVING).includes(action.name)) {
        if (status !== 200 && status !== 204) faults.push(`${action.name}: granted, but ${status} ${text}`)
      } else if (status < 300 ? !isHarmless(action.name, text) : !REFUSALS.includes(status))
        faults.push(`${action.name}: not granted, but ${status} ${text}`)
    }
    // What is there yet is what this key may leave: the version that it was told to remove is gone, nothing was added.
    const left = await held(store, folder)
    const expected = may === 'count' ? 2 : 1
    if (left.versions !== expected || left.markers !== 0)
      faults.push(`${left.versions} versions and ${left.markers} markers are there, not ${expected} and 0`)
    if (left.body !== BYTES) faults.push('the newest version was changed')

    const usage = await measureFolder({ client, bucket, pause: async () => undefined }, folder)
    if (usage.currentBytes !== BYTES.length || usage.uploadBytes !== BYTES.length)
      faults.push(`it counts ${JSON.stringify(usage)}`)
    const removed = await removeFolder({ client, ...everything }, folder).catch(() => undefined)
    if ((removed !== undefined) !== (may === 'remove')) faults.push(`it removes: ${JSON.stringify(removed)}`)
    if (may === 'remove' && (await held(store, folder)).versions > 0) faults.push('it left versions')
  } finally {
    await removeFolder({ client: owner, ...everything }, folder)
    client.destroy()
  }
  return faults
}

/** Its own buckets are none; a list of things to delete is answered as a whole, each with its refusal. */
function isHarmless(action: string, text: string): boolean {
  if (action === 'ListBuckets') return !text.includes('<Bucket>')
  return (
    action === 'DeleteObjects' && text.includes('<Code>AccessDenied</Code>') && !text.includes('<Deleted>')
  )
}

async function plant({ bucket, owner }: KeyStore, folder: AccountFolder): Promise<Target> {
  const at = { Bucket: bucket, Key: `${folder}/db.zip` }
  const { VersionId } = await owner.send(new PutObjectCommand({ ...at, Body: 'an old version' }))
  await owner.send(new PutObjectCommand({ ...at, Body: BYTES }))
  const open = await owner.send(new CreateMultipartUploadCommand(at))
  const second = await owner.send(new CreateMultipartUploadCommand(at))
  await owner.send(
    new UploadPartCommand({ ...at, UploadId: open.UploadId, PartNumber: 1, Body: Buffer.from(BYTES) }),
  )
  return {
    name: 'a folder',
    own: true,
    key: at.Key,
    prefix: `${folder}/`,
    uploadId: open.UploadId ?? '',
    abortId: second.UploadId ?? '',
    versionId: VersionId ?? '',
    copySource: `/${bucket}/${at.Key}`,
  }
}

async function held({ bucket, owner }: KeyStore, folder: AccountFolder) {
  const { Versions = [], DeleteMarkers = [] } = await owner.send(
    new ListObjectVersionsCommand({ Bucket: bucket, Prefix: `${folder}/` }),
  )
  const newest = await owner
    .send(new GetObjectCommand({ Bucket: bucket, Key: `${folder}/db.zip` }))
    .catch(() => undefined)
  return {
    versions: Versions.length,
    markers: DeleteMarkers.length,
    body: await newest?.Body?.transformToString(),
  }
}
