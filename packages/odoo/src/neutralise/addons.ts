import { access, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { defaultDataDir } from '../settings/paths.ts'
import type { OdooSettings } from '../settings/settings.ts'

/**
 * Where Odoo's own code is when odoo.conf does not say: Debian's and the Docker image's package, the usual clone.
 * Odoo adds the folder of module base to `addons_path` by itself (`odoo.addons.__path__`).
 */
const WELL_KNOWN = ['/usr/lib/python3/dist-packages/odoo', '/opt/odoo/odoo', '/opt/odoo'] as const

/**
 * The folders that Odoo looks for modules in, as far as they can be known without running it: `addons_path`, the
 * source beside each of them, the modules that were put into the data directory, and where Odoo is installed.
 */
export async function addonsFolders(
  { addonsPaths, dataDir }: Pick<OdooSettings, 'addonsPaths' | 'dataDir'>,
  wellKnown: readonly string[] = WELL_KNOWN,
): Promise<readonly string[]> {
  const ofSeries = join(dataDir ?? defaultDataDir(), 'addons')
  const series = await readdir(ofSeries).catch(() => [])
  return [
    ...new Set([
      ...addonsPaths,
      ...addonsPaths.map(path => join(dirname(path), 'odoo/addons')),
      ...series.map(name => join(ofSeries, name)),
      ...wellKnown.flatMap(path => [join(path, 'addons'), join(path, 'odoo/addons')]),
    ]),
  ]
}

async function findModule(module: string, folders: readonly string[]): Promise<string | undefined> {
  if (!/^\w+$/.test(module)) return undefined
  for (const path of folders) {
    const folder = join(path, module)
    for (const manifest of ['__manifest__.py', '__openerp__.py'])
      if (
        await access(join(folder, manifest)).then(
          () => true,
          () => false,
        )
      )
        return folder
  }
  return undefined
}

/**
 * The modules that none of the folders has. Undefined where not even module base is there: then Odoo's code is
 * somewhere else, and nothing is known of any module.
 * @param folders as of `addonsFolders`
 */
export async function missingModules(
  modules: readonly string[],
  folders: readonly string[],
): Promise<readonly string[] | undefined> {
  if ((await findModule('base', folders)) === undefined) return undefined
  const missing: string[] = []
  for (const module of modules) if (!(await findModule(module, folders))) missing.push(module)
  return missing
}

/** `found` is false when the module's code is not in the folders; `sql` its `data/neutralize.sql`, if any. */
export async function neutraliseScript(
  module: string,
  folders: readonly string[],
): Promise<{ found: boolean; sql?: string }> {
  const folder = await findModule(module, folders)
  if (folder === undefined) return { found: false }
  try {
    return { found: true, sql: await readFile(join(folder, 'data/neutralize.sql'), 'utf8') }
  } catch {
    return { found: true }
  }
}
