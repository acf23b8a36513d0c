import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The line without which no dump passes for whole. */
export const COMPLETE = '\n--\n-- PostgreSQL database dump complete\n--\n\n'
export const GOOD_DUMP = `SET client_encoding = 'UTF8';\nCREATE TABLE public.t (a integer);\n${COMPLETE}`

const MANIFEST = JSON.stringify({
  odoo_dump: '1',
  db_name: 'hostile',
  version: '16.0',
  version_info: [16, 0, 0, 'final', 0, ''],
  major_version: '16.0',
  pg_version: '15.0',
  modules: { base: '16.0.1.3' },
})

/**
 * Makes an Odoo zip around a dump with Python's zipfile, which lets one write what no zip should hold. `script` adds
 * to the archive `z`; `info(name, …)` describes an entry of any name and mode.
 */
export async function zipAround(folder: string, dump: string, script = ''): Promise<string> {
  const path = join(folder, `${randomUUID()}.zip`)
  const sql = `${path}.sql`
  await writeFile(sql, dump)
  await run('python3', [
    '-c',
    `
import hashlib, os, sys, warnings, zipfile
warnings.simplefilter("ignore")
z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
def info(name, mode=0o100644, method=zipfile.ZIP_DEFLATED):
    i = zipfile.ZipInfo("x"); i.filename = name; i.create_system = 3
    i.external_attr = mode << 16; i.compress_type = method; return i
def stored(content):
    name = hashlib.sha1(content).hexdigest()
    z.writestr(info("filestore/" + name[:2] + "/" + name), content)
z.write(sys.argv[2], "dump.sql")
z.writestr("manifest.json", sys.argv[3])
stored(b"a stored file")
${script}
z.close()`,
    path,
    sql,
    MANIFEST,
  ])
  return path
}

/** Changes bytes of an archive where its directory describes the entry of that name, whose record is 46 bytes long. */
export async function changeDirectory(
  path: string,
  entry: string,
  change: (bytes: Buffer, record: number) => void,
): Promise<void> {
  const bytes = await readFile(path)
  change(bytes, bytes.lastIndexOf(Buffer.from(entry)) - 46)
  await writeFile(path, bytes)
}
