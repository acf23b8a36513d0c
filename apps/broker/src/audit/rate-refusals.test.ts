import { expect, test } from '@jest/globals'
import { TooManyRequests } from '../http/too-many-requests.ts'
import type { AuditEvent } from './audit-trail.ts'
import { createRateRefusals } from './rate-refusals.ts'

const tooMany = (limit: string, subject: string) =>
  new TooManyRequests({ limit, subject, detail: 'Wait.', retryAfterSeconds: 1 })

/** Refusals over a trail in memory, which can be away. */
function refusals() {
  const written: AuditEvent[] = []
  const failures: unknown[] = []
  const trail = { isAway: false }
  const kept = createRateRefusals({
    audit: {
      async record(event) {
        if (trail.isAway) throw new Error('The database is away.')
        written.push(event)
      },
    },
    onFailure: error => failures.push(error),
  })
  return { kept, written, failures, trail }
}

test('more subjects than are told apart have rows together, by limit, and none goes uncounted', async () => {
  const { kept, written } = refusals()
  for (let count = 0; count < 5000; count += 1) await kept.add(tooMany('address', `${count}`), `a-${count}`)
  await kept.add(tooMany('key', 'one'), 'a-1')
  await kept.stop()
  expect(written.length).toBe(1003)
  expect(written.filter(({ address }) => address === 'others').map(({ detail }) => detail)).toEqual([
    { limit: 'address', requests: 1 },
    { limit: 'key', requests: 1 },
    { limit: 'address', requests: 3999 },
  ])
})

test('each interval begins with a row of its own', async () => {
  const { kept, written } = refusals()
  for (const _interval of [1, 2]) {
    for (let count = 0; count < 3; count += 1) await kept.add(tooMany('address', 'a'), 'a')
    await kept.flush()
  }
  await kept.flush()
  await kept.stop()
  expect(written.map(({ detail }) => detail?.requests)).toEqual([1, 2, 1, 2])
})

test('those who come while the first is being written wait for its row', async () => {
  const { kept, written } = refusals()
  const seen = await Promise.all(
    Array.from({ length: 3 }, () => kept.add(tooMany('key', 'k'), 'a').then(() => written.length)),
  )
  await kept.stop()
  expect(seen).toEqual([1, 1, 1])
  expect(written.map(({ detail }) => detail?.requests)).toEqual([1, 2])
})

test('what could not be written, nor at the end of its interval, is written once the trail is back', async () => {
  const { kept, written, failures, trail } = refusals()
  trail.isAway = true
  for (let count = 0; count < 4; count += 1) await kept.add(tooMany('address', 'a'), 'a')
  await kept.flush()
  expect(failures).toHaveLength(2)
  trail.isAway = false
  await kept.add(tooMany('address', 'a'), 'a')
  await kept.stop()
  expect(written.map(({ detail }) => detail?.requests)).toEqual([1, 4])
})
