import { expect, test } from '@jest/globals'
import { pairBackups } from './pairs.ts'

const listed = (...files: string[]) => files.map(file => ({ key: `42/${file}`, sizeBytes: 10 }))
const keys = (objects: readonly { key: string }[]) => objects.map(object => object.key.slice(3))

test('An archive and its description are a backup; whatever else there is keeps its own kind.', () => {
  const objects = [
    ...listed('a.2026-01-01_00-00-00.info', 'a.2026-01-01_00-00-00.zip'),
    ...listed('a.2026-01-02_00-00-00.zip.enc', 'a.2026-01-03_00-00-00.info'),
    ...listed('b.2026-01-01_00-00-00.dump', 'b.2026-01-01_00-00-00.info', 'notes.txt', '_/pin/x', 'old|2018'),
    { key: '42/c.2026-01-01_00-00-00.zip', sizeBytes: 0 },
    { key: '42/c.2026-01-01_00-00-00.info', sizeBytes: 9 },
    { key: '420/d.2026-01-01_00-00-00.zip', sizeBytes: 9 },
  ]
  const paired = pairBackups(objects, '42/')
  expect(paired.backups.map(backup => backup.name)).toEqual([
    'a.2026-01-01_00-00-00.zip',
    'b.2026-01-01_00-00-00.dump',
  ])
  expect(paired.backups[0]?.info.key).toBe('42/a.2026-01-01_00-00-00.info')
  expect(keys(paired.loneArchives)).toEqual(['a.2026-01-02_00-00-00.zip.enc'])
  expect(keys(paired.loneInfos)).toEqual(['a.2026-01-03_00-00-00.info', 'c.2026-01-01_00-00-00.info'])
  expect(paired.unknown).toHaveLength(5)
})

test('Two archives beside one description are nobody’s backup, and no lone archives that could be cleared away.', () => {
  const paired = pairBackups(
    listed('a.2026-01-01_00-00-00.zip', 'a.2026-01-01_00-00-00.zip.enc', 'a.2026-01-01_00-00-00.info'),
    '42/',
  )
  expect(paired.backups).toEqual([])
  expect(paired.loneArchives).toEqual([])
  expect(paired.ambiguous).toHaveLength(3)
})

test('Of 100,000 objects each is looked at a fixed number of times.', () => {
  let looks = 0
  const objects = Array.from({ length: 100_000 }, (_, index) => {
    const at = new Date((index >> 1) * 60_000)
      .toISOString()
      .slice(0, 19)
      .replace('T', '_')
      .replaceAll(':', '-')
    const file = `42/db.${at}.${index % 2 === 0 ? 'info' : 'zip'}`
    return {
      sizeBytes: 10,
      get key() {
        looks++
        return file
      },
    }
  })
  expect(pairBackups(objects, '42/').backups).toHaveLength(50_000)
  expect(looks).toBeLessThan(5 * objects.length)
})
