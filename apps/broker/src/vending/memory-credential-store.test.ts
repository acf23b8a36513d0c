import { expect, test } from '@jest/globals'
import { createMemoryCredentialStore } from './memory-credential-store.ts'

const place = { instanceId: 'one', rights: 'backup' }

test('one caller at a time has the lease, and what it keeps is read by all', async () => {
  const store = createMemoryCredentialStore()
  const lease = await store.lease(place, 10_000)
  expect(await store.lease(place, 10_000)).toBeUndefined()
  expect(await store.lease({ ...place, rights: 'restore' }, 10_000)).toBeDefined()
  await lease?.keep('sealed', 10_000)
  expect(await store.read(place)).toBe('sealed')
  expect(await store.lease(place, 10_000)).toBeDefined()
})

test('dropping an instance forgets its credentials and the fetch under way, and leaves others alone', async () => {
  const store = createMemoryCredentialStore()
  const other = { instanceId: 'two', rights: 'backup' }
  await (await store.lease(other, 10_000))?.keep('theirs', 10_000)
  await (await store.lease({ ...place, rights: 'backup+restore' }, 10_000))?.keep('sealed', 10_000)
  const underWay = await store.lease(place, 10_000)
  await store.drop('one')
  await underWay?.keep('too late', 10_000)
  expect(await store.read(place)).toBeUndefined()
  expect(await store.read({ ...place, rights: 'backup+restore' })).toBeUndefined()
  expect(await store.read(other)).toBe('theirs')
})

test('a lease that was given up or lost keeps nothing', async () => {
  const store = createMemoryCredentialStore()
  const first = await store.lease(place, 10_000)
  await first?.keep('first', 10_000)
  const second = await store.lease(place, 10_000)
  await first?.keep('again', 10_000)
  expect(await store.read(place)).toBe('first')
  await second?.release({ forget: true })
  expect(await store.read(place)).toBeUndefined()
})
