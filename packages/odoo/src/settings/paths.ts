import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { OdooError } from '../errors.ts'
import type { OdooSettings } from './settings.ts'

/**
 * Odoo's own default for `data_dir`. `home` is the home of the user that runs Odoo: `/var/lib/odoo` for the
 * Debian package.
 */
export function defaultDataDir(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = environment.HOME ?? homedir(),
  exists: (path: string) => boolean = existsSync,
): string {
  if (platform === 'darwin') return join(home, 'Library/Application Support/Odoo')
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData/Local'), 'OpenERP S.A./Odoo')
  if (!exists(home)) return '/var/lib/odoo'
  return join(environment.XDG_DATA_HOME ?? join(home, '.local/share'), 'Odoo')
}

/**
 * The folder `<data_dir>/filestore` that holds one folder per database, and where its path came from.
 */
export function filestoreRoot(settings: Pick<OdooSettings, 'dataDir'>): string {
  return join(settings.dataDir ?? defaultDataDir(), 'filestore')
}

/**
 * The folder of one database's files: `<data_dir>/filestore/<database>`.
 * @throws OdooError `database_name_invalid` for a name that would lead out of the filestore
 */
export function filestorePath(settings: Pick<OdooSettings, 'dataDir'>, database: string): string {
  if (database === '' || database === '.' || database === '..' || /[\0/\\]/.test(database))
    throw new OdooError('database_name_invalid', 'This cannot be the name of a database with a filestore.')
  return join(filestoreRoot(settings), database)
}

/** For messages: says whether `data_dir` was set or is Odoo's default. */
export function filestoreOrigin(settings: Pick<OdooSettings, 'dataDir'>): string {
  return settings.dataDir === undefined
    ? "Odoo's default data_dir, as odoo.conf sets none"
    : 'the option data_dir'
}
