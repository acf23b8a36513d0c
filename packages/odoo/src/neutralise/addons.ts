import { access, readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
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

/**
 * The folders whose code may be of one series (`16.0`): a script of Odoo 17 names columns that a database of 15 does
 * not have. Left out are those that say otherwise, by the data directory's own names or by the `release.py` of the
 * Odoo that they belong to.
 */
export async function foldersOfSeries(
  folders: readonly string[],
  series: string,
): Promise<readonly string[]> {
  const kept: string[] = []
  for (const folder of folders) if (((await seriesOf(folder)) ?? series) === series) kept.push(folder)
  return kept
}

async function seriesOf(folder: string): Promise<string | undefined> {
  if (/^\d+\.\d+$/.test(basename(folder))) return basename(folder)
  for (const release of ['release.py', 'odoo/release.py']) {
    const text = await readFile(join(dirname(folder), release), 'utf8').catch(() => '')
    const [, major, minor] = /^version_info\s*=\s*\(\s*['"]?([\w~-]+?)['"]?\s*,\s*(\d+)\s*,/m.exec(text) ?? []
    if (major !== undefined && minor !== undefined) return `${major}.${minor}`
  }
  return undefined
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

/** Odoo Studio keeps its work in a module that is in the database alone. */
const WITHOUT_CODE: ReadonlySet<string> = new Set(['studio_customization'])

/**
 * The modules that none of the folders has, of those that have code. Undefined where not even module base is there: then Odoo's code is
 * somewhere else, and nothing is known of any module.
 * @param folders as of `addonsFolders`
 */
export async function missingModules(
  modules: readonly string[],
  folders: readonly string[],
): Promise<readonly string[] | undefined> {
  if ((await findModule('base', folders)) === undefined) return undefined
  const missing: string[] = []
  for (const module of modules)
    if (!WITHOUT_CODE.has(module) && !(await findModule(module, folders))) missing.push(module)
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
