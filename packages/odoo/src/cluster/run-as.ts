import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The system user that owns what Odoo owns. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/**
 * Who files and PostgreSQL tools must belong to: the owner of the filestore, or of the nearest folder above it
 * that exists. Odoo answers every request with 500 once its filestore belongs to root. Undefined when this
 * process is not root: then it can only be itself, and should be Odoo's user already.
 */
export async function filestoreOwner(
  path: string,
  runningUid: number | undefined = process.getuid?.(),
): Promise<SystemUser | undefined> {
  if (runningUid !== 0) return undefined
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined)
    if (found) return { uid: found.uid, gid: found.gid }
    if (folder === dirname(folder)) return undefined
  }
}

/** The name and home of a system user, for `~/.pgpass` and for the default PostgreSQL user. */
export async function accountOf(user: SystemUser): Promise<{ name: string; home: string } | undefined> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const line of text.split('\n')) {
    const [name, , uid, , , home] = line.split(':')
    if (name && home && uid === String(user.uid)) return { name, home }
  }
  return undefined
}
