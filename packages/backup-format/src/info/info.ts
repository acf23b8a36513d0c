import { formatTimestamp, parseTimestamp } from '../names/timestamp.ts'
import { decodeEscapes, escapeKey, escapeValue, readIni, writeIni } from './ini.ts'

/** Larger descriptions are not read beyond this; the row counts of thousands of tables fit well below. */
export const MAX_INFO_BYTES = 4 * 1024 * 1024

/** Facts by section and key, such as `instance` → `id`. */
export type Facts = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>

/** What stands in the `.info` object beside an archive. */
export interface BackupInfo {
  readonly database: string
  readonly encrypted: boolean
  /** To the second; the time in the names of both objects. */
  readonly takenAt: Date
  /** Of the archive as stored, encrypted or not. */
  readonly sizeBytes: number
  /** The destination's id, such as `odoo_backup_sh`. */
  readonly storageService: string
  /** Sections of their own beside `[common]`, which the Odoo module odoo_backup_sh does not read. */
  readonly facts?: Facts
}

/** What could be read of an `.info`, ours, the old module's or anybody's: every part may be absent. */
export interface ReadInfo {
  readonly database: string | undefined
  readonly encrypted: boolean | undefined
  readonly takenAt: Date | undefined
  /** Exact where we wrote it; from the old module, to its rounding. */
  readonly sizeBytes: number | undefined
  readonly storageService: string | undefined
  /** Every section but `[common]`. */
  readonly facts: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** The text of an `.info`. Its `[common]` section has exactly the keys that odoo_backup_sh writes and reads. */
export function writeInfo(info: BackupInfo): string {
  const facts: Facts = {
    ...info.facts,
    archive: { ...info.facts?.archive, size_bytes: info.sizeBytes },
  }
  return writeIni([
    [
      'common',
      [
        ['database', info.database],
        ['encrypted', info.encrypted ? 'True' : 'False'],
        ['upload_datetime', formatTimestamp(info.takenAt)],
        ['backup_size', pythonFloat(info.sizeBytes / 1_048_576)],
        ['storage_service', info.storageService],
      ],
    ],
    ...Object.entries(facts).map(
      ([section, options]) =>
        [
          escapeKey(section),
          Object.entries(options).map(
            ([key, value]) => [escapeKey(key), escapeValue(String(value))] as const,
          ),
        ] as const,
    ),
  ])
}

/** Reads an `.info` tolerantly: garbage, too much of it, a byte order mark and unknown keys are no errors. */
export function readInfo(content: Uint8Array | string): ReadInfo {
  const text =
    typeof content === 'string'
      ? content.slice(0, MAX_INFO_BYTES)
      : Buffer.from(content.subarray(0, MAX_INFO_BYTES)).toString('utf8')
  const sections = readIni(text)
  const common = sections.get('common')
  const facts = new Map<string, ReadonlyMap<string, string>>()
  for (const [section, options] of sections) {
    if (section === 'common') continue
    const decoded = Array.from(options, ([key, value]) => [decodeEscapes(key), decodeEscapes(value)] as const)
    facts.set(decodeEscapes(section), new Map(decoded))
  }
  const exactBytes = nonNegative(facts.get('archive')?.get('size_bytes'))
  const roundedMib = nonNegative(common?.get('backup_size'))
  return {
    database: common?.get('database'),
    encrypted: boolean(common?.get('encrypted')),
    takenAt: parseTimestamp(common?.get('upload_datetime') ?? ''),
    sizeBytes: exactBytes ?? (roundedMib === undefined ? undefined : Math.round(roundedMib * 1_048_576)),
    storageService: common?.get('storage_service'),
    facts,
  }
}

/** Python writes a whole float with a decimal point. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

function boolean(text: string | undefined): boolean | undefined {
  if (text === 'True' || text === 'true') return true
  return text === 'False' || text === 'false' ? false : undefined
}

function nonNegative(text: string | undefined): number | undefined {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
