import type { Facts } from '@odoo-backup/backup-format'
import type { LiveSnapshot } from '@odoo-backup/odoo'
import type { SentObject } from '@odoo-backup/storage'
import { writeWarnings } from './kept-warning.ts'

/** Missing files are named in `.info`, so that a drill does not count them again; beyond this they are only counted. */
const MOST_NAMED = 20_000

/** What `.info` says of a backup in sections of its own, beside the former module's `[common]`. */
export function backupFacts(options: {
  readonly snapshot: LiveSnapshot
  readonly sent: SentObject
  readonly instanceId: string
  /** By which this server knows the archive as its own; absent where it could not be made. */
  readonly seal: string | undefined
  readonly agentVersion: string
  readonly format: 'zip' | 'dump'
  readonly startedAt: Date
  readonly finishedAt: Date
}): Facts {
  const { snapshot, sent } = options
  const facts = snapshot.facts()
  const named = facts.missingFiles.slice(0, MOST_NAMED)
  return {
    instance: {
      id: options.instanceId,
      agent_version: options.agentVersion,
      ...(options.seal === undefined ? {} : { seal: options.seal }),
    },
    backup: {
      format: options.format,
      snapshot_at: facts.takenAt.toISOString(),
      duration_seconds: Math.round((options.finishedAt.getTime() - options.startedAt.getTime()) / 100) / 10,
    },
    odoo: {
      version: facts.odooVersion,
      ...(facts.databaseUuid === undefined ? {} : { database_uuid: facts.databaseUuid }),
    },
    tools: { server_version: facts.serverVersion, pg_dump: facts.pgDumpVersion },
    sizes: { dump_bytes: facts.dumpBytes, files: facts.fileCount, files_bytes: facts.fileBytes },
    checksums: { sha256: sent.sha256, etag: sent.expectedEtag },
    modules: snapshot.manifest.modules,
    rows: Object.fromEntries(facts.rowCounts),
    sequences: Object.fromEntries(facts.sequences),
    missing_files: {
      count: facts.missingFiles.length,
      ...Object.fromEntries(named.map((file, index) => [`file_${index + 1}`, file])),
    },
    ...writeWarnings(facts.warnings),
  }
}
