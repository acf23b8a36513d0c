import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, jest, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { SettingsFields } from '../config/settings.ts'
import { createDestinations } from './destination.ts'

const sandbox = sandboxEnvironment()
const KIB = 1024
const settings = SettingsFields.parse({
  s3_bucket_name: sandbox.privateBucket,
  aws_access_key_id: sandbox.privateAccessKeyId,
  aws_secret_access_key: sandbox.privateSecretAccessKey,
  aws_endpoint: sandbox.s3Endpoint,
  aws_region: sandbox.region,
  private_s3_dir: `test-destination-${randomBytes(6).toString('hex')}`,
  bandwidth_limit: '256',
})
const open = createDestinations({
  settings: () => settings,
  credential: () => Promise.reject(new Error('a bucket of one’s own asks no broker')),
})

afterAll(async () => {
  const { storage, prefix, close } = await open('rotate')
  const keys: string[] = []
  for await (const { key } of storage.list(prefix)) keys.push(key)
  await storage.delete(keys)
  close()
})

test('two uploads at once have the bandwidth limit together', async () => {
  const destinations = await Promise.all([open('backup'), open('backup')])
  const startedAt = performance.now()
  await Promise.all(
    destinations.map(({ storage, prefix }, index) =>
      storage.put(`${prefix}${index}`, randomBytes(256 * KIB)),
    ),
  )
  for (const { close } of destinations) close()
  // 512 KiB at 256 KiB a second, but for the last slice, which waits for those before it alone.
  expect(performance.now() - startedAt).toBeGreaterThan(1_700)
})

test('an upload and a backup to a folder have the bandwidth limit together', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'odoo-backup-limit-'))
  const destinations = await Promise.all([
    open('backup'),
    open('backup', { kind: 'directory', path: folder }),
  ])
  const startedAt = performance.now()
  const content = randomBytes(256 * KIB)
  await Promise.all(destinations.map(({ storage, prefix }) => storage.put(`${prefix}both`, content)))
  for (const { close } of destinations) close()
  expect(performance.now() - startedAt).toBeGreaterThan(1_700)
  expect((await readFile(join(folder, 'both'))).equals(content)).toBe(true)
  await rm(folder, { recursive: true })
})

test('a clock that is set back keeps no upload waiting', async () => {
  const put = async (name: string) => {
    const { storage, prefix, close } = await open('backup')
    await storage.put(`${prefix}${name}`, randomBytes(64 * KIB)).finally(close)
  }
  await put('before')
  const now = Date.now
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 120_000)
  try {
    const startedAt = performance.now()
    await put('after')
    expect(performance.now() - startedAt).toBeLessThan(60_000)
  } finally {
    clock.mockRestore()
  }
})
