import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OdooSnapshot, SnapshotFile } from '@odoo-backup/protocol'
import { returnPiece } from '@odoo-backup/storage'
import type { ZipWritingOptions, ZipWritingProgress } from './options.ts'
import { writeOdooZip } from './write-odoo-zip.ts'

const run = promisify(execFile)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-writing-'))
})
afterAll(() => rm(folder, { recursive: true }))

const MANIFEST = {
  odoo_dump: '1',
  db_name: 'größe',
  version: '16.0',
  version_info: [16, 0, 0, 'final', 0, ''],
  major_version: '16.0',
  pg_version: '15.0',
  modules: { base: '16.0.1.3', web: '16.0.1.0' },
} satisfies OdooSnapshot['manifest']

function fileOf(content: Buffer): SnapshotFile {
  const sha1 = createHash('sha1').update(content).digest('hex')
  return {
    path: `${sha1.slice(0, 2)}/${sha1}`,
    sizeBytes: content.length,
    open: () => Readable.from([content]),
  }
}

function snapshotOf(dump: Readable, files: Iterable<SnapshotFile>): OdooSnapshot {
  return {
    manifest: MANIFEST,
    dump: () => dump,
    files: async function* () {
      yield* files
    },
  }
}

async function write(snapshot: OdooSnapshot, name: string, options: ZipWritingOptions = {}): Promise<string> {
  const path = join(folder, name)
  await pipeline(writeOdooZip(snapshot, options), createWriteStream(path))
  return path
}

