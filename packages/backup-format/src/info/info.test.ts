import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MAX_INFO_BYTES, readInfo, writeInfo } from './info.ts'

const INFO = {
  database: 'mydb',
  encrypted: true,
  takenAt: new Date('2019-11-04T10:56:58Z'),
  sizeBytes: 12_939_264,
  storageService: 'odoo_backup_sh',
}

test('The section [common] is what the former module writes.', () => {
  expect(writeInfo(INFO)).toMatch(
    `[common]
database = mydb
encrypted = True
upload_datetime = 2019-11-04_10-56-58
backup_size = 12.33984375
storage_service = odoo_backup_sh
`,
  )
})

test('What is written is read again, whatever the database and the facts are called.', () => {
  const words = fc.string({ unit: 'grapheme' })
  const facts = fc.dictionary(
    words.filter(section => section !== '' && section !== 'common' && section !== 'archive'),
    fc.dictionary(
      words.filter(key => key !== ''),
      words,
      { noNullPrototype: true },
    ),
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(facts, facts => {
      const read = readInfo(writeInfo({ ...INFO, facts }))
      expect(read).toMatchObject(INFO)
      for (const [section, options] of Object.entries(facts)) {
        expect(Object.fromEntries(read.facts.get(section) ?? [])).toEqual(options)
      }
    }),
  )
})

test('Python’s ConfigParser reads it, as the former module does, with tables that differ in case only.', () => {
  const text = writeInfo({
    ...INFO,
    database: 'zwei\nZeilen',
    facts: { rows: { 'public.A': 1, 'public.a': 2, 'weird = [x]': 3 }, note: { text: '100%\nof it ' } },
  })
  const script = `
import configparser, sys, json
c = configparser.ConfigParser(); c.read_string(sys.stdin.read())
print(json.dumps({"common": dict(c["common"]), "rows": len(c.options("rows"))}))`
  const read = JSON.parse(execFileSync('python3', ['-c', script], { input: text, encoding: 'utf8' }))
  expect(read).toEqual({
    common: {
      database: 'zwei\nZeilen',
      encrypted: 'True',
      upload_datetime: '2019-11-04_10-56-58',
      backup_size: '12.33984375',
      storage_service: 'odoo_backup_sh',
    },
    rows: 3,
  })
  expect(readInfo(text).facts.get('note')?.get('text')).toBe('100%\nof it ')
})

test('An old description is read, with its byte order mark, unknown keys and other line ends.', () => {
  const old =
    '\uFEFF[common]\r\ndatabase: my.db\r\nencrypted = false\r\n; a remark\r\nbackup_size = 1.5\r\nBackup_Path = 42/x\r\n'
  expect(readInfo(Buffer.from(old))).toMatchObject({
    database: 'my.db',
    encrypted: false,
    sizeBytes: 1_572_864,
  })
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['noise', randomBytes(100_000)],
  ['a web page', '<html><body>502 Bad Gateway</body></html>'],
  ['a wrong size', '[common]\nbackup_size = -1\nencrypted = perhaps\nupload_datetime = today'],
  ['far too much', Buffer.alloc(MAX_INFO_BYTES * 2, '[common]\nx = 1\n')],
  ['an unending line', Buffer.alloc(MAX_INFO_BYTES, 'a')],
  ['keys of JavaScript', '[__proto__]\nconstructor = 1\n[common]\n__proto__ = 2'],
])('A description that is %s is read without an error.', (_, content) => {
  const read = readInfo(content)
  expect(read.sizeBytes).toBeUndefined()
  expect(read.takenAt).toBeUndefined()
  expect(read.encrypted).toBeUndefined()
})
