import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ConfigurationStore } from '../config/store.ts'
import { createDestinations } from '../credentials/destination.ts'
import { storageTrial } from './storage-trial.ts'

let folder: string
let store: ConfigurationStore
/** What listens there speaks HTTP and knows nothing of S3. */
let noStore: Server
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-trial-'))
  store = await ConfigurationStore.open({
    path: join(folder, 'agent.conf'),
    environment: {},
    readOdooConf: async () => ({ path: undefined, options: new Map() }),
  })
  noStore = createServer((_, response) => response.writeHead(404).end('<html>Not found</html>'))
  await once(noStore.listen(0, '127.0.0.1'), 'listening')
})
afterEach(async () => {
  noStore.close()
  await rm(folder, { recursive: true })
})

function address(): string {
  const bound = noStore.address()
  if (bound === null || typeof bound === 'string') throw new Error('not listening')
  return `http://127.0.0.1:${bound.port}`
}

function tryStore(endpoint: string, pathStyle: boolean) {
  const openDestination = createDestinations({
    settings: () => store.current.settings,
    credential: () => Promise.reject(new Error('no broker is asked')),
  })
  const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret' }
  return storageTrial(store, openDestination).tryStorage({
    kind: 'own',
    bucket: 'mine',
    endpoint,
    pathStyle,
    ...keys,
  })
}

test('an address where no S3 store listens is called that, not an object that is missing', async () => {
  await expect(tryStore(address(), true)).rejects.toMatchObject({
    code: 'storage_refused',
    message: expect.stringMatching(/^Writing a small object failed\. .*is no S3 store\. Check the endpoint/),
  })
})

test('who cannot reach a store by a host for each bucket reads of path style, and who ticked it does not', async () => {
  const endpoint = address()
  noStore.close()
  await once(noStore, 'close')
  const unreachable = (message: unknown) => ({ code: 'storage_unreachable', message })
  await expect(tryStore(endpoint, false)).rejects.toMatchObject(
    unreachable(
      expect.stringMatching(/^Writing a small object failed\. Could not store it: .*path style addresses\.$/),
    ),
  )
  await expect(tryStore(endpoint, true)).rejects.toMatchObject(
    unreachable(expect.not.stringContaining('path style')),
  )
})
