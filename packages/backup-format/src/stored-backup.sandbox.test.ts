import { createHash, randomBytes, randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OdooSnapshot } from '@odoo-backup/protocol'
import { createS3Storage, verifyByListing } from '@odoo-backup/storage'
import { sandboxEnvironment } from '../../../infra/sandbox/environment.ts'
import { startFaultProxy } from '../../../test/fixtures/fault-proxy.ts'
import { decrypt } from './encryption/decrypt.ts'
import { encrypt } from './encryption/encrypt.ts'
import { fileSource } from './sources/file.ts'
import { objectSource } from './sources/object.ts'
import type { RandomAccess } from './sources/random-access.ts'
import { openOdooZip } from './zip/reading/open-odoo-zip.ts'
import { writeOdooZip } from './zip/writing/write-odoo-zip.ts'

const sandbox = sandboxEnvironment()
const prefix = `stored-backup-${randomInt(1e12)}/`
const MIB = 1024 * 1024
const bucket = (endpoint: string) =>
  createS3Storage({
    bucket: sandbox.privateBucket,
    region: sandbox.region,
    endpoint,
    pathStyle: true,
    credentials: async () => ({
      accessKeyId: sandbox.privateAccessKeyId,
      secretAccessKey: sandbox.privateSecretAccessKey,
    }),
    retry: { firstPauseMs: 1, longestPauseMs: 4 },
  })
const storage = bucket(sandbox.s3Endpoint)
const contents = [
  randomBytes(3 * MIB),
  Buffer.alloc(0),
  randomBytes(100_000),
  Buffer.from('text '.repeat(400_000)),
]
const dumped = Buffer.concat([Buffer.from('COPY public.x\n'.repeat(300_000)), randomBytes(7 * MIB)])
const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex')
let folder: string

const snapshot: OdooSnapshot = {
  manifest: {
    odoo_dump: '1',
    db_name: 'mydb',
    version: '16.0',
    version_info: [16, 0, 0, 'final', 0, ''],
    major_version: '16.0',
    pg_version: '15.0',
    modules: { base: '16.0.1.3' },
  },
  dump: () => Readable.from([dumped]),
  files: async function* () {
    for (const content of contents) {
      const name = sha1(content)
      yield {
        path: `${name.slice(0, 2)}/${name}`,
        sizeBytes: content.length,
        open: () => Readable.from([content]),
      }
    }
  },
}

async function expectWhole(source: RandomAccess): Promise<void> {
  const zip = await openOdooZip(source, { windowBytes: MIB })
  expect(zip.manifest).toEqual(snapshot.manifest)
  expect(sha1(Buffer.concat(await zip.dump().toArray()))).toBe(sha1(dumped))
  const found: string[] = []
  for await (const file of zip.files()) {
    const content = Buffer.concat(await (await file.open()).toArray())
    expect(file.path.slice(3)).toBe(sha1(content))
    found.push(sha1(content))
  }
  expect(found).toEqual(contents.map(sha1))
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stored-backup-'))
  const sent = await storage.put(`${prefix}plain.zip`, writeOdooZip(snapshot), { estimatedBytes: 20 * MIB })
  await verifyByListing(storage, sent)
})
afterAll(async () => {
  const keys: string[] = []
  for await (const { key } of storage.list(prefix)) keys.push(key)
  await storage.delete(keys)
  storage.close()
  await rm(folder, { recursive: true })
})

test('A backup is read straight from the bucket.', async () => {
  await expectWhole(await objectSource(storage, `${prefix}plain.zip`))
})

test('It is read whole although ranges break off, stall and are refused for a while.', async () => {
  let request = 0
  const faults = [
    { kind: 'cut-body', afterBytes: 1000 },
    { kind: 'answer', status: 503 },
    { kind: 'reset', afterBytes: 0 },
  ] as const
  const proxy = await startFaultProxy(sandbox.s3Endpoint, ({ method }) =>
    method === 'GET' ? faults[request++ % 5] : undefined,
  )
  const faulty = bucket(proxy.url)
  await expectWhole(await objectSource(faulty, `${prefix}plain.zip`))
  expect(request).toBeGreaterThan(10)
  faulty.close()
  await proxy.close()
})

test('Wrong bytes from the store are noticed.', async () => {
  const proxy = await startFaultProxy(sandbox.s3Endpoint, ({ method, headers }) =>
    method === 'GET' && headers.range?.startsWith('bytes=0-') ? { kind: 'flip-answer', at: 5000 } : undefined,
  )
  const faulty = bucket(proxy.url)
  await expect(expectWhole(await objectSource(faulty, `${prefix}plain.zip`))).rejects.toMatchObject({
    code: 'zip_damaged',
  })
  faulty.close()
  await proxy.close()
})

test('A backup that is replaced while it is read is not mixed with the new one.', async () => {
  const key = `${prefix}replaced.zip`
  await storage.put(key, writeOdooZip(snapshot))
  const zip = await openOdooZip(await objectSource(storage, key), { windowBytes: MIB })
  await storage.put(key, writeOdooZip({ ...snapshot, dump: () => Readable.from([randomBytes(12 * MIB)]) }))
  await expect(zip.dump().toArray()).rejects.toMatchObject({ code: 'object_changed' })
})

test('An encrypted backup goes into the bucket and comes out again in one stream.', async () => {
  const password = 'a password of the administrator'
  const key = `${prefix}secret.zip.enc`
  const sent = await storage.put(key, encrypt(writeOdooZip(snapshot), { password, temporaryFolder: folder }))
  await verifyByListing(storage, sent)
  const decrypted = decrypt(await storage.get(key), { password, temporaryFolder: folder })
  const bytes = Buffer.concat(await decrypted.toArray())
  await expectWhole({
    sizeBytes: bytes.length,
    read: async (start, end) => Readable.from([bytes.subarray(start, end + 1)]),
  })
})

test('A failing dump leaves neither an object nor an upload, encrypted or not.', async () => {
  const failure = new Error('pg_dump ended with status 1')
  const broken: OdooSnapshot = {
    ...snapshot,
    dump: () =>
      Readable.from(
        (async function* () {
          yield randomBytes(10 * MIB)
          throw failure
        })(),
      ),
  }
  for (const body of [
    () => writeOdooZip(broken),
    () => encrypt(writeOdooZip(broken), { password: 'x', temporaryFolder: folder }),
  ]) {
    await expect(storage.put(`${prefix}broken`, body())).rejects.toBe(failure)
    await expect(storage.head(`${prefix}broken`)).rejects.toMatchObject({ code: 'object_missing' })
  }
})

const byOdoo = resolve(import.meta.dirname, '../../../../shared/fixtures/mini16-by-odoo.zip')
const whereThere = existsSync(byOdoo) ? test : () => undefined

whereThere('A backup by Odoo 16 itself is read, every file true to its name.', async () => {
  const source = await fileSource(byOdoo)
  const zip = await openOdooZip(source)
  expect(zip.manifest).toMatchObject({ db_name: 'mini16', major_version: '16.0' })
  expect(Buffer.concat(await zip.dump().toArray()).toString()).toMatch(/PostgreSQL database dump complete/)
  for await (const file of zip.files()) {
    if (file.path.startsWith('checklist/')) continue
    expect(sha1(Buffer.concat(await (await file.open()).toArray()))).toBe(file.path.slice(3))
  }
  await source.close()
})
