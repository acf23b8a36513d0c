import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, afterEach, expect, jest, test } from '@jest/globals'
import type { Fault, SeenRequest } from '../../../../test/fixtures/fault-proxy.ts'
import {
  errorBody,
  faultyBucket,
  first,
  isComplete,
  isOpening,
  isPart,
  isPut,
} from '../../../../test/fixtures/faulty-bucket.ts'
import { verifyByListing } from '../verification.ts'

const MIB = 1024 * 1024
const body = randomBytes(12 * MIB)
const bucket = faultyBucket()
const { direct, faulty, openUploads, prefix, storageAt } = bucket
const chunks = () => Readable.from([body.subarray(0, 100), body.subarray(100)])
const collect = async (stream: Readable) => Buffer.concat(await stream.toArray())

const written = jest.spyOn(console, 'warn').mockClear()

afterEach(async () => {
  await bucket.closeProxies()
  // A library that writes to the console by itself breaks progress bars and JSON logs.
  expect(written).not.toHaveBeenCalled()
})
afterAll(() => bucket.close())

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
  ['the answer to the opening is lost', isOpening, { kind: 'lose-answer' }],
  [
    'the completion is answered with 200 and an error',
    isComplete,
    { kind: 'answer', status: 200, body: errorBody('InternalError') },
  ],
  ['the completion is answered with 200 and nothing', isComplete, { kind: 'answer', status: 200 }],
  ['the answer to the completion is lost', isComplete, { kind: 'lose-answer' }],
]

test.each(passing)('An upload ends well although %s.', async (_, kind, fault) => {
  const { storage } = await faulty(first(2, kind, fault), { stallMs: 3000 })
  const key = `${prefix}passing`
  const sent = await storage.put(key, chunks())
  await verifyByListing(direct, sent)
  expect((await collect(await direct.get(key))).equals(body)).toBe(true)
  expect(await openUploads(key)).toBe(0)
  await direct.delete([key])
})

test('A part that is kept in several blocks is sent again from its beginning, and as it was.', async () => {
  let tries = 0
  const { storage } = await faulty(({ query }) => {
    if (query.get('partNumber') !== '1') return undefined
    tries++
    if (tries === 1) return { kind: 'reset', afterBytes: 9 * MIB }
    return tries === 2 ? { kind: 'flip-request', at: 9 * MIB } : undefined
  })
  const key = `${prefix}blocks`
  const sent = await storage.put(key, chunks(), { estimatedBytes: 11 * MIB * 8000 })
  await verifyByListing(direct, sent)
  expect(sent.expectedEtag).toMatch(/-2$/)
  expect(tries).toBe(3)
  expect((await collect(await direct.get(key))).equals(body)).toBe(true)
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
    3,
  ],
  [
    'its upload is gone',
    isPart,
    { kind: 'answer', status: 404, body: errorBody('NoSuchUpload') },
    { code: 'upload_lost', retryable: true },
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

test.each([-2, 2])(
  'A clock that jumps by %d hours in the middle of an upload costs nothing.',
  async hours => {
    const now = Date.now
    const jumped = jest.spyOn(Date, 'now')
    const { storage } = await faulty(request => {
      if (isPart(request)) jumped.mockImplementation(() => now() + hours * 3_600_000)
      return undefined
    })
    try {
      const key = `${prefix}jumped`
      const sent = await storage.put(key, chunks())
      await verifyByListing(direct, sent)
      expect((await collect(await storage.get(key))).equals(body)).toBe(true)
      expect(await openUploads(key)).toBe(0)
    } finally {
      jumped.mockRestore()
    }
  },
)

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

test('Uploads of a key of which nobody knows the id are removed, those of other keys stay; who may not list does nothing.', async () => {
  const opened: { key: string; uploadId: string }[] = []
  const begin = async (key: string) => {
    const { storage } = await faulty(request =>
      request.method === 'DELETE' ? { kind: 'answer', status: 400 } : undefined,
    )
    const noting = async (upload: { key: string; uploadId: string }) => {
      opened.push(upload)
      throw new Error('the process dies')
    }
    await expect(storage.put(key, chunks(), { onUploadOpened: noting })).rejects.toThrow('the process dies')
  }
  const [key, longer] = [`${prefix}unknown`, `${prefix}unknown.more`]
  for (const each of [key, key, longer]) await begin(each)
  await storageAt({ mayListUploads: false }).abortUploads(key)
  expect(await openUploads(key)).toBe(3)
  // A store that does not know the request is asked once, not for minutes.
  for (const status of [403, 501]) {
    const { storage: refusing, proxy } = await faulty(({ method, query }) =>
      method === 'GET' && query.has('uploads') ? { kind: 'answer', status } : undefined,
    )
    await refusing.abortUploads(key)
    expect(proxy.requests.length).toBeLessThanOrEqual(2)
    expect(await openUploads(key)).toBe(3)
  }
  await direct.abortUploads(key)
  expect(await openUploads(key)).toBe(1)
  expect(await openUploads(longer)).toBe(1)
  for (const upload of opened) await direct.abortUpload(upload)
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
  const storage = storageAt({ limits })
  const pieces = (count: number) => Readable.from(Array.from({ length: count }, () => body.subarray(0, MIB)))
  const sent = await storage.put(`${prefix}grown`, pieces(26))
  expect(sent.expectedEtag).toMatch(/-5$/)
  await verifyByListing(direct, sent)
  await expect(storage.put(`${prefix}beyond`, pieces(29))).rejects.toMatchObject({ code: 'object_too_large' })
  expect(await openUploads(`${prefix}beyond`)).toBe(0)
})
