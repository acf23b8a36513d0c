import { afterAll, expect, test } from '@jest/globals'
import { tryStoreKey } from './store-keys.ts'
import { freshFolder, ownerClient, sandbox } from './vending-sandbox.ts'

/** The two keys beside the broker's, which reach all accounts' folders: each does its own work and nothing else. */

const owner = ownerClient()
afterAll(() => owner.destroy())
const store = { bucket: sandbox.bucket, region: sandbox.region, endpoint: sandbox.stsEndpoint, owner }

test('the key for counting counts, and neither reads, writes nor removes anything', async () => {
  const keys = { accessKeyId: sandbox.usageAccessKeyId, secretAccessKey: sandbox.usageSecretAccessKey }
  expect(await tryStoreKey(store, { keys, folder: freshFolder(), may: 'count' })).toEqual([])
})

test('the key for removal ends versions and uploads for good, and neither reads, writes nor hides anything', async () => {
  const keys = { accessKeyId: sandbox.removalAccessKeyId, secretAccessKey: sandbox.removalSecretAccessKey }
  expect(await tryStoreKey(store, { keys, folder: freshFolder(), may: 'remove' })).toEqual([])
})
