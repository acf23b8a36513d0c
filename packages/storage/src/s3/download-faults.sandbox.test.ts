import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import type { Fault } from '../../../../test/fixtures/fault-proxy.ts'
import { errorBody, faultyBucket, first, isGet, isList } from '../../../../test/fixtures/faulty-bucket.ts'

const MIB = 1024 * 1024
const body = randomBytes(12 * MIB)
const bucket = faultyBucket()
const { direct, faulty, prefix } = bucket
const collect = async (stream: Readable) => Buffer.concat(await stream.toArray())

afterEach(() => bucket.closeProxies())
afterAll(() => bucket.close())

const interruptions: [string, Fault][] = [
  ['is cut off', { kind: 'cut-body', afterBytes: 3 * MIB }],
  ['stalls', { kind: 'stall-body', afterBytes: 2 * MIB }],
  ['is reset before it begins', { kind: 'reset', afterBytes: 0 }],
  ['is refused with 503', { kind: 'answer', status: 503 }],
]

test.each(interruptions)('A download that %s is taken up where it stopped.', async (_, fault) => {
  const key = `${prefix}download`
  await direct.put(key, body)
  const { storage } = await faulty(first(3, isGet, fault), { stallMs: 3000 })
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

test('A store that takes a download up elsewhere than asked is not believed.', async () => {
  const key = `${prefix}elsewhere`
  await direct.put(key, body)
  let request = 0
  const { storage } = await faulty(seen => {
    if (!isGet(seen)) return undefined
    return request++ === 0
      ? { kind: 'cut-body', afterBytes: 3 * MIB }
      : { kind: 'rewrite', headers: { 'content-range': `bytes 0-${body.length - 1}/${body.length}` } }
  })
  await expect(storage.get(key).then(collect)).rejects.toMatchObject({ code: 'store_misbehaved' })
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
