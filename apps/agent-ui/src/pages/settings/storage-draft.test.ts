import { expect, test } from '@jest/globals'
import { StorageChange } from '@odoo-backup/protocol'
import { losesKeys, storageChangeOf, storageDraftOf, withEndpoint } from './storage-draft.ts'

const own = { kind: 'own', bucket: 'mine', region: 'eu-1', folder: 'odoo', accessKeyId: 'AKIA' } as const

test('a secret that was not typed stays, and what was emptied is removed', () => {
  const draft = storageDraftOf(own)
  expect(storageChangeOf(draft)).not.toHaveProperty('secretAccessKey')
  expect(storageChangeOf({ ...draft, folder: ' ', secretAccessKey: 'typed' })).toMatchObject({
    kind: 'own',
    bucket: 'mine',
    folder: null,
    endpoint: null,
    secretAccessKey: 'typed',
  })
  expect(StorageChange.parse(storageChangeOf(draft))).toMatchObject({ kind: 'own' })
})

test('the path of a folder is not taken for a folder in a bucket', () => {
  const draft = storageDraftOf({ kind: 'directory', folder: '/mnt/backups' })
  expect(storageChangeOf(draft)).toEqual({ kind: 'directory', folder: '/mnt/backups' })
  expect(storageChangeOf({ ...draft, kind: 'own' }).folder).toBeNull()
})

test('only the way from a bucket of one’s own to the broker loses keys', () => {
  expect(losesKeys(own, { ...storageDraftOf(own), kind: 'broker' })).toBe(true)
  expect(losesKeys(own, { ...storageDraftOf(own), kind: 'directory' })).toBe(false)
  expect(losesKeys({ kind: 'broker' }, storageDraftOf({ kind: 'broker' }))).toBe(false)
})

test('an endpoint brings path style addresses with it, which may be taken off again', () => {
  const empty = storageDraftOf({ kind: 'broker' })
  const typing = withEndpoint(empty, 'h')
  expect(typing).toMatchObject({ endpoint: 'h', pathStyle: true })
  expect(withEndpoint({ ...typing, pathStyle: false }, 'https://s3.example.com').pathStyle).toBe(false)
  expect(withEndpoint(typing, '').pathStyle).toBe(false)
})
