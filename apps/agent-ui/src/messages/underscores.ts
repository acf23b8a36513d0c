/** A text in its parts, each of which ends with an underscore inside a setting's name, such as `odoo_backup_sh_daily`. */
export function partsByUnderscores(text: string): readonly string[] {
  return text.split(/(?<=\bodoo_(?:[a-z]+_)*)(?=[a-z])/)
}
