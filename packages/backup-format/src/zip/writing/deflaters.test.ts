import { randomBytes } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { Deflaters, END_OF_STREAM } from './deflaters.ts'

/** Text that ends in the middle of something that was there before, so that a compressor would refer back to it. */
const text = (bytes: number) =>
  Buffer.from(
    Array.from({ length: bytes / 10 }, (_, line) => `${line % 977};${(line * 7919) % 10_007}\n`).join(''),
  ).subarray(0, bytes)

test('What one compressor makes one after another inflates alone, and joined in any order.', async () => {
  const deflaters = new Deflaters(4, 1)
  const pieces = [text(300_000), text(7), randomBytes(1_300_000), text(300_000), text(1_048_576), text(7)]
  const made = await Promise.all(pieces.map(piece => deflaters.deflate(piece)))
  deflaters.close()
  made.forEach((piece, index) => {
    expect(inflateRawSync(Buffer.concat([piece, END_OF_STREAM])).equals(pieces[index] ?? Buffer.of())).toBe(
      true,
    )
  })
  const backwards = inflateRawSync(Buffer.concat([...made.toReversed(), END_OF_STREAM]))
  expect(backwards.equals(Buffer.concat(pieces.toReversed()))).toBe(true)
})

test('No more compressors are at work than were allowed, and every piece gets its turn.', async () => {
  const deflaters = new Deflaters(1, 2)
  const pieces = Array.from({ length: 40 }, (_, index) => Buffer.from(`${index};`.repeat(5000)))
  const made = await Promise.all(pieces.map(piece => deflaters.deflate(piece)))
  deflaters.close()
  expect(made.map(piece => inflateRawSync(Buffer.concat([piece, END_OF_STREAM])).toString())).toEqual(
    pieces.map(String),
  )
})
