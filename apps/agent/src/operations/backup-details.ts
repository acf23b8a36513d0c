import type { ReadInfo } from '@odoo-backup/backup-format'
import type { BackupDetails, BackupView } from '@odoo-backup/protocol'
import { readWarnings } from '../jobs/kept-warning.ts'
import { asWarning } from '../wording/warning.ts'

/** What `.info` says of a backup; every fact may be absent, as others wrote some of them. */
export function detailsOf(view: BackupView, info: ReadInfo): BackupDetails {
  const fact = (section: string, key: string) => info.facts.get(section)?.get(key)
  const count = (section: string, key: string) => {
    const value = Number(fact(section, key) ?? Number.NaN)
    return Number.isSafeInteger(value) && value >= 0 ? value : undefined
  }
  const rows = info.facts.get('rows')
  const modules = info.facts.get('modules')
  const serverVersion = count('tools', 'server_version')
  const seconds = Number(fact('backup', 'duration_seconds') ?? Number.NaN)
  return {
    ...view,
    instanceId: fact('instance', 'id'),
    odooVersion: fact('odoo', 'version'),
    postgresVersion: serverVersion === undefined ? undefined : postgresVersion(serverVersion),
    modules: modules === undefined ? undefined : Object.fromEntries(modules),
    tables: rows?.size,
    rows: rows === undefined ? undefined : sum(rows.values()),
    dumpBytes: count('sizes', 'dump_bytes'),
    files: count('sizes', 'files'),
    filesBytes: count('sizes', 'files_bytes'),
    missingFiles: count('missing_files', 'count'),
    durationSeconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined,
    warnings: readWarnings(info.facts).map(asWarning),
  }
}

function postgresVersion(version: number): string {
  return `${Math.floor(version / 10_000)}.${version % 10_000}`
}

function sum(values: Iterable<string>): number {
  let total = 0
  for (const value of values) total += Number(value) || 0
  return total
}
