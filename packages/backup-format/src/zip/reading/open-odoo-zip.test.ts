import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { fileSource } from '../../sources/file.ts'
import type { RandomAccess } from '../../sources/random-access.ts'
import { writeOdooZip } from '../writing/write-odoo-zip.ts'
import { openOdooZip, type ZipReadingOptions } from './open-odoo-zip.ts'

const run = promisify(execFile)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-reading-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Makes a zip with Python's zipfile, as `z`; `info(name, …)` makes a ZipInfo. */
async function byPython(script: string): Promise<string> {
  const path = join(folder, `${randomBytes(8).toString('hex')}.zip`)
  const prelude = `
import zipfile, sys, warnings, os
warnings.simplefilter("ignore")
z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
def info(name, mode=0o100644, method=zipfile.ZIP_DEFLATED):
    i = zipfile.ZipInfo("x"); i.filename = name; i.create_system = 3
    i.external_attr = mode << 16; i.compress_type = method; return i
z.writestr("dump.sql", "SELECT 1;\\n" * 1000)
z.writestr("manifest.json", '{"odoo_dump": "1", "db_name": "x"}')
`
  await run('python3', ['-c', `${prelude}${script}\nz.close()`, path])
  return path
}

function memory(bytes: Buffer): RandomAccess {
  return {
    sizeBytes: bytes.length,
    read: async (start, end) => Readable.from([bytes.subarray(start, end + 1)]),
  }
}

/** Reads everything as a restore does. */
async function readAll(source: RandomAccess, options: ZipReadingOptions = {}) {
  const zip = await openOdooZip(source, options)
  const dump = Buffer.concat(await zip.dump().toArray())
  const files: Record<string, Buffer> = {}
  for await (const file of zip.files()) {
    files[file.path] = Buffer.concat(await (await file.open()).toArray())
    expect(files[file.path]?.length).toBe(file.sizeBytes)
  }
  return { zip, dump, files }
}

const readPath = async (path: string) => readAll(memory(await readFile(path)))

test('A zip by Python is read as Odoo would read it, from a file, with folders passed over.', async () => {
  const path = await byPython(`
z.writestr(info("filestore/", 0o040755, zipfile.ZIP_STORED), "")
z.writestr("filestore/ab/small", "content")
z.writestr("filestore/ab/empty", "")
z.writestr(info("filestore/cd/stored", method=zipfile.ZIP_STORED), b"s" * 70000)
z.writestr("filestore/ef/big", os.urandom(5_000_000) + bytes(9_000_000))
z.comment = b"PK\\x05\\x06 is no end"`)
  const source = await fileSource(path)
  const { zip, dump, files } = await readAll(source, { windowBytes: 1024 * 1024 })
  await source.close()
  expect(dump.toString()).toBe('SELECT 1;\n'.repeat(1000))
  expect(zip).toMatchObject({ dumpBytes: 10_000, fileCount: 4, filesBytes: 14_070_007 })
  expect(zip.manifest.db_name).toBe('x')
  expect(Object.keys(files)).toEqual(['ab/small', 'ab/empty', 'cd/stored', 'ef/big'])
  expect(files['ab/small']?.toString()).toBe('content')
  expect(files['ef/big']?.length).toBe(14_000_000)
})

