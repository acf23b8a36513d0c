import { createHash, randomBytes, randomInt } from 'node:crypto'
import { Readable } from 'node:stream'
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import {
  type Fault,
  type FaultProxy,
  type SeenRequest,
  startFaultProxy,
} from '../../../../test/fixtures/fault-proxy.ts'
import { verifyByListing } from '../verification.ts'
import type { S3StorageOptions } from './connection.ts'
import { createS3Storage } from './storage.ts'

const sandbox = sandboxEnvironment()
const prefix = `storage-faults-${randomInt(1e12)}/`
const MIB = 1024 * 1024
const keys = { accessKeyId: sandbox.privateAccessKeyId, secretAccessKey: sandbox.privateSecretAccessKey }
const body = randomBytes(12 * MIB)

const proxies: FaultProxy[] = []
const storages: ReturnType<typeof createS3Storage>[] = []

function storageAt(endpoint: string, options: Partial<S3StorageOptions> = {}) {
  const storage = createS3Storage({
    bucket: sandbox.privateBucket,
    region: sandbox.region,
    endpoint,
    pathStyle: true,
    credentials: async () => keys,
    limits: { minPartBytes: 5 * MIB },
    retry: { attempts: 5, firstPauseMs: 1, longestPauseMs: 4 },
    ...options,
  })
  storages.push(storage)
  return storage
}

/** A storage behind a proxy that breaks the requests which `choose` names. */
async function faulty(
  choose: (request: SeenRequest) => Fault | undefined,
  options: Partial<S3StorageOptions> = {},
) {
  const proxy = await startFaultProxy(sandbox.s3Endpoint, choose)
  proxies.push(proxy)
  return { storage: storageAt(proxy.url, options), proxy }
}

/** The fault for the first `times` requests of a kind. */
function first(times: number, kind: (request: SeenRequest) => boolean, fault: Fault) {
  let left = times
  return (request: SeenRequest) => (kind(request) && left-- > 0 ? fault : undefined)
}

