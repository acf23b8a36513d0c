import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { blockBytes, blocksHeld, PART_MEMORY_BYTES, partBytes, S3_LIMITS } from './part-size.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const GB = 1000 ** 3

/** Bytes that fit into all the parts together. */
function capacity(estimatedBytes: number): number {
  let sum = 0
  for (let part = 1; part <= S3_LIMITS.maxParts; part++) sum += partBytes(part, estimatedBytes, S3_LIMITS)
  return sum
}

test('Parts have 8 MiB as long as that suffices.', () => {
  expect(partBytes(1, 0, S3_LIMITS)).toBe(8 * MIB)
  expect(partBytes(8000, 60 * GIB, S3_LIMITS)).toBe(8 * MIB)
  expect(partBytes(1, 100 * GIB, S3_LIMITS)).toBe(13 * MIB)
})

test('Whatever was estimated, four times as much fits, and parts only grow within the limits.', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1024 * GIB, noNaN: true }), estimate => {
      expect(capacity(estimate)).toBeGreaterThan(4 * estimate)
      let before = S3_LIMITS.minPartBytes
      for (let part = 1; part <= S3_LIMITS.maxParts; part += 97) {
        const bytes = partBytes(part, estimate, S3_LIMITS)
        expect(bytes).toBeGreaterThanOrEqual(before)
        expect(bytes).toBeLessThanOrEqual(S3_LIMITS.maxPartBytes)
        before = bytes
      }
    }),
    { numRuns: 20 },
  )
})

/** What the parts of an upload take, with the one that is being filled. */
function memoryBytes(estimatedBytes: number): number {
  const bytes = partBytes(1, estimatedBytes, S3_LIMITS)
  return blocksHeld(bytes, blockBytes(bytes), PART_MEMORY_BYTES) * blockBytes(bytes)
}

test('The memory of an upload is the same up to 100 GB; for a terabyte it is one part of the store’s 10,000, and little more.', () => {
  for (const estimate of [0, GB, 64 * GB, 100 * GB])
    expect(memoryBytes(estimate)).toBeLessThanOrEqual(PART_MEMORY_BYTES)
  for (let estimate = 100 * GB; estimate <= 1000 * GB; estimate += GB)
    expect(memoryBytes(estimate)).toBeLessThanOrEqual(partBytes(1, estimate, S3_LIMITS) + 16 * MIB)
  expect(memoryBytes(1000 * GB) / MIB).toBe(120 + 16)
})

test('Parts grow when their count nears the limit, and not before.', () => {
  const at = (part: number) => partBytes(part, 0, S3_LIMITS) / MIB
  expect([at(1), at(8_000)]).toEqual([8, 8])
  expect([at(8_001), at(8_201), at(9_801)]).toEqual([12, 18, 8 * 1.5 ** 10])
})

test('One part more than the store allows is refused.', () => {
  expect(() => partBytes(10_001, 0, S3_LIMITS)).toThrow(expect.objectContaining({ code: 'object_too_large' }))
})

test('Blocks are equal, of 8 MiB at most, and a part that is larger than the memory still has room for itself.', () => {
  expect([5, 8, 12, 120].map(part => blockBytes(part * MIB) / MIB)).toEqual([5, 8, 6, 8])
  expect(blocksHeld(8 * MIB, 8 * MIB, 24 * MIB)).toBe(3)
  expect(blocksHeld(5 * MIB, 5 * MIB, 0)).toBe(1)
  expect(blocksHeld(500 * MIB, 8 * MIB, 24 * MIB)).toBe(63 + 2)
})
