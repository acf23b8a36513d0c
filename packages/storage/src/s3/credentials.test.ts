import { expect, test } from '@jest/globals'
import { LiveCredentials, type S3Credentials } from './credentials.ts'

const key = (name: string, expiresAtMs?: number): S3Credentials => ({
  accessKeyId: name,
  secretAccessKey: 'x',
  ...(expiresAtMs === undefined ? {} : { expiresAt: new Date(expiresAtMs) }),
})

test('Many requests at once ask for credentials once.', async () => {
  let asked = 0
  const live = new LiveCredentials(
    async () => key(String(++asked)),
    () => 0,
  )
  const all = await Promise.all(Array.from({ length: 100 }, () => live.get()))
  expect(new Set(all.map(credentials => credentials.accessKeyId))).toEqual(new Set(['1']))
})

test.each([
  ['a minute before the end of an hour', 3_600_000, 3_540_000],
  ['after two thirds of a few seconds', 3_000, 2_000],
])('They are replaced %s.', async (_, lifeMs, renewAtMs) => {
  let now = 0
  const asked: boolean[] = []
  const live = new LiveCredentials(
    async ({ renew }) => {
      asked.push(renew)
      return key('x', now + lifeMs)
    },
    () => now,
  )
  await live.get()
  now = renewAtMs - 1
  await live.get()
  expect(asked).toEqual([false])
  now = renewAtMs
  await live.get()
  expect(asked).toEqual([false, true])
})

test('A source that is down does no harm while the old ones last, and is an error then.', async () => {
  let now = 0
  const down = new Error('the broker is gone')
  let up = true
  const live = new LiveCredentials(
    async () => (up ? key('old', 10_000) : Promise.reject(down)),
    () => now,
  )
  await live.get()
  up = false
  now = 9_999
  expect((await live.get()).accessKeyId).toBe('old')
  now = 10_000
  await expect(live.get()).rejects.toMatchObject({ cause: down })
})

test('Credentials from a cache that have ended already are asked for anew at once.', async () => {
  const live = new LiveCredentials(
    async ({ renew }) => (renew ? key('new', 1_000_000) : key('old', 10)),
    () => 500,
  )
  expect((await live.get()).accessKeyId).toBe('new')
})

test('Fresh ones that have ended by a clock which is ahead are used, and asked for again after a minute.', async () => {
  let now = 7_200_000
  let asked = 0
  const live = new LiveCredentials(
    async () => key(String(++asked), 3_600_000),
    () => now,
  )
  const first = await live.get()
  const before = asked
  for (let request = 0; request < 100; request++) expect(await live.get()).toBe(first)
  expect(asked).toBe(before)
  now += 60_000
  expect(await live.get()).not.toBe(first)
})

test('Of several requests that were refused with the same credentials, one replaces them.', async () => {
  let asked = 0
  const live = new LiveCredentials(
    async () => key(String(++asked)),
    () => 0,
  )
  const refused = await live.get()
  await Promise.all([live.renew(refused), live.renew(refused)])
  await live.renew(refused)
  expect((await live.get()).accessKeyId).toBe('2')
})
