import { expect, test } from '@jest/globals'
import type { RemotePlace } from '@odoo-backup/protocol'
import { storedByPlace } from './stored-by-place.ts'

test('backups are counted where they lie, the fullest place first; what lies nowhere is not counted', () => {
  const sizes = { 'a.zip': 3, 'b.zip': 5, 'c.zip': 4, 'gone.zip': 100 }
  const nas: RemotePlace = { kind: 'folder', path: '/mnt/nas' }
  const bucket: RemotePlace = { kind: 'bucket', name: 'b' }
  const places = new Map<string, RemotePlace>([
    ['a.zip', bucket],
    ['b.zip', nas],
    ['c.zip', { ...bucket }],
  ])
  const backups = Object.entries(sizes).map(([name, sizeBytes]) => ({ name, sizeBytes }))
  expect(storedByPlace(backups, name => places.get(name))).toEqual([
    { place: 'the bucket b', at: bucket, backups: 2, storedBytes: 7 },
    { place: 'the folder /mnt/nas', at: nas, backups: 1, storedBytes: 5 },
  ])
})
