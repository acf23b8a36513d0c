import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createSeal } from './seal.ts'

const archive = { name: 'shop.zip', sizeBytes: 12, sha256: randomBytes(32).toString('hex') }

let folder: string
let configuration: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-seal-'))
  configuration = join(folder, 'agent.conf')
})
afterEach(() => rm(folder, { recursive: true }))

test('every process of this server knows the seal, also of two that begin at once', async () => {
  const seals = Array.from({ length: 8 }, () => createSeal(configuration))
  const made = await Promise.all(seals.map(seal => seal.of(archive)))
  expect(new Set(made).size).toBe(1)
  expect(await createSeal(configuration).isRight(archive, made[0] ?? '')).toBe(true)
  expect(await createSeal(configuration).isRight({ ...archive, sizeBytes: 13 }, made[0] ?? '')).toBe(false)
})

test('a key that a full disk cut off is not used: everybody could make seals by it', async () => {
  const key = join(`${configuration}.d`, 'seal', 'key')
  await createSeal(configuration).of(archive)
  await truncate(key, 0)
  const { name, sizeBytes, sha256 } = archive
  const forged = createHmac('sha256', '')
    .update(JSON.stringify([name, sizeBytes, sha256]))
    .digest('hex')
  expect(await createSeal(configuration).isRight(archive, forged)).toBe(false)
  expect(await readFile(key)).toHaveLength(32)
})
