import type { ClientBase } from 'pg'

/** How many names are fetched at a time: a filestore may hold millions. */
const AT_A_TIME = 2_000

/** The stored files of one folder of the filestore (`e0`), as the database names them (`e0/e0d4b5…`). */
export interface NamedFolder {
  readonly folder: string
  readonly names: ReadonlySet<string>
}

/**
 * The files that the database names, folder by folder, the folders in the order of their bytes, and first those
 * of no folder (`''`); read by a cursor inside the
 * transaction of the snapshot, so that only one folder's names are held. Names that lead elsewhere (`s3://…`,
 * as some modules store them) or out of the filestore are handed to `onForeign`.
 */
export async function* namedFolders(
  client: ClientBase,
  onForeign: (name: string) => void,
): AsyncGenerator<NamedFolder> {
  await client.query(
    `DECLARE odoo_backup_files NO SCROLL CURSOR FOR
     SELECT name FROM (
       SELECT DISTINCT store_fname COLLATE "C" AS name FROM public.ir_attachment
       WHERE store_fname IS NOT NULL AND store_fname <> ''
     ) names
     ORDER BY CASE WHEN name LIKE '%/%' THEN split_part(name, '/', 1) ELSE '' END COLLATE "C", name`,
  )
  try {
    let folder: string | undefined
    let names = new Set<string>()
    for (;;) {
      const { rows } = await client.query<{ name: string }>(`FETCH ${AT_A_TIME} FROM odoo_backup_files`)
      for (const { name } of rows) {
        if (!isInside(name)) {
          onForeign(name)
          continue
        }
        const next = name.includes('/') ? name.slice(0, name.indexOf('/')) : ''
        if (next !== folder) {
          if (folder !== undefined && names.size > 0) yield { folder, names }
          folder = next
          names = new Set()
        }
        names.add(name)
      }
      if (rows.length < AT_A_TIME) break
    }
    if (folder !== undefined && names.size > 0) yield { folder, names }
  } finally {
    await client.query('CLOSE odoo_backup_files').catch(() => {})
  }
}

/** Whether a stored name is a plain path inside the filestore. */
export function isInside(name: string): boolean {
  return (
    !/[\0\\]|:\/\//.test(name) && name.split('/').every(part => part !== '' && part !== '.' && part !== '..')
  )
}