test.each([1000, 64 * 1024, 8 * 1024 * 1024])(
  'What we write we read again, through windows of %d bytes.',
  async windowBytes => {
    const contents = [0, 1, 999, 1000, 1001, 40_000, 1_500_000].map(size =>
      size % 2 === 0 ? randomBytes(size) : Buffer.from('odoo '.repeat(size / 5 + 1)).subarray(0, size),
    )
    const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex')
    const dumped = Buffer.from('COPY 1\n'.repeat(200_000))
    const path = join(folder, `roundtrip-${windowBytes}.zip`)
    const archive = writeOdooZip({
      manifest: {
        odoo_dump: '1',
        db_name: 'Ω',
        version: 'saas~17.2+e',
        version_info: ['saas~17', 2, 0, 'final', 0, 'e'],
        major_version: 'saas~17.2',
        pg_version: '16.4',
        modules: { base: '1' },
      },
      dump: () => Readable.from([dumped]),
      files: async function* () {
        for (const content of contents) {
          yield {
            path: `aa/${sha1(content)}`,
            sizeBytes: content.length,
            open: () => Readable.from([content]),
          }
        }
      },
    })
    await pipeline(archive, createWriteStream(path))
    const { zip, dump, files } = await readAll(memory(await readFile(path)), { windowBytes })
    expect(zip.manifest.version_info).toEqual(['saas~17', 2, 0, 'final', 0, 'e'])
    expect(dump.equals(dumped)).toBe(true)
    expect(Object.keys(files)).toEqual(contents.map(content => `aa/${sha1(content)}`))
    expect(Object.values(files).map(sha1)).toEqual(contents.map(sha1))
  },
)

test('Files are readable in any order, several at once, after the walk is over.', async () => {
  const path = await byPython('for n in range(50): z.writestr(f"filestore/aa/{n}", f"content {n}")')
  const zip = await openOdooZip(memory(await readFile(path)))
  const files = []
  for await (const file of zip.files()) files.push(file)
  const contents = await Promise.all(
    files.reverse().map(async file => Buffer.concat(await (await file.open()).toArray()).toString()),
  )
  expect(contents).toEqual(Array.from({ length: 50 }, (_, index) => `content ${49 - index}`))
})

test.each([
  ['climbs out of its folder', 'z.writestr("filestore/../../etc/cron.d/x", "x")'],
  ['has a name with a dot segment', 'z.writestr("filestore/./x", "x")'],
  ['has an absolute name', 'z.writestr(info("/etc/passwd"), "x")'],
  ['has a backslash in its name', 'z.writestr(info("filestore\\\\\\\\..\\\\\\\\x"), "x")'],
  ['has a drive letter', 'z.writestr(info("C:/x"), "x")'],
  ['has an empty segment', 'z.writestr("filestore//x", "x")'],
  ['belongs to no Odoo backup', 'z.writestr("setup.py", "x")'],
  ['is a symbolic link', 'z.writestr(info("filestore/aa/x", 0o120777), "/etc/passwd")'],
  ['is a device', 'z.writestr(info("filestore/aa/x", 0o060777), "")'],
  ['is there twice', 'z.writestr("filestore/aa/x", "1"); z.writestr("filestore/aa/x", "2")'],
  ['is a second dump', 'z.writestr("dump.sql", "DROP")'],
  [
    'is compressed in an unknown way',
    'z.writestr(info("filestore/aa/x", method=zipfile.ZIP_BZIP2), "x" * 99)',
  ],
  ['is a folder with content', 'z.writestr(info("filestore/aa/", 0o040755), "x")'],
])('An archive is refused when an entry %s.', async (_, script) => {
  await expect(readPath(await byPython(script))).rejects.toMatchObject({ code: 'zip_refused' })
})

test('An archive without dump.sql, or that is no zip at all, is refused.', async () => {
  const other = join(folder, 'other.zip')
  await run('python3', [
    '-c',
    'import zipfile,sys; zipfile.ZipFile(sys.argv[1],"w").writestr("manifest.json","{}")',
    other,
  ])
  await expect(readPath(other)).rejects.toMatchObject({ code: 'zip_refused' })
  for (const content of [Buffer.alloc(0), Buffer.from('PGDMP'), randomBytes(100_000)]) {
    await expect(readAll(memory(content))).rejects.toMatchObject({ code: 'zip_invalid' })
  }
})

test('An archive that was cut off anywhere is refused.', async () => {
  const whole = await readFile(await byPython('z.writestr("filestore/aa/x", os.urandom(5000))'))
  for (let kept = 0; kept < whole.length; kept += 37) {
    await expect(readAll(memory(whole.subarray(0, kept)))).rejects.toMatchObject({ code: 'zip_invalid' })
  }
})

