import { expect, test } from '@jest/globals'
import { DatabaseOverview, type Verdict } from '@odoo-backup/protocol'
import { verdictOf } from './verdict.ts'

function database(name: string, change: object = {}): DatabaseOverview {
  return DatabaseOverview.parse({
    database: name,
    exists: true,
    included: true,
    tone: 'good',
    lastBackup: {
      name: `${name}.2026-01-01_00-00-00.zip`,
      database: name,
      takenAt: '2026-01-01T00:00:00Z',
      sizeBytes: 1,
      encrypted: false,
      format: 'zip',
    },
    backups: 1,
    storedBytes: 1,
    overdue: false,
    days: [],
    ...change,
  })
}

const untouched = { tone: 'bad', worry: 'never', lastBackup: undefined, backups: 0 }
const summary = (databases: readonly DatabaseOverview[], unknown: Verdict['unknown'] = []) => {
  const { tone, word } = verdictOf(databases, unknown)
  return { tone, word }
}

test('all well and all known is safe, with the oldest of the newest backups and how many are verified', () => {
  const older = { ...database('stock').lastBackup, takenAt: '2025-12-31T00:00:00Z' }
  const verified = { lastBackup: older, lastVerifiedAt: '2026-01-01T01:00:00Z' }
  expect(verdictOf([database('shop'), database('stock', verified)], [])).toEqual({
    tone: 'good',
    word: 'safe',
    worries: [],
    included: 2,
    oldestBackupAt: '2025-12-31T00:00:00Z',
    verified: 1,
    unknown: [],
  })
})

test('the whole is as bad as the worst database, and says of each worry whom it is about', () => {
  const verdict = verdictOf(
    [
      database('shop'),
      database('stock', { tone: 'warn', worry: 'failed' }),
      database('books', { tone: 'bad', worry: 'overdue' }),
      database('till', { tone: 'bad', worry: 'overdue' }),
    ],
    [],
  )
  expect(verdict).toMatchObject({
    tone: 'bad',
    word: 'unsafe',
    worries: [
      { worry: 'overdue', databases: ['books', 'till'] },
      { worry: 'failed', databases: ['stock'] },
    ],
  })
  expect(summary([database('shop'), database('stock', { tone: 'warn', worry: 'failed' })])).toEqual({
    tone: 'warn',
    word: 'attention',
  })
})

test('a server that lost every database is the worst of all, however good the backups are', () => {
  expect(summary([database('shop', { exists: false })])).toEqual({ tone: 'bad', word: 'all_gone' })
})

test('what did not answer is never called good', () => {
  expect(summary([database('shop')], ['queue'])).toEqual({ tone: 'warn', word: 'attention' })
  expect(summary([database('shop', { exists: false })], ['postgres', 'queue'])).toEqual({
    tone: 'warn',
    word: 'attention',
  })
  expect(summary([], ['postgres'])).toEqual({ tone: 'warn', word: 'attention' })
})

test('before anything was done there is nothing, which is not safe', () => {
  expect(summary([])).toEqual({ tone: 'warn', word: 'nothing' })
  expect(summary([database('shop', untouched)])).toEqual({ tone: 'warn', word: 'nothing' })
})

test('where every backup failed since the beginning, there is not just nothing', () => {
  const lastFailure = { at: '2026-01-02T00:00:00Z', code: 'disk_full', message: 'No room.' }
  expect(summary([database('shop', { ...untouched, lastFailure })])).toEqual({ tone: 'bad', word: 'unsafe' })
})

test('with every database left out nobody is safe', () => {
  expect(summary([database('shop', { included: false })])).toEqual({ tone: 'warn', word: 'attention' })
})
