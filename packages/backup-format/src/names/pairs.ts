import { type ArchiveName, parseBackupName } from './names.ts'

/** What pairing needs of a listed object; keeps whatever else the caller's objects carry. */
export interface ListedObject {
  readonly key: string
  readonly sizeBytes: number
}

/** A complete backup: an archive and the `.info` that was written after it. */
export interface StoredBackup<T extends ListedObject> extends ArchiveName {
  /** Of the archive, within its folder: what a person calls the backup by. */
  readonly name: string
  readonly archive: T
  readonly info: T
}

export interface PairedObjects<T extends ListedObject> {
  readonly backups: readonly StoredBackup<T>[]
  /** Archives without `.info`: under way, or left by a run that died. */
  readonly loneArchives: readonly T[]
  readonly loneInfos: readonly T[]
  /** Several archives of one database and second beside one `.info`: nobody can say which of them it describes. */
  readonly ambiguous: readonly T[]
  /** Everything else below the prefix, empty objects among it; never touched. */
  readonly unknown: readonly T[]
}

interface Group<T> {
  readonly archives: { readonly object: T; readonly name: ArchiveName; readonly file: string }[]
  info: T | undefined
}

/**
 * Sorts a listing into complete backups and the rest, in one pass. `prefix` is the folder with its slash
 * (`42/`); objects in folders below it are unknown.
 */
export function pairBackups<T extends ListedObject>(objects: Iterable<T>, prefix: string): PairedObjects<T> {
  const groups = new Map<string, Group<T>>()
  const unknown: T[] = []
  for (const object of objects) {
    const file = object.key.startsWith(prefix) ? object.key.slice(prefix.length) : ''
    const name = object.sizeBytes > 0 ? parseBackupName(file) : undefined
    if (name === undefined) {
      unknown.push(object)
      continue
    }
    const id = `${name.takenAt.getTime()} ${name.database}`
    const group = groups.get(id) ?? { archives: [], info: undefined }
    groups.set(id, group)
    if (name.kind === 'info') group.info = object
    else group.archives.push({ object, name, file })
  }
  return { ...sortGroups(groups.values()), unknown }
}

function sortGroups<T extends ListedObject>(groups: Iterable<Group<T>>): Omit<PairedObjects<T>, 'unknown'> {
  const backups: StoredBackup<T>[] = []
  const loneArchives: T[] = []
  const loneInfos: T[] = []
  const ambiguous: T[] = []
  for (const { archives, info } of groups) {
    const [first] = archives
    if (info === undefined) loneArchives.push(...archives.map(archive => archive.object))
    else if (first === undefined) loneInfos.push(info)
    else if (archives.length > 1) ambiguous.push(info, ...archives.map(archive => archive.object))
    else {
      const { database, takenAt, format, encrypted } = first.name
      backups.push({ database, takenAt, format, encrypted, name: first.file, archive: first.object, info })
    }
  }
  return { backups, loneArchives, loneInfos, ambiguous }
}
