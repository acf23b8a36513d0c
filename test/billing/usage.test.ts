import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AccountFolder } from '@odoo-backup/protocol'
import { readSettings } from '@odoo-backup/service'
import { measureFolder } from '../../apps/broker/src/usage/measure-folder.ts'
import { sampleUsage } from '../../apps/broker/src/usage/sample-usage.ts'
import { usageReport } from '../../apps/broker/src/usage/usage-report.ts'
import { openUsageClient, UsageSettings } from '../../apps/broker/src/usage/usage-settings.ts'
import { VendingSettings } from '../../apps/broker/src/vending/vending-settings.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'

const sandbox = sandboxEnvironment()
const bucket = sandbox.bucket
let client: S3Client
let registry: TestRegistry
beforeAll(async () => {
  client = ownerOf('accounts', sandbox)
  registry = await openTestRegistry()
})
afterAll(async () => {
  client.destroy()
  await registry.drop()
})

const put = (key: string, size: number) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: randomBytes(size) }))

test('what counts is what the store says: objects, old versions and open uploads, told apart, of one folder alone', async () => {
  const folder = AccountFolder.parse(String(randomBytes(6).readUIntBE(0, 6)))
  const neighbour = `${folder}0`
  await put(`${folder}/a.zip`, 1000)
  await put(`${folder}/a.zip`, 300)
  await put(`${folder}/b.zip`, 20)
  await put(`${folder}/gone.zip`, 7)
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${folder}/gone.zip` }))
  await put(`${neighbour}/c.zip`, 5000)
  const upload = { Bucket: bucket, Key: `${folder}/open.zip` }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload))
  await client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: randomBytes(6000) }))
  try {
    let pauses = 0
    const counted = async () => {
      pauses += 1
    }
    const usage = await measureFolder({ client, bucket, pause: counted }, folder)
    // Before each request: the versions, the uploads, the parts of one.
    expect(pauses).toBe(3)
    expect(usage).toEqual({
      currentBytes: 320,
      currentObjects: 2,
      oldBytes: 1007,
      oldObjects: 2,
      uploadBytes: 6000,
      uploads: 1,
    })
  } finally {
    await client.send(new AbortMultipartUploadCommand({ ...upload, UploadId }))
    for (const prefix of [`${folder}/`, `${neighbour}/`]) {
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }),
      )
      for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }))
    }
  }
})

test('a store that falls silent is waited for so long, and no longer', async () => {
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const settings = readSettings(UsageSettings.extend(VendingSettings.shape), {
    BROKER_S3_BUCKET: bucket,
    BROKER_S3_REGION: sandbox.region,
    BROKER_S3_ENDPOINT: `http://127.0.0.1:${port}`,
    BROKER_S3_PATH_STYLE: 'true',
    BROKER_STS_ROLE_ARN: sandbox.roleArn,
    BROKER_SEALING_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    BROKER_USAGE_ACCESS_KEY_ID: 'key',
    BROKER_USAGE_SECRET_ACCESS_KEY: 'secret',
  })
  const asking = openUsageClient(settings, 100)
  if (asking === undefined) throw new Error('No client was opened.')
  try {
    const folder = AccountFolder.parse('1')
    const measured = measureFolder({ client: asking, bucket, pause: async () => undefined }, folder)
    await expect(measured).rejects.toThrow(/time|Timeout/i)
  } finally {
    asking.destroy()
    silent.closeAllConnections()
    silent.close()
  }
})

