import type { Messages } from '../../messages/index.ts'

/** What the forms call a setting of the API, such as `retention.daily`. */
export function nameOfSetting(words: Messages['settings'], path: string): string {
  const [group = '', member = ''] = path.split('.')
  return own(words.namesOf, member) ?? own(words.namesOf, group) ?? path
}

function own(texts: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined
}
