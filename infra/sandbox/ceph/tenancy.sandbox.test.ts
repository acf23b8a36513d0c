import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../environment.ts'

const sandbox = sandboxEnvironment()
const folder = String(randomInt(1e12, 9e12))
const neighbour = `${folder}0`
const brokerKeys = {
  accessKeyId: sandbox.brokerAccessKeyId,
  secretAccessKey: sandbox.brokerSecretAccessKey,
}
const ownerKeys = { accessKeyId: sandbox.ownerAccessKeyId, secretAccessKey: sandbox.ownerSecretAccessKey }
type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

const clients: { destroy(): void }[] = []
const s3 = (credentials: Keys, endpoint = sandbox.s3Endpoint) => {
  const client = new S3Client({
    endpoint,
    region: sandbox.region,
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
  })
  clients.push(client)
  return client
}
const sts = (credentials: Keys, endpoint = sandbox.stsEndpoint) => {
  const client = new STSClient({ endpoint, region: sandbox.region, credentials, maxAttempts: 1 })
  clients.push(client)
  return client
}
const onlyOwnFolder = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [`arn:aws:s3:::${sandbox.bucket}`],
      Condition: { StringLike: { 's3:prefix': [`${folder}/*`] } },
    },
    {
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:GetObject'],
      Resource: [`arn:aws:s3:::${sandbox.bucket}/${folder}/*`],
    },
  ],
})

async function assume(
  keys: Keys,
  policy: string | undefined,
  endpoint?: string,
  seconds = 900,
): Promise<Keys> {
  const { Credentials } = await sts(keys, endpoint).send(
    new AssumeRoleCommand({
      RoleArn: sandbox.roleArn,
      RoleSessionName: 'test',
      DurationSeconds: seconds,
      ...(policy === undefined ? {} : { Policy: policy }),
    }),
  )
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
}

const refused = { $metadata: { httpStatusCode: 403 } }
const inBucket = { Bucket: sandbox.bucket }
let session: Keys

beforeAll(async () => {
  session = await assume(brokerKeys, onlyOwnFolder)
  await s3(ownerKeys).send(new PutObjectCommand({ ...inBucket, Key: `${neighbour}/secret`, Body: 'theirs' }))
})
afterAll(async () => {
  const owner = s3(ownerKeys)
  for (const prefix of [`${folder}/`, `${neighbour}/`]) {
    const { Versions = [] } = await owner.send(new ListObjectVersionsCommand({ ...inBucket, Prefix: prefix }))
    for (const { Key, VersionId } of Versions)
      await owner.send(new DeleteObjectCommand({ ...inBucket, Key, VersionId }))
  }
  for (const client of clients) client.destroy()
})

test('a session writes, reads and lists its own folder through the gateway for agents', async () => {
  const client = s3(session)
  await client.send(new PutObjectCommand({ ...inBucket, Key: `${folder}/a`, Body: 'mine' }))
  const { Body } = await client.send(new GetObjectCommand({ ...inBucket, Key: `${folder}/a` }))
  expect(await Body?.transformToString()).toBe('mine')
  const { Contents } = await client.send(new ListObjectsV2Command({ ...inBucket, Prefix: `${folder}/` }))
  expect(Contents?.map(object => object.Key)).toEqual([`${folder}/a`])
})

test('a session sees nothing of a folder whose name begins alike, nor of the bucket', async () => {
  const client = s3(session)
  const key = { ...inBucket, Key: `${neighbour}/secret` }
  await expect(client.send(new GetObjectCommand(key))).rejects.toMatchObject(refused)
  await expect(client.send(new PutObjectCommand({ ...key, Body: 'mine now' }))).rejects.toMatchObject(refused)
  for (const Prefix of [`${neighbour}/`, folder, '', undefined])
    await expect(client.send(new ListObjectsV2Command({ ...inBucket, Prefix }))).rejects.toMatchObject(
      refused,
    )
})

test('a session cannot assume the role again, with a policy or without', async () => {
  await expect(assume(session, undefined)).rejects.toMatchObject(refused)
  await expect(assume(session, onlyOwnFolder)).rejects.toMatchObject(refused)
})

test('even the whole role has neither the root of the bucket nor its versions', async () => {
  const whole = s3(await assume(brokerKeys, undefined))
  await expect(whole.send(new ListObjectsV2Command(inBucket))).rejects.toMatchObject(refused)
  const versions = new ListObjectVersionsCommand({ ...inBucket, Prefix: `${folder}/` })
  await expect(whole.send(versions)).rejects.toMatchObject(refused)
})

test("the broker's own key touches no object", async () => {
  const key = { ...inBucket, Key: `${neighbour}/secret` }
  await expect(s3(brokerKeys).send(new GetObjectCommand(key))).rejects.toMatchObject(refused)
})

test('the gateway for agents serves no STS', async () => {
  await expect(assume(brokerKeys, onlyOwnFolder, sandbox.s3Endpoint)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 405 },
  })
})

test('the bucket keeps versions', async () => {
  const { Status } = await s3(ownerKeys).send(new GetBucketVersioningCommand(inBucket))
  expect(Status).toBe('Enabled')
})

test('the bucket ends uploads that were never completed after two days, as the template for Amazon says', async () => {
  const { Rules } = await s3(ownerKeys).send(new GetBucketLifecycleConfigurationCommand(inBucket))
  expect(Rules).toMatchObject([
    { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } },
  ])
  const template = await readFile(join(import.meta.dirname, '../../aws/storage.yaml'), 'utf8')
  expect(template).toMatch(/AbortIncompleteMultipartUpload:\s+DaysAfterInitiation: 2/)
})

test('the gateway for short sessions gives credentials of seconds', async () => {
  const short = await assume(brokerKeys, onlyOwnFolder, sandbox.shortStsEndpoint, 8)
  const client = s3(short)
  const list = () => client.send(new ListObjectsV2Command({ ...inBucket, Prefix: `${folder}/` }))
  await list()
  const until = Date.now() + 60_000
  let failure: unknown
  while (failure === undefined && Date.now() < until)
    failure = await list().then(
      () => undefined,
      error => error,
    )
  expect(failure).toMatchObject(refused)
})