test('A flipped bit in any byte of content or directory is found, or changes nothing.', async () => {
  const whole = await readFile(await byPython('z.writestr("filestore/aa/x", bytes(range(256)) * 3)'))
  const { dump, files } = await readAll(memory(whole))
  let found = 0
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 0x10
    try {
      const read = await readAll(memory(damaged))
      expect(read.dump.equals(dump)).toBe(true)
      expect(Object.values(read.files).map(String)).toEqual(Object.values(files).map(String))
    } catch (error) {
      expect(error).toMatchObject({ name: 'BackupFormatError' })
      found++
    }
  }
  expect(found).toBeGreaterThan(whole.length / 2)
})

test('Entries that share their bytes, and impossible sizes, are refused before anything is unpacked.', async () => {
  const path = await byPython(
    'z.writestr("filestore/aa/one", os.urandom(900)); z.writestr("filestore/aa/two", "x")',
  )
  const bytes = await readFile(path)
  const central = (name: string) => bytes.lastIndexOf(Buffer.from(name)) - 46
  const shared = Buffer.from(bytes)
  shared.writeUInt32LE(
    shared.readUInt32LE(central('filestore/aa/one') + 42),
    central('filestore/aa/two') + 42,
  )
  await expect(readAll(memory(shared))).rejects.toMatchObject({ code: 'zip_refused' })

  const overlapping = Buffer.from(bytes)
  overlapping.writeUInt32LE(4000, central('filestore/aa/one') + 20)
  await expect(readAll(memory(overlapping))).rejects.toMatchObject({ name: 'BackupFormatError' })

  const bomb = Buffer.from(bytes)
  bomb.writeUInt32LE(3_000_000_000, central('filestore/aa/two') + 24)
  await expect(readAll(memory(bomb))).rejects.toMatchObject({ code: 'zip_refused' })

  const encrypted = Buffer.from(bytes)
  encrypted.writeUInt16LE(1, central('filestore/aa/two') + 8)
  await expect(readAll(memory(encrypted))).rejects.toMatchObject({ code: 'zip_refused' })
})

test('A content that inflates to more than it claims stops there.', async () => {
  const path = await byPython('z.writestr("filestore/aa/x", bytes(30_000_000))')
  const bytes = await readFile(path)
  const at = bytes.lastIndexOf(Buffer.from('filestore/aa/x')) - 46
  bytes.writeUInt32LE(1000, at + 24)
  await expect(readAll(memory(bytes))).rejects.toMatchObject({ code: 'zip_damaged' })
})

test('The zip64 forms of Python are read.', async () => {
  const path = await byPython(`
with z.open("filestore/aa/forced", "w", force_zip64=True) as f: f.write(b"x" * 100)
for n in range(70_000): z.writestr(info(f"filestore/bb/{n}", method=zipfile.ZIP_STORED), "y")`)
  const zip = await openOdooZip(memory(await readFile(path)))
  expect(zip.fileCount).toBe(70_001)
})

test('A failure of the source reaches the reader unchanged.', async () => {
  const path = await byPython('z.writestr("filestore/aa/x", os.urandom(5000))')
  const bytes = memory(await readFile(path))
  const failure = new Error('object_changed')
  let reads = 0
  const failing: RandomAccess = {
    sizeBytes: bytes.sizeBytes,
    read: (start, end) => (++reads > 4 ? Promise.reject(failure) : bytes.read(start, end)),
  }
  await expect(readAll(failing, { windowBytes: 1024 })).rejects.toBe(failure)
})

test('A manifest with blemishes, or none, does not cost the backup.', async () => {
  const path = join(folder, 'no-manifest.zip')
  await run('python3', [
    '-c',
    'import zipfile,sys; zipfile.ZipFile(sys.argv[1],"w").writestr("dump.sql","x")',
    path,
  ])
  expect((await readPath(path)).zip.manifest.db_name).toBe('')
})
