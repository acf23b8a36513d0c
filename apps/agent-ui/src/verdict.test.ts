import { describe, expect, test } from '@jest/globals'
import { DatabaseOverview } from '@odoo-backup/protocol'
import { toneOf, verdictOf } from './verdict.ts'

const lastBackup = {
  name: 'shop.2026-01-01_00-00-00.zip',
  database: 'shop',
  takenAt: '2026-01-01T00:00:00Z',
  sizeBytes: 1,
  encrypted: false,
  format: 'zip',
}
const overview = (change: object) =>
  DatabaseOverview.parse({
    database: 'shop',
    exists: true,
    lastBackup,
    backups: 1,
    storedBytes: 1,
    overdue: false,
    days: [],
    ...change,
  })

describe('am I safe?', () => {
  test('a recent backup and nothing wrong is good', () => {
    expect(verdictOf([overview({})])).toEqual({ tone: 'good', worries: [] })
  })

  test('no backup at all is bad', () => {
    expect(toneOf(overview({ lastBackup: undefined }))).toBe('bad')
  })

  test('an overdue backup is bad even though older ones exist', () => {
    expect(toneOf(overview({ overdue: true }))).toBe('bad')
  })

  test('a failed last try is a warning while the schedule still holds', () => {
    expect(
      toneOf(overview({ lastFailure: { at: '2026-01-02T00:00:00Z', code: 'disk_full', message: 'x' } })),
    ).toBe('warn')
  })

  test('a last backup that failed its drill is a warning', () => {
    expect(
      toneOf(
        overview({
          lastBackup: { ...lastBackup, verification: { passed: false, at: '2026-01-02T00:00:00Z' } },
        }),
      ),
    ).toBe('warn')
  })

  test('the whole is as bad as the worst database, and says of each worry whom it is about', () => {
    const lastFailure = { at: '2026-01-02T00:00:00Z', code: 'disk_full', message: 'x' }
    expect(
      verdictOf([
        overview({}),
        overview({ database: 'stock', lastFailure }),
        overview({ database: 'books', overdue: true }),
        overview({ database: 'fresh', lastBackup: undefined }),
      ]),
    ).toEqual({
      tone: 'bad',
      worries: [
        { worry: 'missing', databases: ['fresh'] },
        { worry: 'overdue', databases: ['books'] },
        { worry: 'failed', databases: ['stock'] },
      ],
    })
  })

  test('a database that is gone worries nobody', () => {
    expect(verdictOf([overview({ exists: false, lastBackup: undefined })]).tone).toBe('good')
  })
})
