import type { OdooManifest } from '@odoo-backup/protocol'

/**
 * The version of an Odoo series from what module base says of itself: `16.0.1.3` is 16.0, written as Odoo
 * writes its `release.version_info`.
 */
export function odooVersion(
  latestVersion: string | null | undefined,
): { version: string; versionInfo: OdooManifest['version_info'] } | undefined {
  const [, major, minor] = /^((?:saas[~-])?\d+)\.(\d+)(?:\.|$)/.exec(latestVersion ?? '') ?? []
  if (!major || !minor) return undefined
  const series = /^\d+$/.test(major) ? Number(major) : major
  return { version: `${major}.${minor}`, versionInfo: [series, Number(minor), 0, 'final', 0, ''] }
}
