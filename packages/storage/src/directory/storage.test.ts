import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { storageContract } from '../../../../test/fixtures/storage-contract.ts'
import type { Storage } from '../storage.ts'
import { createDirectoryStorage } from './storage.ts'

let folder: string
let storage: Storage

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'directory-storage-'))
  storage = createDirectoryStorage({ folder })
})
afterAll(() => rm(folder, { recursive: true }))

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const object of storage.list(prefix)) found.push(object.key)
  return found
}

describe('A folder on a file system that knows no hard links', () => {
  const hardLink = () => Promise.reject(Object.assign(new Error('not permitted'), { code: 'EPERM' }))
  const put = (key: string, content: string) =>
    createDirectoryStorage({ folder, hardLink }).put(key, Buffer.from(content), { ifAbsent: true })

  storageContract(() => ({ storage: createDirectoryStorage({ folder, hardLink }), prefix: '43/' }))

  test('Of many that want the same name at once, one has it, whole, and nothing else stays.', async () => {
    const wanted = Array.from({ length: 20 }, (_, index) => `content ${index}`)
    const ended = await Promise.allSettled(wanted.map(content => put('claims/one', content)))
    const winners = wanted.filter((_, index) => ended[index]?.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    for (const end of ended)
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'object_exists' })
    expect(await readdir(join(folder, 'claims'))).toEqual(['one'])
    expect(await readFile(join(folder, 'claims/one'), 'utf8')).toBe(winners[0])
  })

  test('Another failure of the link is no reason to do without it.', async () => {
    const full = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    const putting = createDirectoryStorage({ folder, hardLink: full }).put('full', Buffer.from('x'), {
      ifAbsent: true,
    })
    await expect(putting).rejects.toMatchObject({ code: 'quota_full' })
    expect(await keys('full')).toEqual([])
  })
})

describe('A folder', () => {
  storageContract(() => ({ storage, prefix: '42/' }))

  test.each(['../outside', '/etc/passwd', 'a/../../b', 'a//b', 'a/.', '', 'nul\0'])(
    'It never leaves itself by the key %j.',
    async key => {
      await expect(storage.put(key, Buffer.from('x'))).rejects.toMatchObject({ code: 'key_invalid' })
      await expect(storage.get(key)).rejects.toMatchObject({ code: 'key_invalid' })
    },
  )

  test('It reads no links, and lists neither them nor what is being written.', async () => {
    await mkdir(join(folder, 'links'))
    await symlink('/etc/passwd', join(folder, 'links/passwd'))
    await expect(storage.get('links/passwd')).rejects.toMatchObject({ code: 'object_missing' })
    const source = new Readable({ read() {} })
    source.push('half')
    const aborting = new AbortController()
    let putting: Promise<unknown> = Promise.resolve()
    await new Promise<void>(written => {
      putting = storage.put('links/half', source, { signal: aborting.signal, onProgress: () => written() })
    })
    expect(await readdir(join(folder, 'links'))).toHaveLength(2)
    expect(await keys('links/')).toEqual([])
    aborting.abort(new Error('cancelled'))
    await expect(putting).rejects.toThrow('cancelled')
    expect(await readdir(join(folder, 'links'))).toEqual(['passwd'])
  })

  test('What a crash left of an upload is removed by its id.', async () => {
    await mkdir(join(folder, 'crashed'))
    await writeFile(join(folder, 'crashed/.odoo-backup-partial-1'), 'half')
    await storage.abortUpload({ key: 'crashed/x', uploadId: '1' })
    expect(await readdir(join(folder, 'crashed'))).toEqual([])
  })

  test('It is an error, and no empty store, when its disk is not mounted.', async () => {
    const unmounted = createDirectoryStorage({ folder: join(folder, 'not-mounted') })
    await expect(unmounted.put('x', Buffer.from('x'))).rejects.toMatchObject({ code: 'bucket_missing' })
    const listing = async () => {
      for await (const object of unmounted.list('')) expect(object).toBeUndefined()
    }
    await expect(listing()).rejects.toMatchObject({ code: 'bucket_missing' })
  })
})
