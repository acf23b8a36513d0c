import { OdooManifest } from '@odoo-backup/protocol'
import { z } from 'zod'

/** What a restore does without: Odoo itself never reads the manifest when it restores. */
const UNKNOWN: OdooManifest = {
  odoo_dump: '1',
  db_name: '',
  version: '',
  version_info: [0, 0, 0, 'final', 0, ''],
  major_version: '',
  pg_version: '',
  modules: {},
}

/** Reads `manifest.json`, keeping each key that makes sense: a blemish in it must not cost the backup. */
export function readManifest(content: Buffer | undefined): OdooManifest {
  const parsed = parseJson(content)
  const whole = OdooManifest.safeParse(parsed)
  if (whole.success) return whole.data
  const keys = z.record(z.string(), z.unknown()).safeParse(parsed)
  if (!keys.success) return UNKNOWN
  const text = (key: string): string => z.string().catch('').parse(keys.data[key])
  return {
    ...UNKNOWN,
    db_name: text('db_name'),
    version: text('version'),
    version_info: OdooManifest.shape.version_info.catch(UNKNOWN.version_info).parse(keys.data.version_info),
    major_version: text('major_version'),
    pg_version: text('pg_version'),
    modules: OdooManifest.shape.modules.catch({}).parse(keys.data.modules),
  }
}

function parseJson(content: Buffer | undefined): unknown {
  try {
    return JSON.parse(content?.toString('utf8').replace(/^\uFEFF/, '') ?? '')
  } catch {
    return undefined
  }
}
