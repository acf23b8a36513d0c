import { expect, test } from '@jest/globals'
import { readDatabaseSection } from './database-settings.ts'

const faultsOf = (values: Record<string, string>) =>
  readDatabaseSection('shop', new Map(Object.entries(values))).faults

test('a limit that is missing, or that nothing uses, is a fault: nobody loses backups over half a rule', () => {
  expect(faultsOf({ daily_rotation: 'limited' })).toEqual([
    'odoo_backup_sh_daily_rotation = limited needs odoo_backup_sh_daily_limit: how many are to stay?',
  ])
  expect(faultsOf({ weekly_limit: '4' })).toEqual([
    'odoo_backup_sh_weekly_limit needs odoo_backup_sh_weekly_rotation = limited beside it.',
  ])
  expect(faultsOf({ daily_rotation: 'limited', daily_limit: '7' })).toEqual([])
  // What the pages leave behind when a rule is switched off and on again.
  expect(faultsOf({ daily_rotation: 'disabled', daily_limit: '7' })).toEqual([])
})

test('frames are read as they are written, and those that are not written keep nothing of their own', () => {
  const values = new Map([
    ['hourly_rotation', 'unlimited'],
    ['daily_rotation', 'limited'],
    ['daily_limit', '7'],
    ['weekly_rotation', 'disabled'],
    ['monthly_rotation', 'all'],
  ])
  expect(readDatabaseSection('shop', values).configuration?.retention).toEqual({
    hourly: 'all',
    daily: 7,
    weekly: 'off',
    monthly: 'all',
    yearly: 'off',
    keepAtLeast: 0,
  })
})

test('a word that names no rule is refused with those that do, none of which promises more than one per frame', () => {
  const [fault] = faultsOf({ hourly_rotation: 'endless' })
  expect(fault).toContain('Write all (one per hour, day, week, month or year), limited or disabled.')
  expect(fault).not.toContain('unlimited')
})

test('a password that gpg could not take is refused before a night depends on it', () => {
  const encrypted = { encrypt_backups: 'True', encryption_password_kept: 'True' }
  expect(faultsOf({ ...encrypted, encryption_password: 'a'.repeat(256) })).toEqual([
    'odoo_backup_sh_encryption_password: An encryption password can have at most 255 bytes.',
  ])
  expect(faultsOf({ ...encrypted, encryption_password: 'a'.repeat(255) })).toEqual([])
})
