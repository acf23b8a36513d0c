const NAME = /\bodoo_[a-z0-9_]*[a-z0-9]/g

/** A text in its parts, each of which ends with an underscore inside a setting's name, such as `odoo_backup_sh_daily`. */
export function partsByUnderscores(text: string): readonly string[] {
  const parts: string[] = []
  let begun = 0
  for (const { 0: name, index } of text.matchAll(NAME))
    for (let at = name.indexOf('_'); at !== -1; at = name.indexOf('_', at + 1)) {
      parts.push(text.slice(begun, index + at + 1))
      begun = index + at + 1
    }
  return [...parts, text.slice(begun)]
}
