import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { lendPiece } from '../streams/lent-pieces.ts'
import { type Part, PartCutter } from './parts.ts'

const KIB = 1024
const MIB = 1024 * KIB
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest()
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

async function* chunks(body: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += bytes) yield body.subarray(at, at + bytes)
}

test('Parts in several blocks are the bytes of the source, with the hashes of each and of all.', async () => {
  const body = randomBytes(43 * MIB + 7)
  const bytesOfPart = (number: number) => (number < 3 ? 10 * MIB : 15 * MIB + 1)
  const cutter = new PartCutter(chunks(body, 300_001), { bytesOfPart, memoryBytes: 0 })
  const sizes: number[] = []
  let at = 0
  for (let part = await cutter.next(); part !== undefined; part = await cutter.next()) {
    const expected = body.subarray(at, at + bytesOfPart(part.number))
    const bytes = Buffer.concat([...part.blocks])
    expect(bytes.equals(expected)).toBe(true)
    expect([part.md5, part.sha256]).toEqual([md5(expected), sha256(expected)])
    expect(part.last).toBe(at + part.sizeBytes === body.length)
    sizes.push(part.sizeBytes)
    at += part.sizeBytes
    cutter.giveBack(part)
  }
  expect(sizes).toEqual([10 * MIB, 10 * MIB, 15 * MIB + 1, 8 * MIB + 6])
  expect(cutter.summary(false)).toMatchObject({
    sizeBytes: body.length,
    sha256: sha256(body).toString('hex'),
  })
})

/** Takes parts of 120 MiB, as an archive of a terabyte has them, and gives each back when the next is wanted. */
test('A source of large parts is read no further than the memory goes, and on when a part is given back.', async () => {
  const chunk = Buffer.alloc(64 * KIB)
  const partBytes = 120 * MIB
  let readBytes = 0
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      readBytes += chunk.length
      yield chunk
    }
  }
  const cutter = new PartCutter(endless(), { bytesOfPart: () => partBytes, memoryBytes: 24 * MIB })
  const held = new Set<ArrayBufferLike>()
  const hold = (part: Part | undefined) => {
    for (const block of part?.blocks ?? []) held.add(block.buffer)
    return part
  }
  let part = hold(await cutter.next())
  for (let round = 1; round <= 3; round++) {
    const next = cutter.next()
    const first = await Promise.race([next, settled()])
    expect(first).toBe('waits')
    expect(readBytes).toBeLessThanOrEqual(round * partBytes + 16 * MIB + chunk.length)
    if (part !== undefined) cutter.giveBack(part)
    part = hold(await next)
  }
  let bytes = 0
  for (const block of held) bytes += block.byteLength
  expect(bytes).toBe(136 * MIB)

  /** Whatever can go on without a part being given back has done so. */
  async function settled(): Promise<'waits'> {
    for (let before = -1; before !== readBytes; ) {
      before = readBytes
      await new Promise(setImmediate)
    }
    return 'waits'
  }
})

test('A piece that is lent goes back when it was copied, each once, and not before.', async () => {
  const returned: number[] = []
  async function* lent(): AsyncGenerator<Buffer> {
    for (let number = 0; number < 5; number++) {
      yield lendPiece(Buffer.alloc(700 * KIB, number), () => returned.push(number))
      expect(returned).toEqual(Array.from({ length: number + 1 }, (_, index) => index))
    }
  }
  const cutter = new PartCutter(lent(), { bytesOfPart: () => MIB, memoryBytes: 8 * MIB })
  expect(await cutter.next()).toMatchObject({ sizeBytes: MIB, last: false })
  expect(returned).toEqual([0])
  while ((await cutter.next()) !== undefined);
  expect(returned).toEqual([0, 1, 2, 3, 4])
})

test('Nothing is one part without bytes.', async () => {
  const cutter = new PartCutter(chunks(Buffer.of(), 1), { bytesOfPart: () => MIB, memoryBytes: 0 })
  expect(await cutter.next()).toMatchObject({ number: 1, sizeBytes: 0, last: true, md5: md5(Buffer.of()) })
  expect(await cutter.next()).toBeUndefined()
})
