import { expect, test } from '@jest/globals'
import { partsOfLongNames } from './long-names.ts'

test('the name of a setting is parted after its underscores, and nothing else is', () => {
  expect(partsOfLongNames('Set odoo_backup_sh_odoo_url.')).toEqual([
    'Set odoo_',
    'backup_',
    'sh_',
    'odoo_',
    'url.',
  ])
  expect(partsOfLongNames('odoo_backup_sh_private_s3_dir or not')).toEqual([
    ...['odoo_', 'backup_', 'sh_', 'private_', 's3_'],
    'dir or not',
  ])
  for (const text of [
    'shop.2026-01-31_04-00-00.zip',
    'admin_passwd in odoo.conf',
    'the_odoo_url',
    'at 41 MB/s, and/or',
  ])
    expect(partsOfLongNames(text)).toEqual([text])
  expect(partsOfLongNames('')).toEqual([''])
})

test('a path is parted after its slashes, and a web address after those and the dots of its host', () => {
  expect(partsOfLongNames('The files need 4 GB in /var/lib/odoo/.local/filestore, which has 3.')).toEqual([
    'The files need 4 GB in /var/',
    ...['lib/', 'odoo/', '.local/'],
    'filestore, which has 3.',
  ])
  expect(partsOfLongNames('(/mnt/nas/)')).toEqual(['(/mnt/', 'nas/)'])
  expect(partsOfLongNames('See https://fsn1.your-storage.com/a.b/c.')).toEqual([
    'See https://',
    ...['fsn1.', 'your-storage.', 'com/', 'a.b/'],
    'c.',
  ])
})