/** Lists and reads all entries with Python's zipfile, as Odoo does. */
async function readByPython(path: string): Promise<{ names: string[]; sha1s: string[]; methods: number[] }> {
  const script = `
import zipfile, hashlib, json, sys
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
infos = z.infolist()
print(json.dumps({"names": [i.filename for i in infos], "methods": [i.compress_type for i in infos],
  "sha1s": [hashlib.sha1(z.read(i)).hexdigest() for i in infos]}))`
  const { stdout } = await run('python3', ['-c', script, path], { maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout)
}

const text = (bytes: number) =>
  Buffer.from('1\tdemo@example.com\t\\N\tt\n'.repeat(Math.ceil(bytes / 20))).subarray(0, bytes)

test('An archive has the layout of Odoo, and unzip and Python read every byte of it.', async () => {
  const dump = Buffer.concat([text(3_000_000), randomBytes(1_500_000), text(100)])
  const contents = [
    Buffer.alloc(0),
    text(17),
    randomBytes(50_000),
    text(900_000),
    Buffer.concat([text(2_000_000), randomBytes(1_100_000)]),
    text(5000),
  ]
  const files = contents.map(fileOf)
  const path = await write(
    snapshotOf(Readable.from([dump.subarray(0, 7), dump.subarray(7)]), files),
    'whole.zip',
  )

  await run('unzip', ['-tqq', path])
  const read = await readByPython(path)
  expect(read.names).toEqual(['dump.sql', 'manifest.json', ...files.map(file => `filestore/${file.path}`)])
  expect(read.sha1s[0]).toBe(createHash('sha1').update(dump).digest('hex'))
  expect(read.sha1s.slice(2)).toEqual(
    contents.map(content => createHash('sha1').update(content).digest('hex')),
  )
  expect(read.methods).toEqual([8, 8, 0, 0, 0, 8, 8, 8])
})

test('A reader that returns pieces gets the same bytes, in memory that is used again.', async () => {
  const files = Array.from({ length: 60 }, (_, index) =>
    fileOf(index % 3 === 0 ? text(90_000 + index) : randomBytes(80_000 + index)),
  )
  const modifiedAt = new Date(2026, 1, 3)
  const archive = () => writeOdooZip(snapshotOf(Readable.from([text(2_000_000)]), files), { modifiedAt })
  const kept = Buffer.concat(await archive().toArray())
  const copies: Buffer[] = []
  const memory = new Set<ArrayBufferLike>()
  for await (const piece of archive()) {
    copies.push(Buffer.from(piece))
    if (piece.length >= 80_000) memory.add(piece.buffer)
    returnPiece(piece)
  }
  expect(Buffer.concat(copies).equals(kept)).toBe(true)
  expect(memory.size).toBeLessThan(30)
})

test('manifest.json is what json.dump(indent=4) of Python writes.', async () => {
  const path = await write(snapshotOf(Readable.from([]), []), 'manifest.zip')
  const script = `
import zipfile, json, sys
text = zipfile.ZipFile(sys.argv[1]).read("manifest.json").decode()
assert text == json.dumps(json.loads(text), indent=4), text
print(json.loads(text)["db_name"])`
  const { stdout } = await run('python3', ['-c', script, path])
  expect(stdout.trim()).toBe('größe')
})

test('More than 65,535 entries are written in the zip64 form.', async () => {
  const files = Array.from({ length: 66_000 }, (_, index) => ({
    ...fileOf(Buffer.from([1])),
    path: `aa/${index}`,
  }))
  const path = await write(snapshotOf(Readable.from(['x']), files), 'many.zip')
  const script = 'import zipfile, sys; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))'
  const { stdout } = await run('python3', ['-c', script, path])
  expect(Number(stdout)).toBe(66_002)
  await run('unzip', ['-tqq', path])
})

test('Progress ends at the true numbers.', async () => {
  const contents = [text(10), text(3_000_000)]
  let last: ZipWritingProgress | undefined
  const path = await write(snapshotOf(Readable.from([text(5000)]), contents.map(fileOf)), 'progress.zip', {
    onProgress: progress => {
      last = progress
    },
  })
  expect(last).toEqual({
    dumpBytes: 5000,
    filesDone: 2,
    filesBytes: 3_000_010,
    filesSkipped: 0,
    writtenBytes: (await readFile(path)).length,
  })
})

test('A dump that breaks off makes the archive fail with the same error.', async () => {
  const broken = new Error('pg_dump ended with status 1')
  const dump = Readable.from(
    (async function* () {
      yield text(100_000)
      throw broken
    })(),
  )
  await expect(write(snapshotOf(dump, []), 'broken.zip')).rejects.toBe(broken)
})

test.each([
  ['small', 1000],
  ['large', 3_000_000],
])(
  'A %s file that ends short makes the archive fail, or is left out if the caller says so.',
  async (kind, size) => {
    const short = { ...fileOf(text(size)), path: 'aa/short', open: () => Readable.from([text(size - 1)]) }
    const grown = {
      ...fileOf(text(size)),
      path: 'aa/grown',
      open: () => Readable.from([text(size), text(1)]),
    }
    const gone = { ...short, path: 'aa/gone', open: () => Promise.reject(new Error('no such file')) }
    const good = fileOf(text(2_000_000))
    for (const file of [short, grown]) {
      await expect(write(snapshotOf(Readable.from(['x']), [file, good]), 'failed.zip')).rejects.toMatchObject(
        {
          code: 'file_size_changed',
        },
      )
    }
    const skipped: string[] = []
    const path = await write(
      snapshotOf(Readable.from(['x']), [short, good, gone, grown]),
      `${kind}-skipped.zip`,
      {
        skipFile: file => {
          skipped.push(file.path)
          return true
        },
      },
    )
    expect(skipped.sort()).toEqual(['aa/gone', 'aa/grown', 'aa/short'])
    await run('unzip', ['-tqq', path])
    const { names } = await readByPython(path)
    expect(names).toEqual(['dump.sql', 'manifest.json', `filestore/${good.path}`])
  },
)

test('Aborting ends the archive and lets go of a dump that gives nothing more.', async () => {
  const dump = new Readable({ read() {} })
  dump.push(text(100))
  const aborting = new AbortController()
  const archive = writeOdooZip(snapshotOf(dump, []), { signal: aborting.signal })
  await once(archive, 'readable')
  const reason = new Error('cancelled')
  const failure = once(archive, 'error')
  aborting.abort(reason)
  expect(await failure).toEqual([reason])
  expect(dump.destroyed).toBe(true)
})

test('An archive that nobody reads on lets go of a dump that gives nothing more.', async () => {
  const dump = Readable.from(
    (async function* () {
      yield text(100)
      await new Promise(() => {})
    })(),
  )
  const archive = writeOdooZip(snapshotOf(dump, []))
  await once(archive, 'readable')
  archive.destroy()
  await once(archive, 'close')
  expect(dump.destroyed).toBe(true)
})
