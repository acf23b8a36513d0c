import { randomInt } from 'node:crypto'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { readObjectsAhead } from './listed-objects.ts'
import { createS3Storage } from './storage.ts'

const sandbox = sandboxEnvironment()
const prefix = `listed-objects-${randomInt(1e12)}/`
const connection = {
  region: sandbox.region,
  endpoint: sandbox.s3Endpoint,
  credentials: { accessKeyId: sandbox.privateAccessKeyId, secretAccessKey: sandbox.privateSecretAccessKey },
}
const client = new S3Client({ ...connection, forcePathStyle: true, maxAttempts: 1 })
const storage = createS3Storage({
  ...connection,
  bucket: sandbox.privateBucket,
  pathStyle: true,
  credentials: async () => connection.credentials,
})
const names = ['a&b;amp', 'a + b', 'a<b>\'"', 'é ü 💩', 'shop.2026-01-31_04-00-00.zip', '_/pin/100%25']

beforeAll(async () => {
  for (const [index, name] of names.entries()) await storage.put(prefix + name, Buffer.alloc(index, 'x'))
})
afterAll(async () => {
  await storage.delete(names.map(name => prefix + name))
  storage.close()
  client.destroy()
})

test.each(['url', undefined] as const)(
  'objects are read as the SDK reads them, with names encoded as %s',
  async encoding => {
    const command = () =>
      new ListObjectsV2Command({
        Bucket: sandbox.privateBucket,
        Prefix: prefix,
        ...(encoding === undefined ? {} : { EncodingType: encoding }),
      })
    const bySdk = await client.send(command())
    const ahead = command()
    const objects = readObjectsAhead(ahead)
    const { Contents, ...page } = await client.send(ahead)
    expect(bySdk.Contents).toHaveLength(names.length)
    const sdkFields = bySdk.Contents?.map(({ Key, LastModified, ETag, Size }) => ({
      Key,
      LastModified,
      ETag,
      Size,
    }))
    expect(objects()).toEqual(sdkFields)
    expect(Contents).toBeUndefined()
    expect(page.KeyCount).toBe(names.length)
    expect(page.IsTruncated).toBe(false)
  },
)

test('the end of a page and where the next begins are still read', async () => {
  const command = new ListObjectsV2Command({ Bucket: sandbox.privateBucket, Prefix: prefix, MaxKeys: 2 })
  const objects = readObjectsAhead(command)
  const page = await client.send(command)
  expect(objects()).toHaveLength(2)
  expect(page.IsTruncated).toBe(true)
  expect(page.NextContinuationToken).toEqual(expect.any(String))
})
