import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { storageContract } from '../../../../test/fixtures/storage-contract.ts'
import { createS3Storage } from './storage.ts'

const sandbox = sandboxEnvironment()
const prefix = `storage-test-${randomInt(1e12)}/`
const storage = createS3Storage({
  bucket: sandbox.privateBucket,
  region: sandbox.region,
  endpoint: sandbox.s3Endpoint,
  pathStyle: true,
  credentials: async () => ({
    accessKeyId: sandbox.privateAccessKeyId,
    secretAccessKey: sandbox.privateSecretAccessKey,
  }),
})

async function keys(): Promise<string[]> {
  const found: string[] = []
  for await (const object of storage.list(prefix)) found.push(object.key)
  return found
}

beforeAll(async () => {
  expect(await keys()).toEqual([])
})
afterAll(async () => {
  await storage.delete(await keys())
  storage.close()
})

describe('S3', () => {
  storageContract(() => ({ storage, prefix }))

  test('More than one page of a listing is followed to its end.', async () => {
    const names = Array.from(
      { length: 1100 },
      (_, index) => `${prefix}pages/${String(index).padStart(4, '0')}`,
    )
    const waiting = [...names]
    const work = async () => {
      for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
        await storage.put(key, Buffer.from('x'))
    }
    await Promise.all(Array.from({ length: 16 }, work))
    const found: string[] = []
    for await (const object of storage.list(`${prefix}pages/`)) found.push(object.key)
    expect(found).toEqual(names)
  })
})
