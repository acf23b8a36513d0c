import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import pg from 'pg'
import {
  connectionTo,
  createOdooDatabase,
  filestoreOf,
  type OdooPlace,
} from '../../../infra/odoo-instance/create.ts'

/** Makes a dump of about 300 MB. */
const RECORDS = 432_000
const FILES = 5_000
const BATCH = 100
const FILESTORE_BYTES = 1024 ** 3

const WORDS = [
  'invoice',
  'order',
  'partner',
  'product',
  'total',
  'draft',
  'posted',
  'journal',
  'move',
  'tax',
  'due',
]
const TABLE = table()

/** An Odoo database whose dump has 300 MB, and a filestore of 1 GiB in 5,000 files, half of it incompressible. */
export async function createSample(place: OdooPlace, database: string): Promise<void> {
  await createOdooDatabase(place, database, { records: RECORDS, filestoreBytes: 0 })
  const client = new pg.Client(connectionTo(place, database))
  await client.connect()
  try {
    for (let number = 0; number < FILES; number += BATCH) {
      const files = Array.from({ length: BATCH }, (_, index) =>
        addFile(filestoreOf(place, database), content(number + index)),
      )
      await client.query(
        `INSERT INTO ir_attachment (name, type, store_fname, checksum, file_size, mimetype)
           SELECT 'sample', 'binary', store_fname, checksum, file_size, 'application/octet-stream'
             FROM json_to_recordset($1) AS files (store_fname text, checksum text, file_size int)`,
        [JSON.stringify(files)],
      )
    }
  } finally {
    await client.end()
  }
}

function addFile(filestore: string, bytes: Buffer) {
  const sha1 = createHash('sha1').update(bytes).digest('hex')
  const name = `${sha1.slice(0, 2)}/${sha1}`
  mkdirSync(dirname(join(filestore, name)), { recursive: true })
  writeFileSync(join(filestore, name), bytes)
  return { store_fname: name, checksum: sha1, file_size: bytes.length }
}

/**
 * From a fifth of the average size to nearly twice of it, the same on every run. Every second file is noise, as
 * pictures and PDFs are; the others read like exported tables.
 */
function content(number: number): Buffer {
  const bytes = Math.round((FILESTORE_BYTES / FILES) * (0.2 + (1.6 * ((number * 7919) % FILES)) / FILES))
  if (number % 2 === 0)
    return createHash('shake256', { outputLength: bytes }).update(`file ${number}`).digest()
  const from = (number * 104_729) % (TABLE.length - bytes)
  const piece = Buffer.from(TABLE.subarray(from, from + bytes))
  piece.write(`file ${number}\n`)
  return piece
}

function table(): Buffer {
  const lines = Array.from({ length: 200_000 }, (_, line) => {
    const word = (factor: number) => WORDS[(line * factor) % WORDS.length]
    return `${line};${word(3)} ${word(5)};${(line * 7919) % 99_991};${word(11)} ${word(1)}\n`
  })
  return Buffer.from(lines.join(''))
}
