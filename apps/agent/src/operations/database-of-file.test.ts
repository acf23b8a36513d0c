import { expect, test } from '@jest/globals'
import { databaseOfFile } from './database-of-file.ts'

const PATH = '/var/lib/odoo-backup/uploads/6f1b3e0a-1111-4222-8333-444455556666.zip.enc'
const upload = (name?: string) => ({
  kind: 'file' as const,
  path: PATH,
  removeAfter: true,
  ...(name === undefined ? {} : { name }),
})

test.each([
  ['shop.2026-01-31_04-00-00.zip.enc', 'shop'],
  ['shop.2026-01-31_04-00-00.dump', 'shop'],
  ['shop_2026-01-31_04-00-00.zip', 'shop'],
  ['my.shop-2026-01-31.zip', 'my.shop'],
  ['shop.2026-01-31_04-00-00 (1).zip.enc', 'shop'],
  ['shop.2026-01-31_04-00-00.zip (2).enc', 'shop'],
  ['SHOP.ZIP.ENC', 'SHOP'],
  ['shop.zip', 'shop'],
  ['.zip.enc', undefined],
])('a file called %j is of %j', (name, database) => {
  expect(databaseOfFile(upload(name))).toBe(database)
})

test('a file of the server is called as it lies there, an upload without a name is called nothing', () => {
  expect(databaseOfFile({ kind: 'file', path: '/srv/old/shop.2026-01-31_04-00-00.zip.enc' })).toBe('shop')
  expect(databaseOfFile(upload())).toBeUndefined()
  expect(databaseOfFile({ kind: 'stored', backup: 'shop.2026-01-31_04-00-00.zip' })).toBeUndefined()
})
