import { createHash } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type pg from 'pg'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

const KIB = 1024
/** Sizes and kinds as an office has them: many small texts and thumbnails, some documents, few large scans. */
const KINDS = [
  { name: 'note.txt', mimetype: 'text/plain', bytes: 700, text: true },
  { name: 'assets.css', mimetype: 'text/css', bytes: 90 * KIB, text: true },
  { name: 'thumbnail.png', mimetype: 'image/png', bytes: 9 * KIB, text: false },
  { name: 'letter.odt', mimetype: 'application/vnd.oasis.opendocument.text', bytes: 40 * KIB, text: false },
  { name: 'invoice.pdf', mimetype: 'application/pdf', bytes: 160 * KIB, text: false },
  { name: 'export.csv', mimetype: 'text/csv', bytes: 400 * KIB, text: true },
  { name: 'scan.jpg', mimetype: 'image/jpeg', bytes: 1400 * KIB, text: false },
] as const

/** `xx/sha1`: where Odoo keeps a file of this content. */
export function storeName(sha1: string): string {
  return `${sha1.slice(0, 2)}/${sha1}`
}

/**
 * Writes attachments until they come to `bytes`: each a file named by the SHA-1 of its content, and a row in
 * `ir_attachment`. Among them an empty file, a content that two attachments share, one in the database, one
 * that is a link, and a mark of Odoo's garbage collection. The same `seed` gives the same files.
 */
export async function fillFilestore(
  client: pg.Client,
  filestore: string,
  options: { bytes: number; seed: string; owner?: Owner | undefined },
): Promise<{ files: number; bytes: number }> {
  const written = { files: 0, bytes: 0 }
  const keep = async (content: Buffer, name: string, mimetype: string) => {
    const sha1 = createHash('sha1').update(content).digest('hex')
    const path = join(filestore, storeName(sha1))
    if (!existsSync(path)) {
      ensureFolder(dirname(path), options.owner)
      writeOwned(path, content, options.owner)
      written.files += 1
      written.bytes += content.length
    }
    await client.query(
      `INSERT INTO ir_attachment (name, type, res_model, res_id, store_fname, checksum, file_size, mimetype, public, create_uid, create_date)
         VALUES ($1, 'binary', 'res.partner', 1, $2, $3, $4, $5, false, 1, now() AT TIME ZONE 'UTC')`,
      [name, storeName(sha1), sha1, content.length, mimetype],
    )
  }
  ensureFolder(filestore, options.owner)
  await keep(Buffer.alloc(0), 'empty.txt', 'application/x-empty')
  const shared = content(`${options.seed}-shared`, 5_000, true)
  await keep(shared, 'first.txt', 'text/plain')
  await keep(shared, 'second.txt', 'text/plain')
  for (let number = 1; written.bytes < options.bytes; number += 1) {
    const kind = KINDS[number % KINDS.length] ?? KINDS[0]
    const bytes = Math.min(Math.ceil(kind.bytes * (0.5 + (number % 11) / 10)), options.bytes - written.bytes)
    await keep(content(`${options.seed}-${number}`, bytes, kind.text), kind.name, kind.mimetype)
  }
  await client.query(
    `INSERT INTO ir_attachment (name, type, db_datas, file_size, checksum) VALUES ('in database', 'binary', '\\x00ff5c', 3, NULL)`,
  )
  await client.query(
    `INSERT INTO ir_attachment (name, type, url) VALUES ('link', 'url', 'https://example.com/')`,
  )
  const mark = join(filestore, 'checklist', storeName('0'.repeat(40)))
  ensureFolder(dirname(mark), options.owner)
  writeOwned(mark, Buffer.alloc(0), options.owner)
  return written
}

/** Repeatable content: text that compresses to about a third, or bytes that do not compress. */
function content(seed: string, bytes: number, text: boolean): Buffer {
  const parts: Buffer[] = []
  let length = 0
  for (let block = 0; length < bytes; block += 1) {
    const digest = createHash('shake256', { outputLength: 16 * KIB })
      .update(`${seed}-${block}`)
      .digest()
    const part = text ? Buffer.from(digest.toString('hex').replace(/(.{11})/g, '$1 lorem ipsum\n')) : digest
    parts.push(part)
    length += part.length
  }
  return Buffer.concat(parts).subarray(0, bytes)
}

function ensureFolder(folder: string, owner: Owner | undefined): void {
  if (existsSync(folder)) return
  if (!existsSync(dirname(folder))) ensureFolder(dirname(folder), owner)
  mkdirSync(folder)
  if (owner !== undefined && statSync(folder).uid !== owner.uid) chownSync(folder, owner.uid, owner.gid)
}

function writeOwned(path: string, bytes: Buffer, owner: Owner | undefined): void {
  writeFileSync(path, bytes)
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
}
