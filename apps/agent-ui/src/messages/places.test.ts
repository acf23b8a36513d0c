import { expect, test } from '@jest/globals'
import { places as german } from './de/places.ts'
import { places as english } from './en/places.ts'

test('at the head of a line a place begins as a sentence does, and within one as the word that it is', () => {
  const bucket = { kind: 'bucket', name: 'nightly' } as const
  const folder = { kind: 'folder', path: '/mnt/nas' } as const
  expect([bucket, folder, { kind: 'broker_storage' } as const].map(place => english.headOf(place))).toEqual([
    'The bucket nightly',
    'The folder /mnt/nas',
    'The storage of odoo-backup.sh',
  ])
  expect(english.nameOf(bucket)).toBe('the bucket nightly')
  expect([bucket, folder].map(place => german.headOf(place))).toEqual(['Bucket nightly', 'Ordner /mnt/nas'])
})

test('the name of the product is written as it always is', () => {
  expect(english.headOf({ kind: 'broker' })).toBe('odoo-backup.sh')
})
