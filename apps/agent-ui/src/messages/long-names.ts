/** After an underscore inside a setting's name, such as `odoo_backup_sh_daily`. */
const IN_SETTING = /(?<=\bodoo_(?:[a-z0-9]+_)*)(?=[a-z0-9])/
/** After a slash inside an absolute path, but not after its first one. */
const IN_PATH = /(?<=(?:^|[^\w.:/~-])\/\S*[^\s/]\/)(?=[.-]?\w)/
/** After a dot of the host of a web address, and after its slashes. */
const IN_ADDRESS = /(?<=:\/\/(?:[^\s/]*\.|\S*\/)?)(?=\w)/
const LINE_END = new RegExp([IN_SETTING, IN_PATH, IN_ADDRESS].map(({ source }) => source).join('|'))

/** A text in its parts: where one line does not hold a long name, it may go on in the next one after each of them. */
export function partsOfLongNames(text: string): readonly string[] {
  return text.split(LINE_END)
}
