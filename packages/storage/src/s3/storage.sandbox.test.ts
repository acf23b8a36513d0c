import { randomInt } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import {
  type Fault,
  type FaultProxy,
  type SeenRequest,
  startFaultProxy,
} from '../../../../test/fixtures/fault-proxy.ts'
import { storageContract } from '../../../../test/fixtures/storage-contract.ts'
import type { ListOptions, Storage } from '../storage.ts'
import { createS3Storage } from './storage.ts'

const sandbox = sandboxEnvironment()
const prefix = `storage-test-${randomInt(1e12)}/`
const s3At = (endpoint: string) =>
  createS3Storage({
    bucket: sandbox.privateBucket,
    region: sandbox.region,
    endpoint,
    pathStyle: true,
    retry: { attempts: 3, firstPauseMs: 1, longestPauseMs: 4 },
    credentials: async () => ({
      accessKeyId: sandbox.privateAccessKeyId,
      secretAccessKey: sandbox.privateSecretAccessKey,
    }),
  })
const storage = s3At(sandbox.s3Endpoint)

async function keys(): Promise<string[]> {
  const found: string[] = []
  for await (const object of storage.list(prefix)) found.push(object.key)
  return found
}

beforeAll(async () => {
  expect(await keys()).toEqual([])
})
afterAll(async () => {
  await storage.delete(await keys())
  storage.close()
})

describe('S3', () => {
  storageContract(() => ({ storage, prefix }))

  describe('A listing of more than one page', () => {
    const folder = `${prefix}pages/`
    const names = Array.from({ length: 1200 }, (_, index) => `${folder}shop_${index % 100}.${index}`).sort()
    const listed = async (from: Storage, options: ListOptions = {}): Promise<string[]> => {
      const found: string[] = []
      for await (const object of from.list(folder, options)) found.push(object.key)
      return found
    }
    const inRanges = { groupsEndWith: '.' }
    let proxies: FaultProxy[] = []
    const behind = async (fault: (request: SeenRequest) => Fault | undefined) => {
      const proxy = await startFaultProxy(sandbox.s3Endpoint, fault)
      proxies.push(proxy)
      return s3At(proxy.url)
    }

    beforeAll(async () => {
      const waiting = [...names]
      const work = async () => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
          await storage.put(key, Buffer.from('x'))
      }
      await Promise.all(Array.from({ length: 16 }, work))
    })
    afterEach(async () => {
      for (const proxy of proxies) await proxy.close()
      proxies = []
    })

    test('is followed to its end, page by page and in ranges of keys.', async () => {
      expect(await listed(storage)).toEqual(names)
      let ranges = 0
      const watched = await behind(({ query }) => {
        if (query.has('start-after') && !query.has('delimiter')) ranges++
        return undefined
      })
      expect(await listed(watched, inRanges)).toEqual(names)
      expect(ranges).toBeGreaterThan(1)
      watched.close()
    })

    test.each<[string, (request: SeenRequest) => Fault | undefined]>([
      [
        'begins every range with the first key',
        ({ query }) =>
          query.has('start-after') && !query.has('delimiter')
            ? { kind: 'answer', status: 200, body: pageOf(`${folder}a`) }
            : undefined,
      ],
      [
        'lists in no order',
        ({ query }) =>
          query.has('start-after') && !query.has('delimiter')
            ? { kind: 'answer', status: 200, body: pageOf(`${folder}z`, `${folder}y`) }
            : undefined,
      ],
      [
        'knows no groups',
        ({ query }) => (query.has('delimiter') ? { kind: 'answer', status: 200, body: pageOf() } : undefined),
      ],
      [
        'refuses to show groups',
        ({ query }) =>
          query.has('delimiter')
            ? { kind: 'answer', status: 400, body: '<Error><Code>InvalidArgument</Code></Error>' }
            : undefined,
      ],
    ])('of a store that %s is whole all the same.', async (_, fault) => {
      let broken = 0
      const odd = await behind(request => {
        const found = fault(request)
        if (found !== undefined) broken++
        return found
      })
      expect(await listed(odd, inRanges)).toEqual(names)
      expect(broken).toBeGreaterThan(0)
      odd.close()
    })

    test('fails where one of the ranges cannot be read.', async () => {
      let ranges = 0
      const failing = await behind(({ query }) =>
        query.has('start-after') && !query.has('delimiter') && ++ranges > 1
          ? { kind: 'answer', status: 503, body: '' }
          : undefined,
      )
      await expect(listed(failing, inRanges)).rejects.toMatchObject({ code: 'store_busy' })
      failing.close()
    })
  })
})

function pageOf(...keys: string[]): string {
  const entries = keys.map(
    key =>
      `<Contents><Key>${key}</Key><Size>1</Size><ETag>"x"</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`,
  )
  return `<?xml version="1.0"?><ListBucketResult>${entries.join('')}<IsTruncated>false</IsTruncated></ListBucketResult>`
}
