import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type ArchiveName, formatArchiveName, formatInfoName, parseBackupName } from './names.ts'

const databases = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 63 })
  .filter(name => !/[/\0]/.test(name))
const seconds = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map(date => new Date(Math.floor(date.getTime() / 1000) * 1000))
const names: fc.Arbitrary<ArchiveName> = fc.record({
  database: databases,
  takenAt: seconds,
  format: fc.constantFrom('zip', 'dump'),
  encrypted: fc.boolean(),
})

test('Every name that is written is read as what it was.', () => {
  fc.assert(
    fc.property(names, name => {
      expect(parseBackupName(formatArchiveName(name))).toEqual({ kind: 'archive', ...name })
      const { database, takenAt } = name
      expect(parseBackupName(formatInfoName(name))).toEqual({ kind: 'info', database, takenAt })
    }),
  )
})

test('Every name that is read would be written the same.', () => {
  const pieces = fc.constantFrom(
    'a',
    '.',
    'zip',
    'enc',
    'info',
    'dump',
    '2026-01-31_04-00-00',
    '2026-02-30_00-00-00',
    '/',
    '',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), parts => {
      const text = parts.join('.')
      const name = parseBackupName(text)
      if (name === undefined) return
      expect(name.kind === 'info' ? formatInfoName(name) : formatArchiveName(name)).toBe(text)
    }),
    { numRuns: 5000 },
  )
})

test.each([
  ['mydb.2019-11-04_10-56-58.zip', 'mydb', 'zip', false],
  ['mydb.2019-11-04_10-56-58.zip.enc', 'mydb', 'zip', true],
  ['my.company.com.2019-11-04_10-56-58.zip', 'my.company.com', 'zip', false],
  ['x.2018-01-01_00-00-00.2019-11-04_10-56-58.dump', 'x.2018-01-01_00-00-00', 'dump', false],
  ['Продажи 100%.2019-11-04_10-56-58.zip', 'Продажи 100%', 'zip', false],
])('%s is an archive.', (file, database, format, encrypted) => {
  expect(parseBackupName(file)).toEqual({
    kind: 'archive',
    database,
    takenAt: new Date('2019-11-04T10:56:58Z'),
    format,
    encrypted,
  })
})

test.each([
  '',
  '.2019-11-04_10-56-58.zip',
  'mydb.2019-11-04.zip',
  'mydb.2019-02-29_00-00-00.zip',
  'mydb.2019-11-04_24-00-00.zip',
  'mydb.2019-11-04_10-56-58.zip.enc.enc',
  'mydb.2019-11-04_10-56-58.info.enc',
  'mydb.2019-11-04_10-56-58.ZIP',
  'mydb.2019-11-04_10-56-58',
  '_/pin/mydb.2019-11-04_10-56-58.zip',
  'mydb|2018-06-01_10-00-00',
])('%j is nothing of ours.', file => {
  expect(parseBackupName(file)).toBeUndefined()
})

test('No key is made of a name that would leave its folder.', () => {
  const takenAt = new Date()
  expect(() => formatInfoName({ database: '../other', takenAt })).toThrow(RangeError)
  expect(() => formatInfoName({ database: '', takenAt })).toThrow(RangeError)
})
