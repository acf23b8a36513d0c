import { expect, test } from '@jest/globals'
import { Bandwidth } from './bandwidth.ts'

test('Slices are small, whole and in order, and each waits for those before it.', async () => {
  const bandwidth = new Bandwidth(100_000_000, () => 0)
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  const slices: Buffer[] = []
  for await (const slice of bandwidth.pace(body)) slices.push(slice)
  expect(Buffer.concat(slices).equals(body)).toBe(true)
  expect(slices.every(slice => slice.length <= 65_536)).toBe(true)
})

test('All who share a limit have it together, not each of them.', async () => {
  const bandwidth = new Bandwidth(1_000, () => 0)
  const startedAt = performance.now()
  await Promise.all([1, 2, 3, 4].map(() => bandwidth.take(100)))
  // The fourth waits for the three before it; timers may be a few milliseconds early, never tens.
  expect(performance.now() - startedAt).toBeGreaterThan(280)
})

test('Whoever waits for bandwidth can be called off.', async () => {
  const bandwidth = new Bandwidth(1, () => 0)
  await bandwidth.take(1_000_000)
  const aborting = new AbortController()
  const waiting = bandwidth.take(1, aborting.signal)
  aborting.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})
