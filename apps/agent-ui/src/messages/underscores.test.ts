import { expect, test } from '@jest/globals'
import { partsByUnderscores } from './underscores.ts'

test('the name of a setting is parted after its underscores, and nothing else is', () => {
  expect(partsByUnderscores('Set odoo_backup_sh_odoo_url.')).toEqual([
    'Set odoo_',
    'backup_',
    'sh_',
    'odoo_',
    'url.',
  ])
  expect(partsByUnderscores('odoo_backup_sh_private_s3_dir or not')).toEqual([
    ...['odoo_', 'backup_', 'sh_', 'private_', 's3_'],
    'dir or not',
  ])
  for (const text of ['shop.2026-01-31_04-00-00.zip', 'admin_passwd in odoo.conf', 'the_odoo_url'])
    expect(partsByUnderscores(text)).toEqual([text])
  expect(partsByUnderscores('')).toEqual([''])
})
