import { oldNamesIn } from './configuration.ts'
import { type IniDocument, valueIn, withValue } from './ini-document.ts'

/** The document with the former module's key names replaced by ours; a key that stands under both keeps ours. */
export function withoutOldNames(document: IniDocument): IniDocument {
  return oldNamesIn(document).reduce((changed, { old, name }) => {
    const value = valueIn(changed, 'options', old)
    const kept = valueIn(changed, 'options', name)
    const removed = withValue(changed, 'options', old, undefined)
    return kept === undefined && value !== undefined ? withValue(removed, 'options', name, value) : removed
  }, document)
}
