import { createHash, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TestInstance } from '../../packages/odoo/src/testing/instance.ts'

const MIB = 1024 * 1024

/** Adds attachments of one MiB of noise each, which the database names, so that a backup takes its time. */
export async function writeBigFilestore(
  odoo: TestInstance,
  database: string,
  mebibytes: number,
): Promise<void> {
  for (let count = 0; count < mebibytes; count++) {
    const content = randomBytes(MIB)
    const sha1 = createHash('sha1').update(content).digest('hex')
    const name = `${sha1.slice(0, 2)}/${sha1}`
    const path = join(odoo.filestore(database), name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
    await odoo.rows(
      database,
      'INSERT INTO ir_attachment (name, store_fname, checksum, file_size) VALUES ($1, $2, $3, $4)',
      [`noise ${count}`, name, sha1, MIB],
    )
  }
}
