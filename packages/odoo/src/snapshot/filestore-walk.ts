import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WarningText } from '@odoo-backup/protocol'
import { OdooError } from '../errors.ts'
import type { NamedFolder } from './named-files.ts'

export interface WalkedFile {
  /** Relative to the filestore, with `/`. */
  readonly path: string
  readonly sizeBytes: number
  /** Whether the database names it. */
  readonly named: boolean
}

export interface WalkEvents {
  /** A file that the database names is not there, or is no file. */
  missing(path: string): void
  warn(warning: WarningText): void
  /** Ends the walk before its next step. */
  readonly signal?: AbortSignal | undefined
}

interface Entry {
  readonly name: string
  readonly isDirectory: boolean
  readonly isFile: boolean
}

/** Odoo's spool of files to be collected: empty markers, safe to leave out. */
const SPOOL = 'checklist'

/** Whether a file of a backup that Odoo made is such a marker: named like what it marks, and empty. */
export function isSpooled(path: string): boolean {
  return path.startsWith(`${SPOOL}/`)
}

/**
 * Lists a filestore: every file that the database names, and every other regular file but those of Odoo's
 * `checklist/`, folder by folder. Symbolic links, pipes, devices and names that are no UTF-8 are left out with
 * a warning, except that a named file may be reached through a link: its content is checked against its name.
 */
export async function* walkFilestore(
  root: string,
  named: Iterable<NamedFolder>,
  events: WalkEvents,
): AsyncGenerator<WalkedFile> {
  const folders = await subfolders(root, events)
  const none: ReadonlySet<string> = new Set()
  for (const { folder, names } of named) {
    for (let next = folders[0]; next !== undefined && byBytes(next, folder) < 0; next = folders[0]) {
      folders.shift()
      yield* walkFolder(root, next, none, events)
    }
    if (folders[0] === folder) folders.shift()
    yield* walkNamed(root, names, events)
    yield* walkFolder(root, folder, names, events)
  }
  for (const folder of folders) yield* walkFolder(root, folder, none, events)
}

async function* walkNamed(root: string, names: ReadonlySet<string>, events: WalkEvents) {
  for (const path of names) {
    events.signal?.throwIfAborted()
    const found = await stat(join(root, path)).catch(rethrowUnlessGone)
    if (found?.isFile()) yield { path, sizeBytes: found.size, named: true }
    else events.missing(path)
  }
}

/** The files of a folder that are not among `names`. The folder `''` stands for files beside the folders. */
async function* walkFolder(
  root: string,
  folder: string,
  names: ReadonlySet<string>,
  events: WalkEvents,
): AsyncGenerator<WalkedFile> {
  for (const entry of await entriesOf(join(root, folder), events)) {
    events.signal?.throwIfAborted()
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (names.has(path)) continue
    if (entry.isDirectory) {
      if (folder !== '') yield* walkFolder(root, path, names, events)
    } else if (!entry.isFile) {
      events.warn({ code: 'no_regular_file', path: join(root, path) })
    } else {
      const found = await stat(join(root, path)).catch(rethrowUnlessGone)
      if (found) yield { path, sizeBytes: found.size, named: false }
    }
  }
}

/** The folders of a filestore in the order of their bytes; `''` first, for files beside them. */
async function subfolders(root: string, events: WalkEvents): Promise<string[]> {
  const names = (await entriesOf(root, events)).filter(entry => entry.isDirectory).map(entry => entry.name)
  return ['', ...names.filter(name => name !== SPOOL)].sort(byBytes)
}

async function entriesOf(folder: string, events: WalkEvents): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(rethrowUnlessGone)
  const kept: Entry[] = []
  for (const entry of entries ?? []) {
    const name = utf8(entry.name)
    if (name === undefined || name.includes('\\')) events.warn({ code: 'name_unfit', folder })
    else kept.push({ name, isDirectory: entry.isDirectory(), isFile: entry.isFile() })
  }
  return kept.sort((a, b) => byBytes(a.name, b.name))
}

function utf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

function rethrowUnlessGone(cause: NodeJS.ErrnoException): undefined {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR' || cause.code === 'ELOOP') return undefined
  if (cause.code === 'EACCES' || cause.code === 'EPERM')
    throw new OdooError(
      'permission_denied',
      `The filestore may not be read (${cause.path ?? ''}). Run the agent as Odoo's system user or as root.`,
      { cause },
    )
  throw cause
}
