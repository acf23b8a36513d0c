import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { fileSource } from '../../sources/file.ts'
import { openOdooZip } from '../reading/open-odoo-zip.ts'
import { ArchiveLedger } from './archive.ts'
import { dataDescriptor, dosTime, localHeader, STORED } from './records.ts'

const run = promisify(execFile)
const GIB = 1024 ** 3
const HOLE = Buffer.alloc(64 * 1024 ** 2)
const modified = dosTime(new Date('2026-01-31T04:00:00Z'))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-records-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A file with a hole of 5 GiB for the content of its first entry, so that everything after it lies beyond 4 GiB. */
async function hugeArchive(): Promise<string> {
  const path = join(folder, 'huge.zip')
  const file = await open(path, 'w')
  const ledger = new ArchiveLedger(modified)
  let at = 0
  const put = async (bytes: Buffer) => {
    await file.write(ledger.count(bytes), 0, bytes.length, at)
    at += bytes.length
  }
  const hole = {
    name: Buffer.from('filestore/aa/huge'),
    method: STORED,
    crc32: 0,
    sizesFollow: true,
    zip64: true,
  } as const
  await put(localHeader({ ...hole, compressedBytes: 0, sizeBytes: 0 }, modified))
  for (let skipped = 0; skipped < 5 * GIB; skipped += HOLE.length) ledger.count(HOLE)
  at += 5 * GIB
  const sizes = { compressedBytes: 5 * GIB, sizeBytes: 5 * GIB }
  await put(dataDescriptor({ ...hole, ...sizes }))
  ledger.add({ ...hole, ...sizes, offset: 0 })

  const content = Buffer.from('SELECT 1;\n')
  const dump = {
    name: Buffer.from('dump.sql'),
    method: STORED,
    crc32: crc32(content),
    compressedBytes: content.length,
    sizeBytes: content.length,
    sizesFollow: false,
    zip64: false,
  } as const
  ledger.add({ ...dump, offset: ledger.offset })
  await put(localHeader(dump, modified))
  await put(content)
  for (const bytes of ledger.directory()) {
    await file.write(bytes, 0, bytes.length, at)
    at += bytes.length
  }
  await file.close()
  return path
}

test('Entries of more than 4 GiB, and such that lie beyond, are found by Python, unzip and our own reader.', async () => {
  const path = await hugeArchive()
  const script = `
import zipfile, sys
z = zipfile.ZipFile(sys.argv[1])
print([(i.filename, i.file_size) for i in z.infolist()], z.read("dump.sql"))`
  const { stdout } = await run('python3', ['-c', script, path])
  expect(stdout.trim()).toBe("[('filestore/aa/huge', 5368709120), ('dump.sql', 10)] b'SELECT 1;\\n'")
  expect((await run('unzip', ['-p', path, 'dump.sql'])).stdout).toBe('SELECT 1;\n')

  const source = await fileSource(path)
  const zip = await openOdooZip(source)
  expect(zip).toMatchObject({ dumpBytes: 10, filesBytes: 5 * GIB, fileCount: 1 })
  expect(Buffer.concat(await zip.dump().toArray()).toString()).toBe('SELECT 1;\n')
  await source.close()
})

test('Dates before 1980 and after 2107 become the nearest that MS-DOS knew.', () => {
  expect(dosTime(new Date('1970-05-06T00:00:00Z')).date >> 9).toBe(0)
  expect(dosTime(new Date('2200-05-06T00:00:00Z')).date >> 9).toBe(127)
  expect(modified).toEqual({ date: (46 << 9) | (1 << 5) | 31, time: 4 << 11 })
})