const isPart = ({ method, query }: SeenRequest) => method === 'PUT' && query.get('partNumber') === '2'
const isPut = ({ method, query }: SeenRequest) => method === 'PUT' && !query.has('partNumber')
const isComplete = ({ method, query }: SeenRequest) => method === 'POST' && query.has('uploadId')
const isGet = ({ method, query }: SeenRequest) => method === 'GET' && !query.has('list-type')
const isList = ({ query }: SeenRequest) => query.has('list-type')
const errorBody = (code: string) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>secret-host</Message></Error>`

const direct = storageAt(sandbox.s3Endpoint)
const collect = async (stream: Readable) => Buffer.concat(await stream.toArray())
const chunks = () => Readable.from([body.subarray(0, 100), body.subarray(100)])

async function openUploads(key: string): Promise<number> {
  const client = new S3Client({
    endpoint: sandbox.s3Endpoint,
    region: sandbox.region,
    forcePathStyle: true,
    credentials: keys,
  })
  const { Uploads } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: sandbox.privateBucket, Prefix: key }),
  )
  client.destroy()
  return Uploads?.length ?? 0
}

afterEach(async () => {
  await Promise.all(proxies.splice(0).map(proxy => proxy.close()))
})
afterAll(async () => {
  const found: string[] = []
  for await (const object of direct.list(prefix)) found.push(object.key)
  await direct.delete(found)
  for (const storage of storages) storage.close()
})

const passing: [string, (request: SeenRequest) => boolean, Fault][] = [
  ['a part is answered with 500', isPart, { kind: 'answer', status: 500 }],
  [
    'a part is answered with 503 SlowDown',
    isPart,
    { kind: 'answer', status: 503, body: errorBody('SlowDown') },
  ],
  ['the connection is reset in the middle of a part', isPart, { kind: 'reset', afterBytes: 2 * MIB }],
  ['a part stalls', isPart, { kind: 'stall' }],
  ['the answer to a part is lost', isPart, { kind: 'lose-answer' }],
  ['a bit of a part flips on its way', isPart, { kind: 'flip-request', at: 3 * MIB }],
  ['the opening is answered with 500', ({ query }) => query.has('uploads'), { kind: 'answer', status: 500 }],
  [
    'the completion is answered with 200 and an error',
    isComplete,
    { kind: 'answer', status: 200, body: errorBody('InternalError') },
  ],
  ['the completion is answered with 200 and nothing', isComplete, { kind: 'answer', status: 200 }],
  ['the answer to the completion is lost', isComplete, { kind: 'lose-answer' }],
]

test.each(passing)('An upload ends well although %s.', async (_, kind, fault) => {
  const { storage } = await faulty(first(2, kind, fault), { stallMs: 1500 })
  const key = `${prefix}passing`
  const sent = await storage.put(key, chunks())
  await verifyByListing(direct, sent)
  expect((await collect(await direct.get(key))).equals(body)).toBe(true)
  expect(await openUploads(key)).toBe(0)
  await direct.delete([key])
})

const lasting: [string, (request: SeenRequest) => boolean, Fault, object, number][] = [
  [
    'a part always gets 503',
    isPart,
    { kind: 'answer', status: 503 },
    { code: 'store_busy', retryable: true },
    5,
  ],
  [
    'a part is always reset',
    isPart,
    { kind: 'reset', afterBytes: 10 },
    { code: 'store_unreachable', retryable: true },
    5,
  ],
  [
    'a bit always flips',
    isPart,
    { kind: 'flip-request', at: 99 },
    { code: 'upload_corrupt', retryable: true },
    5,
  ],
  [
    'the completion always fails',
    isComplete,
    { kind: 'answer', status: 200, body: errorBody('InternalError') },
    { code: 'store_busy' },
    5,
  ],
  [
    'a part is refused',
    isPart,
    { kind: 'answer', status: 403, body: errorBody('AccessDenied') },
    { code: 'access_refused', retryable: false },
    2,
  ],
  [
    'the storage is full',
    isPart,
    { kind: 'answer', status: 403, body: errorBody('QuotaExceeded') },
    { code: 'quota_full', retryable: false },
    1,
  ],
  [
    'the clock is wrong',
    isPart,
    { kind: 'answer', status: 403, body: errorBody('RequestTimeTooSkewed') },
    { code: 'clock_wrong', retryable: false },
    1,
  ],
  [
    'the bucket is elsewhere',
    isPart,
    { kind: 'answer', status: 301, body: errorBody('PermanentRedirect') },
    { code: 'wrong_region', retryable: false },
    1,
  ],
  [
    'a request is not understood',
    isPart,
    { kind: 'answer', status: 400, body: errorBody('NotImplemented') },
    { code: 'store_misbehaved', retryable: false },
    1,
  ],
]

test.each(lasting)('An upload fails and leaves nothing when %s.', async (_, kind, fault, error, tries) => {
  let seen = 0
  const { storage } = await faulty(request => {
    if (!kind(request)) return undefined
    seen++
    return fault
  })
  const key = `${prefix}lasting`
  const failure = await storage.put(key, chunks()).catch((caught: unknown) => caught)
  expect(failure).toMatchObject({ name: 'StorageError', ...error })
  expect(String(failure)).not.toMatch(/secret-host/)
  expect(seen).toBe(tries)
  expect(await openUploads(key)).toBe(0)
  await expect(direct.head(key)).rejects.toMatchObject({ code: 'object_missing' })
})

test('A name that must be free is taken once, although the answer was lost.', async () => {
  const { storage } = await faulty(first(1, isPut, { kind: 'lose-answer' }))
  const sent = await storage.put(`${prefix}once`, Buffer.from('info'), { ifAbsent: true })
  await verifyByListing(direct, sent)
})

test('An upload that cannot be removed is reported.', async () => {
  const warnings: string[] = []
  const { storage } = await faulty(
    request => {
      if (isPart(request)) return { kind: 'answer', status: 400 }
      return request.method === 'DELETE' ? { kind: 'answer', status: 500 } : undefined
    },
    { onWarning: message => warnings.push(message) },
  )
  const opened: { key: string; uploadId: string }[] = []
  const putting = storage.put(`${prefix}left`, chunks(), {
    onUploadOpened: async upload => void opened.push(upload),
  })
  await expect(putting).rejects.toMatchObject({ code: 'store_misbehaved' })
  expect(warnings).toHaveLength(1)
  expect(await openUploads(`${prefix}left`)).toBe(1)
  for (const upload of opened) await direct.abortUpload(upload)
  expect(await openUploads(`${prefix}left`)).toBe(0)
})

test('The first part waits until the upload is noted, and none is sent if that fails.', async () => {
  const { storage, proxy } = await faulty(() => undefined)
  const failure = new Error('the job is gone')
  const noting = async () => {
    expect(proxy.requests.filter(line => line.includes('partNumber'))).toEqual([])
    throw failure
  }
  await expect(storage.put(`${prefix}noted`, chunks(), { onUploadOpened: noting })).rejects.toBe(failure)
  expect(proxy.requests.filter(line => line.includes('partNumber'))).toEqual([])
  expect(await openUploads(`${prefix}noted`)).toBe(0)
})

test('Parts grow as their number nears the limit, and an upload that cannot fit is refused.', async () => {
  const limits = { maxParts: 5, minPartBytes: 5 * MIB }
  const storage = storageAt(sandbox.s3Endpoint, { limits })
  const pieces = (count: number) => Readable.from(Array.from({ length: count }, () => body.subarray(0, MIB)))
  const sent = await storage.put(`${prefix}grown`, pieces(26))
  expect(sent.expectedEtag).toMatch(/-5$/)
  await verifyByListing(direct, sent)
  await expect(storage.put(`${prefix}beyond`, pieces(29))).rejects.toMatchObject({ code: 'object_too_large' })
  expect(await openUploads(`${prefix}beyond`)).toBe(0)
})

const interruptions: [string, Fault][] = [
  ['is cut off', { kind: 'cut-body', afterBytes: 3 * MIB }],
  ['stalls', { kind: 'stall-body', afterBytes: 2 * MIB }],
  ['is reset before it begins', { kind: 'reset', afterBytes: 0 }],
  ['is refused with 503', { kind: 'answer', status: 503 }],
]

test.each(interruptions)('A download that %s is taken up where it stopped.', async (_, fault) => {
  const key = `${prefix}download`
  await direct.put(key, body)
  const { storage } = await faulty(first(3, isGet, fault), { stallMs: 1500 })
  const range = { start: 1000, end: body.length - 2000 }
  expect((await collect(await storage.get(key, { range }))).equals(body.subarray(1000, -1999))).toBe(true)
})

test('A download whose object is replaced in the middle fails instead of mixing the two.', async () => {
  const key = `${prefix}replaced`
  await direct.put(key, body)
  const { storage } = await faulty(first(1, isGet, { kind: 'cut-body', afterBytes: 3 * MIB }))
  const stream = await storage.get(key)
  await direct.put(key, randomBytes(12 * MIB))
  await expect(collect(stream)).rejects.toMatchObject({ code: 'object_changed' })
})

test('A download that never gets on fails, and one that nobody reads on ends its connection.', async () => {
  const key = `${prefix}stuck`
  await direct.put(key, body)
  const { storage } = await faulty(request =>
    isGet(request) ? { kind: 'cut-body', afterBytes: 0 } : undefined,
  )
  await expect(storage.get(key).then(collect)).rejects.toMatchObject({ code: 'store_unreachable' })
  const abandoned = await direct.get(key)
  for await (const chunk of abandoned) {
    expect(chunk.length).toBeGreaterThan(0)
    break
  }
  expect(abandoned.destroyed).toBe(true)
})

test('A listing that breaks off, or shows another folder, is an error and no end.', async () => {
  const page = (inner: string) => `<?xml version="1.0"?><ListBucketResult>${inner}</ListBucketResult>`
  const entry = (key: string) =>
    `<Contents><Key>${key}</Key><Size>1</Size><ETag>"x"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`
  for (const inner of [`<IsTruncated>true</IsTruncated>${entry(`${prefix}a`)}`, entry('43/foreign')]) {
    const { storage } = await faulty(request =>
      isList(request) ? { kind: 'answer', status: 200, body: page(inner) } : undefined,
    )
    const listing = async () => {
      for await (const object of storage.list(prefix)) expect(object.key).toBe(`${prefix}a`)
    }
    await expect(listing()).rejects.toMatchObject({ code: 'store_misbehaved' })
  }
})

test('Where the ETag is no MD5, the checksum that the store returned is the proof, and without one there is none.', async () => {
  const key = `${prefix}kms`
  const sent = await direct.put(key, Buffer.from('encrypted at rest'))
  const listing = {
    list: async function* () {
      yield { key, sizeBytes: sent.sizeBytes, etag: 'not-an-md5', modifiedAt: new Date() }
    },
  }
  await expect(verifyByListing(listing, sent)).rejects.toMatchObject({ code: 'upload_corrupt' })
  const confirmed = { ...sent, storeEtag: 'not-an-md5', checksumConfirmed: true }
  expect((await verifyByListing(listing, confirmed)).etag).toBe('not-an-md5')
  await expect(verifyByListing(listing, { ...confirmed, storeEtag: 'older' })).rejects.toMatchObject({
    code: 'upload_corrupt',
  })
  await expect(verifyByListing(listing, { ...confirmed, sizeBytes: 1 })).rejects.toMatchObject({
    code: 'upload_corrupt',
  })
})

test('At a store whose ETags are no MD5s, the checksums that it returns prove an upload, large and small.', async () => {
  const parts = new Map<number, string>()
  const other = (xml: string) => xml.replace(/<ETag>[^<]*<\/ETag>/g, '<ETag>"aws-kms"</ETag>')
  const { storage } = await faulty(
    request => {
      const { method, query, headers } = request
      if (isList(request)) return { kind: 'rewrite', body: other }
      const checksum = String(headers['x-amz-checksum-sha256'])
      if (method === 'PUT') {
        parts.set(Number(query.get('partNumber')), checksum)
        return {
          kind: 'rewrite',
          headers: query.has('partNumber') ? {} : { etag: '"aws-kms"', 'x-amz-checksum-sha256': checksum },
        }
      }
      if (!isComplete(request)) return undefined
      const hash = createHash('sha256')
      for (const number of [1, 2, 3]) hash.update(Buffer.from(parts.get(number) ?? '', 'base64'))
      const composite = `<ChecksumSHA256>${hash.digest('base64')}-3</ChecksumSHA256></CompleteMultipartUploadResult>`
      return {
        kind: 'rewrite',
        body: xml =>
          other(xml.replace(/<ETag\s*\/>/, '<ETag></ETag>')).replace(
            '</CompleteMultipartUploadResult>',
            composite,
          ),
      }
    },
    { checksums: true },
  )
  for (const content of [body, Buffer.from('small')]) {
    const sent = await storage.put(`${prefix}kms-store`, content)
    expect(sent).toMatchObject({ storeEtag: 'aws-kms', checksumConfirmed: true })
    expect(sent.expectedEtag).not.toBe('aws-kms')
    await verifyByListing(storage, sent)
  }
})

test('Deletions that fail are named, the others are done.', async () => {
  const names = ['one', 'two', 'three'].map(name => `${prefix}delete/${name}`)
  for (const name of names) await direct.put(name, Buffer.from('x'))
  const { storage } = await faulty(({ method, path }) =>
    method === 'DELETE' && path.endsWith('two')
      ? { kind: 'answer', status: 403, body: errorBody('AccessDenied') }
      : undefined,
  )
  await expect(storage.delete(names)).rejects.toMatchObject({
    code: 'deletion_incomplete',
    remainingKeys: [`${prefix}delete/two`],
  })
  const left: string[] = []
  for await (const object of direct.list(`${prefix}delete/`)) left.push(object.key)
  expect(left).toEqual([`${prefix}delete/two`])
})