test('ten thousand accounts are sampled in one run; a run that is cut short goes on where it stopped', async () => {
  await registry.pool.query(
    `INSERT INTO account (id, provider, subject, folder, payment_token)
     SELECT gen_random_uuid(), 'odoo', n::text, n::text, n::text FROM generate_series(1, 10000) n`,
  )
  const measured: string[] = []
  const stop = new AbortController()
  const now = () => new Date('2026-05-01T10:00Z')
  const failed: string[] = []
  let isAway = true
  const dependencies = {
    pool: registry.pool,
    parseFolder: (folder: string) => AccountFolder.parse(folder),
    now,
    onFailure: (accountId: string) => void failed.push(accountId),
    measure: async (folder: AccountFolder) => {
      measured.push(folder)
      if (measured.length === 2500) stop.abort(new Error('the process ends'))
      if (folder === '77' && isAway) throw new Error('the store is away')
      return {
        currentBytes: Number(folder),
        currentObjects: 1,
        oldBytes: 0,
        oldObjects: 0,
        uploadBytes: 0,
        uploads: 0,
      }
    },
  }
  await expect(sampleUsage(dependencies, stop.signal)).rejects.toThrow('the process ends')
  await sampleUsage(dependencies)
  expect(new Set(measured).size).toBe(10_000)
  // The one that could not be measured is tried again by the next run, and by none after it was.
  expect(failed.length).toBeGreaterThan(0)
  expect(await sampleUsage(dependencies)).toBe(0)
  isAway = false
  expect(await sampleUsage(dependencies)).toBe(1)
  expect(measured.filter(folder => folder !== '77')).toHaveLength(9999)
  expect(await sampleUsage(dependencies)).toBe(0)
  expect(measured.at(-1)).toBe('77')
  const { rows } = await registry.pool.query<{ id: string }>("SELECT id FROM account WHERE folder = '5'")
  expect(await usageReport(registry.pool, rows[0]?.id ?? '', 10)).toMatchObject([
    { day: '2026-05-01', currentBytes: 5 },
  ])
})

test('while the store is away a run ends soon, and the next one of the day measures all', async () => {
  let asked = 0
  let isAway = true
  const dependencies = {
    pool: registry.pool,
    parseFolder: (folder: string) => AccountFolder.parse(folder),
    now: () => new Date('2026-05-02T00:10Z'),
    onFailure: () => undefined,
    measure: async () => {
      asked += 1
      if (isAway) throw new Error('the store is away')
      return { currentBytes: 1, currentObjects: 1, oldBytes: 0, oldObjects: 0, uploadBytes: 0, uploads: 0 }
    },
  }
  await expect(sampleUsage(dependencies)).rejects.toThrow('10 accounts in a row')
  expect(asked).toBe(10)
  isAway = false
  expect(await sampleUsage(dependencies)).toBe(10_000)
})

test('a new account is measured in the day that is done already, again until it has stored something, then once a day', async () => {
  let now = new Date('2026-05-02T15:00Z')
  const asked: string[] = []
  let objects = 0
  const dependencies = {
    pool: registry.pool,
    parseFolder: (folder: string) => AccountFolder.parse(folder),
    now: () => now,
    onFailure: () => undefined,
    measure: async (folder: AccountFolder) => {
      asked.push(folder)
      const [currentBytes, currentObjects] = [objects * 500, objects]
      return { currentBytes, currentObjects, oldBytes: 0, oldObjects: 0, uploadBytes: 0, uploads: 0 }
    },
  }
  expect(await sampleUsage(dependencies)).toBe(0)
  const { accountId, folder } = await registry.newAccount()
  const run = async (minutes: number) => {
    now = new Date(now.getTime() + minutes * 60_000)
    return sampleUsage(dependencies)
  }
  expect(await run(10)).toBe(1)
  expect(await run(10)).toBe(0)
  objects = 3
  expect(await run(20)).toBe(1)
  const report = () => usageReport(registry.pool, accountId, 10)
  expect(await report()).toMatchObject([{ day: '2026-05-02', currentBytes: 1500, currentObjects: 3 }])
  objects = 4
  expect(await run(120)).toBe(0)
  expect(new Set(asked)).toEqual(new Set([folder]))
  // One that stays empty on a later day is asked for once in that day.
  objects = 0
  now = new Date('2026-05-03T00:05Z')
  expect(await sampleUsage(dependencies)).toBe(10_001)
  expect(await run(60)).toBe(0)
})
