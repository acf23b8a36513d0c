import { randomBytes } from 'node:crypto'
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, expect, test } from '@jest/globals'
import { AccountFolder } from '@odoo-backup/protocol'
import { removeFolder } from '../../apps/broker/src/billing/removal/remove-folder.ts'
import { measureFolder } from '../../apps/broker/src/usage/measure-folder.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import { withShortPages } from '../fixtures/short-pages.ts'

/** Folders of more pages than one: versions and uploads of one key lie on both sides of a page's end. */

const sandbox = sandboxEnvironment()
const bucket = sandbox.bucket
const client = ownerOf('accounts', sandbox)
const PAGE = 3
const paged = withShortPages(ownerOf('accounts', sandbox), PAGE)
const used: AccountFolder[] = []

/** Counts requests, and ends who would read the same pages for ever. */
function counted() {
  let requests = 0
  return {
    count: () => requests,
    next: async () => {
      requests += 1
      if (requests > 100) throw new Error('The listing does not end.')
    },
  }
}

afterAll(async () => {
  for (const folder of used) await remove(client, folder)
  client.destroy()
  paged.destroy()
})

const remove = (by: typeof client, folder: AccountFolder, writtenBefore = new Date(8.64e15)) =>
  removeFolder({ client: by, bucket, writtenBefore, mayGoOn: counted().next }, folder)

function newFolder(): AccountFolder {
  const folder = AccountFolder.parse(String(randomBytes(6).readUIntBE(0, 6)))
  used.push(folder)
  return folder
}

const put = (Key: string, size = 1) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: randomBytes(size) }))

/** An upload that stays open, with parts of these sizes. */
async function openUpload(Key: string, ...parts: number[]): Promise<void> {
  const upload = { Bucket: bucket, Key }
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand(upload))
  for (const [index, size] of parts.entries())
    await client.send(
      new UploadPartCommand({ ...upload, UploadId, PartNumber: index + 1, Body: randomBytes(size) }),
    )
}

/** All versions, markers and open uploads: their keys, and when each came. */
async function stored(
  folder: AccountFolder,
): Promise<{ key: string | undefined; id: string | undefined; at: number }[]> {
  const where = { Bucket: bucket, Prefix: `${folder}/` }
  const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand(where))
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand(where))
  return [
    ...[...Versions, ...DeleteMarkers].map(({ Key, VersionId, LastModified }) => ({
      key: Key,
      id: VersionId,
      at: LastModified?.getTime() ?? 0,
    })),
    ...Uploads.map(({ Key, UploadId, Initiated }) => ({
      key: Key,
      id: UploadId,
      at: Initiated?.getTime() ?? 0,
    })),
  ]
}

/** Each size is a power of two: a sum tells which were counted, and how often. */
async function fill(folder: AccountFolder): Promise<void> {
  await put(`${folder}/a.zip`, 1)
  for (const size of [2, 4, 8, 16, 32, 64, 128]) await put(`${folder}/b.zip`, size)
  await put(`${folder}/c.zip`, 256)
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${folder}/c.zip` }))
  await put(`${folder}/d.zip`, 512)
  for (const size of [1, 2, 4, 8]) await openUpload(`${folder}/u.zip`, size)
  await openUpload(`${folder}/v.zip`, 16, 32, 64, 128, 256, 512, 1024)
}

test('a folder of several pages is measured to the last, each version, upload and part once', async () => {
  const folder = newFolder()
  await fill(folder)
  const measured = async (by: typeof client) => {
    const { next, count } = counted()
    const usage = await measureFolder({ client: by, bucket, pause: next }, folder)
    return { requests: count(), usage }
  }
  const usage = {
    currentBytes: 1 + 128 + 512,
    currentObjects: 3,
    oldBytes: 2 + 4 + 8 + 16 + 32 + 64 + 256,
    oldObjects: 7,
    uploadBytes: 2047,
    uploads: 5,
  }
  expect(await measured(client)).toEqual({ requests: 1 + 1 + 5, usage })
  // Eleven versions and markers, five uploads, of which one has seven parts.
  expect(await measured(paged)).toEqual({ requests: 4 + 2 + 4 + 3, usage })
})

test('a folder of several pages is removed to the last', async () => {
  const folder = newFolder()
  await fill(folder)
  const removed = await remove(paged, folder)
  expect(removed).toEqual({ versions: 11, uploads: 5 })
  expect(await stored(folder)).toEqual([])
})

test('what was written later stays, and hides nothing older on the pages behind it', async () => {
  const folder = newFolder()
  const write = async (key: string) => {
    await put(key)
    await openUpload(key)
  }
  for (const name of ['a', 'z']) await write(`${folder}/${name}.zip`)
  const old = new Set((await stored(folder)).map(({ id }) => id))
  for (let count = 0; count <= PAGE; count += 1) await write(`${folder}/a.zip`)
  const later = (await stored(folder)).filter(({ id }) => !old.has(id))
  const writtenBefore = new Date(Math.min(...later.map(({ at }) => at)))
  const removed = await remove(paged, folder, writtenBefore)
  expect(removed).toEqual({ versions: 2, uploads: 2 })
  expect(await stored(folder)).toEqual(later)
})
