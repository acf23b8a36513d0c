import { chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createHandover } from '../jobs/handover.ts'
import { createSeal } from '../jobs/seal.ts'

/** Root may run a command beside a service of another user; anybody else has only files of his own. */
const own = process.getuid?.() ?? 0
const service = own === 0 ? 65_534 : own

let folder: string
let configuration: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-private-'))
  configuration = join(folder, 'agent.conf')
  await writeFile(configuration, '')
  if (own === 0) await chown(configuration, service, service)
})
afterEach(() => rm(folder, { recursive: true }))

test('what a command hands to the service belongs to the service, and to nobody else', async () => {
  const handover = createHandover(configuration)
  const ticket = await handover.give('a password')
  const path = join(`${configuration}.d`, 'handover', ticket)
  const { uid, mode } = await stat(path)
  expect({ uid, mode: mode & 0o777 }).toEqual({ uid: service, mode: 0o600 })
  expect(await readFile(path, 'utf8')).toBe('a password')
})

test('the key by which backups are sealed, too', async () => {
  await createSeal(configuration).of({ name: 'shop.zip', sizeBytes: 1, sha256: '00' })
  const { uid, mode } = await stat(join(`${configuration}.d`, 'seal', 'key'))
  expect({ uid, mode: mode & 0o777 }).toEqual({ uid: service, mode: 0o600 })
})
