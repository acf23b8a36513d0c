import { expect, test } from '@jest/globals'
import { BackupView } from '@odoo-backup/protocol'
import { storageUsage } from './storage-usage.ts'

const now = new Date('2026-03-10T10:00:00Z')

function backup(database: string, takenAt: string, sizeBytes: number): BackupView {
  return BackupView.parse({
    name: `${database}.zip`,
    database,
    takenAt,
    sizeBytes,
    encrypted: false,
    format: 'zip',
  })
}

test('usage adds up day by day, per database and in all, and older backups count from the first day on', () => {
  const usage = storageUsage(
    [
      backup('shop', '2026-03-10T01:00:00Z', 5),
      backup('shop', '2026-03-09T23:59:59Z', 7),
      backup('crm', '2026-03-09T00:00:00Z', 11),
      backup('shop', '2020-01-01T00:00:00Z', 100),
    ],
    now,
    3,
  )
  expect(usage).toEqual([
    { day: '2026-03-08', sizeBytes: 100, databases: { shop: 100 } },
    { day: '2026-03-09', sizeBytes: 118, databases: { shop: 107, crm: 11 } },
    { day: '2026-03-10', sizeBytes: 123, databases: { shop: 112, crm: 11 } },
  ])
})

test('a day is that of the zone that is asked for', () => {
  const usage = storageUsage([backup('shop', '2026-03-09T17:00:00Z', 5)], now, 2, 'Asia/Tokyo')
  expect(usage.map(({ day, sizeBytes }) => [day, sizeBytes])).toEqual([
    ['2026-03-09', 0],
    ['2026-03-10', 5],
  ])
})

test('without backups every day is there and says nothing', () => {
  expect(storageUsage([], now, 30)).toHaveLength(30)
  expect(storageUsage([], now, 30).every(point => point.sizeBytes === 0)).toBe(true)
})
