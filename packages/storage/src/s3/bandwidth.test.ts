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

test('Whoever waits for bandwidth can be called off.', async () => {
  const bandwidth = new Bandwidth(1, () => 0)
  await bandwidth.take(1_000_000)
  const aborting = new AbortController()
  const waiting = bandwidth.take(1, aborting.signal)
  aborting.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})
