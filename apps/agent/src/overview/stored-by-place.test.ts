import { expect, test } from '@jest/globals'
import { storedByPlace } from './stored-by-place.ts'

test('backups are counted where they lie, the fullest place first; what lies nowhere is not counted', () => {
  const sizes = { 'a.zip': 3, 'b.zip': 5, 'c.zip': 4, 'gone.zip': 100 }
  const places = new Map([
    ['a.zip', 'odoo-backup.sh'],
    ['b.zip', 'the folder /mnt/nas'],
    ['c.zip', 'odoo-backup.sh'],
  ])
  const backups = Object.entries(sizes).map(([name, sizeBytes]) => ({ name, sizeBytes }))
  expect(storedByPlace(backups, name => places.get(name))).toEqual([
    { place: 'odoo-backup.sh', backups: 2, storedBytes: 7 },
    { place: 'the folder /mnt/nas', backups: 1, storedBytes: 5 },
  ])
})
