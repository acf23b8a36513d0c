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
const FILESTORE_BYTES = 1024 ** 3

const WORDS = 'invoice order partner product total draft posted journal move line tax amount date due'.split(
  ' ',
)

/** An Odoo database whose dump has 300 MB, and a filestore of 1 GiB in 5,000 files, half of it incompressible. */
export async function createSample(place: OdooPlace, database: string): Promise<void> {
  await createOdooDatabase(place, database, { records: RECORDS, filestoreBytes: 0 })
  const client = new pg.Client(connectionTo(place, database))
  await client.connect()
  try {
    await client.query('BEGIN')
    for (let number = 0; number < FILES; number++) {
      // From a fifth of the average to nearly twice of it, the same on every run.
      const bytes = Math.round((FILESTORE_BYTES / FILES) * (0.2 + (1.6 * ((number * 7919) % FILES)) / FILES))
      await addFile(client, filestoreOf(place, database), content(number, bytes))
    }
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

async function addFile(client: pg.Client, filestore: string, bytes: Buffer): Promise<void> {
  const sha1 = createHash('sha1').update(bytes).digest('hex')
  const name = `${sha1.slice(0, 2)}/${sha1}`
  mkdirSync(dirname(join(filestore, name)), { recursive: true })
  writeFileSync(join(filestore, name), bytes)
  await client.query(
    `INSERT INTO ir_attachment (name, type, store_fname, checksum, file_size, mimetype)
       VALUES ('sample', 'binary', $1, $2, $3, 'application/octet-stream')`,
    [name, sha1, bytes.length],
  )
}

/** Every second file is noise, as pictures and PDFs are; the others read like exported tables. */
function content(number: number, bytes: number): Buffer {
  if (number % 2 === 0)
    return createHash('shake256', { outputLength: bytes }).update(`file ${number}`).digest()
  const lines: string[] = []
  for (let length = 0, line = 0; length < bytes; line++) {
    const word = (factor: number) => WORDS[(number + line * factor) % WORDS.length]
    const text = `${line};${word(3)} ${word(5)};${(line * 7919 + number) % 99_991};${word(11)} ${word(1)}\n`
    lines.push(text)
    length += text.length
  }
  return Buffer.from(lines.join('')).subarray(0, bytes)
}
