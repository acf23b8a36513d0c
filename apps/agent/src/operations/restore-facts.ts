import type { BackupDetails, RestoreRequest, WarningText } from '@odoo-backup/protocol'
import { openSource } from '../jobs/archive-source.ts'
import { asAgentError } from '../jobs/failure.ts'
import type { Places } from '../jobs/find-place.ts'
import { type ArchiveLook, lookIntoArchive } from '../jobs/look-into-archive.ts'

/** What a backup says of itself before it is restored: its `.info` first, where it has one, then the archive. */
export interface BackupFacts extends Pick<ArchiveLook, 'encrypted' | 'format' | 'fault'> {
  readonly passwordGiven: boolean
  /** The archive's own size, as it is stored. */
  readonly sizeBytes?: number
  readonly original?: string
  readonly odooVersion?: string
  readonly postgresVersion?: string
  /** Their technical names. */
  readonly modules?: readonly string[]
  readonly dumpBytes?: number
  readonly files?: number
  readonly filesBytes?: number
  /** What was found when it was made. */
  readonly warnings: readonly WarningText[]
}

/** Opens the archive and asks it. Rejects where it cannot be read at all: unknown, or its storage away. */
export async function backupFacts(
  places: Places,
  source: RestoreRequest['source'],
  known: { readonly details: BackupDetails | undefined; readonly password: string | undefined },
): Promise<BackupFacts> {
  const { details, password } = known
  const { look, sizeBytes } = await lookAt(places, source, password)
  const { manifest } = look
  const told = {
    sizeBytes,
    original: details?.database ?? worded(manifest?.db_name),
    odooVersion: details?.odooVersion ?? worded(manifest?.major_version),
    postgresVersion: details?.postgresVersion ?? worded(manifest?.pg_version),
    modules: moduleNames(details?.modules ?? manifest?.modules),
    dumpBytes: details?.dumpBytes ?? look.dumpBytes,
    files: details?.files ?? look.files,
    filesBytes: details?.filesBytes ?? look.filesBytes,
  }
  return {
    ...withoutAbsent(told),
    encrypted: look.encrypted,
    ...(look.format === undefined ? {} : { format: look.format }),
    ...(look.fault === undefined ? {} : { fault: look.fault }),
    passwordGiven: password !== undefined,
    warnings: (details?.warnings ?? []).map(({ text }) => text),
  }
}

async function lookAt(
  places: Places,
  from: RestoreRequest['source'],
  password: string | undefined,
): Promise<{ look: ArchiveLook; sizeBytes: number | undefined }> {
  try {
    const { source, close } = await openSource(places, from)
    try {
      return { look: await lookIntoArchive(source, password), sizeBytes: source.sizeBytes }
    } finally {
      close()
    }
  } catch (error) {
    const fault = asAgentError(error)
    // A file that is no backup at all: the plan says so, as it says what is wrong with a backup.
    if (fault.code !== 'backup_damaged') throw fault
    return { look: { encrypted: false, fault }, sizeBytes: undefined }
  }
}

function worded(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

function moduleNames(modules: Readonly<Record<string, string>> | undefined): readonly string[] | undefined {
  return modules === undefined ? undefined : Object.keys(modules)
}

function withoutAbsent<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> }
function withoutAbsent(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
