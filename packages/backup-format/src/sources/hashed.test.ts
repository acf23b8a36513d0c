import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import type { OdooSnapshot } from '@odoo-backup/protocol'
import fc from 'fast-check'
import { openOdooZip } from '../zip/reading/open-odoo-zip.ts'
import { writeOdooZip } from '../zip/writing/write-odoo-zip.ts'
import { hashedSource } from './hashed.ts'
import { type RandomAccess, readBytes } from './random-access.ts'

const MiB = 1024 * 1024
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** In pieces, as from a network; `read` counts what was asked of it. */
function counted(bytes: Buffer, pieceBytes: number) {
  const source = {
    sizeBytes: bytes.length,
    asked: 0,
    read: async (start: number, end: number) => {
      source.asked += end + 1 - start
      const pieces: Buffer[] = []
      for (let at = start; at <= end; at += pieceBytes)
        pieces.push(bytes.subarray(at, Math.min(end + 1, at + pieceBytes)))
      return Readable.from(pieces, { objectMode: false })
    },
  }
  return source satisfies RandomAccess
}

/** As a backup of ours is: its dump first, then its files, small ones and one that is larger than a window. */
async function backup(): Promise<Buffer> {
  const contents = [...Array(40).keys()].map(() => randomBytes(20_000)).concat(randomBytes(MiB))
  const snapshot: OdooSnapshot = {
    manifest: {
      odoo_dump: '1',
      db_name: 'shop',
      version: '16.0',
      version_info: [16, 0, 0, 'final', 0, ''],
      major_version: '16.0',
      pg_version: '15.0',
      modules: {},
    },
    dump: () => Readable.from([randomBytes(MiB)]),
    files: async function* () {
      for (const content of contents) {
        const sha1 = createHash('sha1').update(content).digest('hex')
        yield {
          path: `${sha1.slice(0, 2)}/${sha1}`,
          sizeBytes: content.length,
          open: () => Readable.from([content]),
        }
      }
    },
  }
  return Buffer.concat(await writeOdooZip(snapshot, {}).toArray())
}

async function readWhole(source: RandomAccess, windowBytes: number): Promise<void> {
  const zip = await openOdooZip(source, { windowBytes })
  await zip.dump().toArray()
  for await (const file of zip.files()) await (await file.open()).toArray()
}

describe('the hash of what is read', () => {
  test('of a backup that is drilled is known without reading anything for it', async () => {
    const bytes = await backup()
    const source = counted(bytes, 10_000)
    const seen = hashedSource(source)
    await readWhole(seen, 128 * 1024)
    const asked = source.asked
    expect(await seen.sha256()).toBe(sha256Of(bytes))
    expect(source.asked).toBe(asked)
  })

  test('is that of the whole, whatever was read of it, in whatever order, at once or after each other', async () => {
    const bytes = randomBytes(3000)
    const stretch = fc.tuple(fc.nat(2999), fc.integer({ min: 1, max: 1500 }))
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { maxLength: 12 }), fc.boolean(), async (stretches, atOnce) => {
        const seen = hashedSource(counted(bytes, 97))
        const reads = stretches.map(([start, length]) => async () => {
          const wanted = Math.min(length, bytes.length - start)
          expect(await readBytes(seen, start, wanted)).toEqual(bytes.subarray(start, start + wanted))
        })
        if (atOnce) await Promise.all(reads.map(read => read()))
        else for (const read of reads) await read()
        expect(await seen.sha256()).toBe(sha256Of(bytes))
        expect(await seen.sha256()).toBe(sha256Of(bytes))
      }),
    )
  })

  test('is known without reading more than the end again, where that is longer than what is kept', async () => {
    const bytes = randomBytes(40 * MiB)
    const source = counted(bytes, 64 * 1024)
    const seen = hashedSource(source)
    await readBytes(seen, 22 * MiB, 18 * MiB)
    await readBytes(seen, 0, 8 * MiB)
    // The window ahead comes before the one that is waited for.
    await readBytes(seen, 16 * MiB, 6 * MiB)
    await readBytes(seen, 8 * MiB, 8 * MiB)
    const asked = source.asked
    expect(await seen.sha256()).toBe(sha256Of(bytes))
    expect(source.asked - asked).toBeLessThanOrEqual(18 * MiB)
  })

  test('is right too where more was read ahead than is kept', async () => {
    const bytes = randomBytes(20 * MiB)
    const seen = hashedSource(counted(bytes, MiB))
    await readBytes(seen, MiB, 19 * MiB)
    await readBytes(seen, 0, MiB)
    expect(await seen.sha256()).toBe(sha256Of(bytes))
  })

  test('fails as reading does', async () => {
    const broken: RandomAccess = {
      sizeBytes: 10,
      read: async () =>
        new Readable({
          read() {
            this.destroy(new Error('the line broke'))
          },
        }),
    }
    const seen = hashedSource(broken)
    await expect(readBytes(seen, 0, 5)).rejects.toThrow('the line broke')
    await expect(seen.sha256()).rejects.toThrow('the line broke')
  })
})
