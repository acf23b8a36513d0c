import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from '@jest/globals'
import type { Place } from '../config/place.ts'
import { SettingsFields } from '../config/settings.ts'
import { createDestinations } from './destination.ts'

test('a store that does not answer is asked twice while somebody waits, and not as patiently as a job does', async () => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.writeHead(503).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const open = createDestinations({
    settings: () => SettingsFields.parse({}),
    credential: () => Promise.reject(new Error('a bucket of one’s own asks no broker')),
  })
  const place: Place = {
    kind: 'own',
    bucket: {
      bucket: 'mine',
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      pathStyle: true,
      folder: '.',
      keys: { kind: 'fixed', accessKeyId: 'id', secretAccessKey: 'secret' },
    },
  }
  const destination = await open('backup', place, { whileWaited: true })
  try {
    await expect(destination.storage.put('x', Buffer.from('x'))).rejects.toMatchObject({ code: 'store_busy' })
    expect(asked).toBe(2)
  } finally {
    destination.close()
    server.closeAllConnections()
    server.close()
  }
})
