import { access, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Where modules may be: the addons paths of odoo.conf, and beside each the folder in which Odoo's own source
 * keeps module base (`odoo/addons` next to `addons`).
 */
function searched(addonsPaths: readonly string[]): string[] {
  return [...new Set([...addonsPaths, ...addonsPaths.map(path => join(dirname(path), 'odoo/addons'))])]
}

async function findModule(module: string, addonsPaths: readonly string[]): Promise<string | undefined> {
  if (!/^\w+$/.test(module)) return undefined
  for (const path of searched(addonsPaths)) {
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

/** The modules that no addons path has; undefined when no path is known. */
export async function missingModules(
  modules: readonly string[],
  addonsPaths: readonly string[],
): Promise<readonly string[] | undefined> {
  if (addonsPaths.length === 0) return undefined
  const missing: string[] = []
  for (const module of modules) if (!(await findModule(module, addonsPaths))) missing.push(module)
  return missing
}

/** `found` is false when the module's code is not in the addons paths; `sql` its `data/neutralize.sql`, if any. */
export async function neutraliseScript(
  module: string,
  addonsPaths: readonly string[],
): Promise<{ found: boolean; sql?: string }> {
  const folder = await findModule(module, addonsPaths)
  if (folder === undefined) return { found: false }
  try {
    return { found: true, sql: await readFile(join(folder, 'data/neutralize.sql'), 'utf8') }
  } catch {
    return { found: true }
  }
}
