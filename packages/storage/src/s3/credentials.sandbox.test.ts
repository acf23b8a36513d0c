import { randomBytes, randomInt } from 'node:crypto'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { Bandwidth } from '../streams/bandwidth.ts'
import { verifyByListing } from '../verification.ts'
import type { S3StorageOptions } from './connection.ts'
import type { S3Credentials } from './credentials.ts'
import { createS3Storage } from './storage.ts'

const sandbox = sandboxEnvironment()
const folder = String(randomInt(1e12))
const MIB = 1024 * 1024
const client = new STSClient({
  endpoint: sandbox.shortStsEndpoint,
  region: sandbox.region,
  credentials: { accessKeyId: sandbox.brokerAccessKeyId, secretAccessKey: sandbox.brokerSecretAccessKey },
})
const storages: ReturnType<typeof createS3Storage>[] = []

/** A credential for the folder as a broker vends it, with the rights of one purpose. */
async function vend(objectActions: readonly string[], seconds: number): Promise<S3Credentials> {
  const statement = [
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${sandbox.bucket}`,
      Condition: { StringLike: { 's3:prefix': `${folder}/*` } },
    },
    { Effect: 'Allow', Action: objectActions, Resource: `arn:aws:s3:::${sandbox.bucket}/${folder}/*` },
  ]
  const { Credentials } = await client.send(
    new AssumeRoleCommand({
      RoleArn: sandbox.roleArn,
      RoleSessionName: 'storage-test',
      DurationSeconds: seconds,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
    }),
  )
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
    expiresAt: Credentials?.Expiration ?? new Date(0),
  }
}

function storageWith(credentials: S3StorageOptions['credentials'], options: Partial<S3StorageOptions> = {}) {
  const storage = createS3Storage({
    bucket: sandbox.bucket,
    region: sandbox.region,
    endpoint: sandbox.shortStsEndpoint,
    pathStyle: true,
    credentials,
    limits: { minPartBytes: 5 * MIB },
    retry: { attempts: 3, firstPauseMs: 1, longestPauseMs: 4 },
    ...options,
  })
  storages.push(storage)
  return storage
}

const backup = (seconds: number) => vend(['s3:PutObject', 's3:AbortMultipartUpload'], seconds)

afterAll(async () => {
  const rotate = storageWith(() => vend(['s3:DeleteObject'], 900))
  const keys: string[] = []
  for await (const object of rotate.list(`${folder}/`)) keys.push(object.key)
  await rotate.delete(keys)
  for (const storage of storages) storage.close()
  client.destroy()
})

test('An upload that outlives its credentials several times ends well, and each is asked for in time.', async () => {
  const asked: boolean[] = []
  const storage = storageWith(
    async ({ renew }) => {
      asked.push(renew)
      return backup(6)
    },
    { bandwidth: new Bandwidth(MIB, Date.now), partMemoryBytes: 0 },
  )
  const sent = await storage.put(`${folder}/long`, randomBytes(11 * MIB))
  await verifyByListing(storage, sent)
  expect(asked[0]).toBe(false)
  expect(asked.length).toBeGreaterThan(2)
  expect(asked.slice(1).every(renew => renew)).toBe(true)
})

test('Credentials that were refused are replaced once, and those asked for anew serve.', async () => {
  const asked: boolean[] = []
  const expired: S3Credentials = { accessKeyId: 'unknown', secretAccessKey: 'unknown' }
  const storage = storageWith(async ({ renew }) => {
    asked.push(renew)
    return renew ? backup(900) : expired
  })
  const sent = await storage.put(`${folder}/renewed`, Buffer.from('x'))
  await verifyByListing(storage, sent)
  expect(asked).toEqual([false, true])
})

test('A credential for backups verifies by listing; reading and deleting are refused after one renewal.', async () => {
  let asked = 0
  const storage = storageWith(async () => {
    asked++
    return backup(900)
  })
  const key = `${folder}/refused`
  await verifyByListing(storage, await storage.put(key, Buffer.from('x')))
  asked = 0
  await expect(storage.get(key)).rejects.toMatchObject({ code: 'access_refused', retryable: false })
  expect(asked).toBe(1)
  await expect(storage.head(key)).rejects.toMatchObject({ code: 'access_refused' })
  await expect(storage.delete([key])).rejects.toMatchObject({
    code: 'deletion_incomplete',
    remainingKeys: [key],
  })
  await expect(storage.get(`${folder}/not-there`)).rejects.toMatchObject({ code: 'object_missing' })
  await expect(storage.put('420/foreign', Buffer.from('x'))).rejects.toMatchObject({ code: 'access_refused' })
})

test('What the source of credentials says reaches the caller unchanged.', async () => {
  const failure = Object.assign(new Error('log in first'), { code: 'login_required' })
  const storage = storageWith(() => Promise.reject(failure))
  await expect(storage.put(`${folder}/x`, Buffer.from('x'))).rejects.toBe(failure)
})
