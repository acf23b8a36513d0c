import type { ClientBase } from 'pg'

/** How many names are fetched at a time: a filestore may hold millions. */
const AT_A_TIME = 2_000
/** Bytes of a SHA-1, which is all that is kept of a name such as `e0/e0d4b5…`. */
const SHA1_BYTES = 20
const CONTENT_NAME = /^([0-9a-f]{2})\/(\1[0-9a-f]{38})$/

/** The stored files of one folder of the filestore (`e0`), as the database names them (`e0/e0d4b5…`). */
export interface NamedFolder {
  readonly folder: string
  readonly names: ReadonlySet<string>
}

/**
 * Every file that a snapshot names, in 20 bytes for each: held in memory, so that the transaction of the snapshot
 * need not stay open, and hold locks on Odoo's tables, for as long as the files take to upload.
 */
export interface NamedFiles {
  /** Folder by folder, in the order of their bytes, and first those of no folder (`''`). */
  folders(): Iterable<NamedFolder>
  /** Names that lead elsewhere (`s3://…`, as some modules store them) or out of the filestore. */
  readonly foreign: number
}

/** Reads the names inside the transaction of the snapshot. */
export async function readNamedFiles(client: ClientBase): Promise<NamedFiles> {
  const folders = new Map<string, FolderNames>()
  let foreign = 0
  for await (const name of storedNames(client)) {
    if (!isInside(name)) {
      foreign++
      continue
    }
    const folder = name.includes('/') ? name.slice(0, name.indexOf('/')) : ''
    const names = folders.get(folder) ?? new FolderNames()
    folders.set(folder, names)
    names.add(name)
  }
  const sorted = [...folders].sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  return {
    foreign,
    *folders() {
      for (const [folder, names] of sorted) yield { folder, names: names.all() }
    },
  }
}

/** The distinct names that attachments have, by a cursor. */
async function* storedNames(client: ClientBase): AsyncGenerator<string> {
  await client.query(
    `DECLARE odoo_backup_files NO SCROLL CURSOR FOR
     SELECT DISTINCT store_fname AS name FROM public.ir_attachment
     WHERE store_fname IS NOT NULL AND store_fname <> ''`,
  )
  try {
    for (;;) {
      const { rows } = await client.query<{ name: string }>(`FETCH ${AT_A_TIME} FROM odoo_backup_files`)
      for (const { name } of rows) yield name
      if (rows.length < AT_A_TIME) return
    }
  } finally {
    await client.query('CLOSE odoo_backup_files').catch(() => {})
  }
}

/** The names of one folder: those that are a SHA-1 as its bytes, others as they are. */
class FolderNames {
  #sums = Buffer.alloc(64 * SHA1_BYTES)
  #count = 0
  readonly #others: string[] = []

  add(name: string): void {
    const sum = CONTENT_NAME.exec(name)?.[2]
    if (sum === undefined) {
      this.#others.push(name)
      return
    }
    const at = this.#count * SHA1_BYTES
    if (at === this.#sums.length) this.#sums = Buffer.concat([this.#sums, Buffer.alloc(at)])
    this.#sums.write(sum, at, 'hex')
    this.#count++
  }

  all(): ReadonlySet<string> {
    const names = new Set<string>()
    for (let at = 0; at < this.#count * SHA1_BYTES; at += SHA1_BYTES) {
      const sum = this.#sums.toString('hex', at, at + SHA1_BYTES)
      names.add(`${sum.slice(0, 2)}/${sum}`)
    }
    for (const name of this.#others.toSorted()) names.add(name)
    return names
  }
}

/** Whether a stored name is a plain path inside the filestore. */
export function isInside(name: string): boolean {
  return (
    !/[\0\\]|:\/\//.test(name) && name.split('/').every(part => part !== '' && part !== '.' && part !== '..')
  )
}
