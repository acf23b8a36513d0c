import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../sandbox/environment.ts'
import { connectionTo, createOdooDatabase, dropOdooDatabase, filestoreOf, withClient } from './create.ts'
import { differences, type Fingerprint, fingerprint } from './fingerprint.ts'
import { loadOdooZip } from './from-zip.ts'

const { pgHost, pgPort, odooDbUser, odooDbPassword } = sandboxEnvironment()
const dataDir = mkdtempSync(join(tmpdir(), 'odoo-data-'))
const place = { host: pgHost, port: pgPort, user: odooDbUser, password: odooDbPassword, dataDir }
const name = `test_infra_${randomBytes(4).toString('hex')}`
const copy = `${name}_copy`
let original: Fingerprint

const take = (database: string) => fingerprint(connectionTo(place, database), filestoreOf(place, database))
const inCopy = (statement: string) => withClient(connectionTo(place, copy), client => client.query(statement))

beforeAll(async () => {
  await createOdooDatabase(place, name, { records: 400, filestoreBytes: 2 * 1024 ** 2 })
  original = await take(name)
  // A zip in Odoo's layout, made of nothing but pg_dump and zip's reference implementation.
  const folder = mkdtempSync(join(tmpdir(), 'odoo-zip-'))
  const env = { ...process.env, PGPASSWORD: place.password }
  const target = ['-h', place.host, '-p', String(place.port), '-U', place.user]
  execFileSync('pg_dump', [...target, '--no-owner', `--file=${folder}/dump.sql`, name], { env })
  writeFileSync(join(folder, 'manifest.json'), '{}')
  cpSync(filestoreOf(place, name), join(folder, 'filestore'), { recursive: true })
  execFileSync('python3', ['-m', 'zipfile', '-c', `${folder}.zip`, ...readdirSync(folder)], { cwd: folder })
  await loadOdooZip(place, copy, `${folder}.zip`)
  rmSync(folder, { recursive: true })
  rmSync(`${folder}.zip`)
})
afterAll(async () => {
  await dropOdooDatabase(place, name)
  await dropOdooDatabase(place, copy)
  rmSync(dataDir, { recursive: true })
})

test('the database has what an Odoo has: its tables, keys, indexes, sequences, views and attachments', async () => {
  expect(Object.keys(original.tables)).toEqual(
    expect.arrayContaining([
      'public.res_users',
      'public.ir_attachment',
      'public.ir_cron',
      'public.ir_module_module',
    ]),
  )
  expect(original.indexes.length).toBeGreaterThan(70)
  expect(original.constraints.length).toBeGreaterThan(100)
  expect(original.views).toContain('public.sale_report')
  expect(original.sequences['public.ir_sequence_001']).toBe('4711 used')
  expect(original.sequences['public.ir_sequence_002']).toBe('12 unused')
  const { rows } = await withClient(connectionTo(place, name), client =>
    client.query(
      'SELECT DISTINCT store_fname, checksum, file_size FROM ir_attachment WHERE store_fname IS NOT NULL',
    ),
  )
  expect(Object.keys(original.files).sort()).toEqual(rows.map(row => row.store_fname).sort())
  for (const { store_fname, checksum, file_size } of rows) {
    expect(original.files[store_fname]).toBe(checksum)
    expect(readFileSync(join(filestoreOf(place, name), store_fname))).toHaveLength(file_size)
  }
})

test('a copy made by PostgreSQL and unzip has the same fingerprint', async () => {
  expect(differences(original, await take(copy))).toEqual([])
})

test.each([
  ['a changed row', 'UPDATE res_partner SET city = city || NULL WHERE id = 5', /tables: public.res_partner/],
  [
    'a row that was there twice',
    'INSERT INTO ir_logging SELECT * FROM ir_logging LIMIT 1',
    /tables: public.ir_logging/,
  ],
  ['a sequence one further', "SELECT nextval('ir_sequence_001')", /sequences: public.ir_sequence_001/],
  ['a missing index', 'DROP INDEX res_partner_ref_index', /indexes: missing public.res_partner_ref_index/],
  [
    'a missing constraint',
    'ALTER TABLE res_country DROP CONSTRAINT res_country_code_uniq',
    /constraints: missing/,
  ],
  ['a missing view', 'DROP VIEW report_partner_country', /views: missing/],
])('the comparison finds %s', async (_what, statement, expected) => {
  const before = await take(copy)
  await inCopy(
    statement.replace(
      'INSERT INTO ir_logging',
      'ALTER TABLE ir_logging DROP CONSTRAINT IF EXISTS ir_logging_pkey; INSERT INTO ir_logging',
    ),
  )
  expect(differences(before, await take(copy)).join('\n')).toMatch(expected)
})

test('the comparison finds a file with one byte more, and a missing one', async () => {
  const before = await take(copy)
  const [changed = '', removed = ''] = Object.keys(before.files)
  appendFileSync(join(filestoreOf(place, copy), changed), 'x')
  rmSync(join(filestoreOf(place, copy), removed))
  const found = differences(before, await take(copy))
  expect(found).toHaveLength(2)
  expect(found.join('\n')).toContain(`files: ${removed}: `)
})
