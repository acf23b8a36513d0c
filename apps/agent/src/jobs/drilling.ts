import { BackupFormatError, type BackupFormatErrorCode, type ReadInfo } from '@odoo-backup/backup-format'
import { type DrillOptions, type DrillResult, drillSnapshot, type OdooCluster } from '@odoo-backup/odoo'
import { AgentError } from '../errors.ts'
import type { JobRun } from './context.ts'
import type { VerifyJob } from './job-data.ts'
import { type ArchiveSource, openArchive, removeTemporary } from './open-archive.ts'
import type { Seal } from './seal.ts'
import type { ListedBackup } from './stored-backups.ts'

export type Drill = (code: { readonly allowed: boolean; readonly sha256?: string }) => Promise<DrillResult>

/** Drills of one archive, any number of them after each other. */
export function drilling(
  run: JobRun<VerifyJob>,
  options: {
    readonly cluster: OdooCluster
    readonly source: ArchiveSource
    readonly password: string | undefined
    readonly notedSha256: string | undefined
    readonly expected: NonNullable<DrillOptions['expected']>
    readonly note: (change: Partial<VerifyJob>) => Promise<void>
    readonly signal: AbortSignal
  },
): Drill {
  const { cluster, source, note, signal } = options
  return async ({ allowed, sha256 }) => {
    let temporary: string | undefined
    const noteTemporary = async (temporaryFile: string) => {
      temporary = temporaryFile
      await note({ temporaryFile })
    }
    try {
      const { password, notedSha256 } = options
      const opening = { password, noteTemporary, sha256, notedSha256, isHashed: true, signal }
      const archive = await openArchive(source, opening)
      try {
        const result = await drillSnapshot(cluster, archive.snapshot, {
          expected: options.expected,
          expectedBytes: archive.expected,
          allowFunctions: allowed,
          note: ({ database }) => note({ scratch: database }),
          faultOf: faultOfArchive,
          onProgress: progress => run.progress(progress),
          signal,
        })
        // What damaged bytes without content do to a restore, such as another program's, nobody has tried.
        if (result.passed) await archive.mustBeAsNoted()
        return result
      } finally {
        await archive.close()
      }
    } catch (error) {
      const fault = faultOfArchive(error)
      if (fault === undefined) throw error
      return { ...NOTHING_SEEN, faults: [fault] }
    } finally {
      await removeTemporary(temporary)
    }
  }
}

/**
 * A dump that holds code is drilled with it on the administrator's word, or where this very server made the archive:
 * then the code is what it runs anyway. Who may write the bucket can change an archive and what `.info` says of it, but
 * not seal it; so it is read once more, and drilled only from a copy that has the sealed bytes.
 */
export async function withCodeOfOurs(
  drill: Drill,
  options: { readonly trusted: boolean; readonly sealed: () => Promise<string | undefined> },
): Promise<DrillResult> {
  const first = await drill({ allowed: options.trusted })
  if (!first.needsWord) return first
  const sha256 = await options.sealed()
  if (sha256 !== undefined) return drill({ allowed: true, sha256 })
  throw new AgentError(
    'dump_refused',
    `${first.faults.join(' ')} That this server made the backup cannot be proved, so its code is not run by itself: verify it with --trust-code, or a newer backup.`,
  )
}

/** The archive's SHA-256 as it was when this server made it; undefined where no seal of ours says so. */
export async function sealedBytes(
  seal: Seal,
  { name, archive: { sizeBytes } }: ListedBackup,
  { facts }: ReadInfo,
): Promise<string | undefined> {
  const sha256 = facts.get('checksums')?.get('sha256')
  const given = facts.get('instance')?.get('seal')
  if (sha256 === undefined || given === undefined) return undefined
  // A key that cannot be read proves nothing.
  const isOurs = await seal.isRight({ name, sizeBytes, sha256 }, given).catch(() => false)
  return isOurs ? sha256 : undefined
}

const NOTHING_SEEN: DrillResult = {
  passed: false,
  faults: [],
  warnings: [],
  tables: 0,
  rows: 0,
  users: 0,
  modules: 0,
  files: 0,
  needsWord: false,
}

const DAMAGE: ReadonlySet<BackupFormatErrorCode> = new Set([
  'zip_invalid',
  'zip_damaged',
  'zip_refused',
  'decryption_failed',
])

/** What is wrong with an archive that does not open, or breaks while it is read; undefined for any other failure. */
function faultOfArchive(error: unknown): string | undefined {
  if (error instanceof BackupFormatError) return DAMAGE.has(error.code) ? error.message : undefined
  return error instanceof AgentError && error.code === 'backup_damaged' ? error.message : undefined
}
