import { de } from './de.ts'
import { type ConsoleMessages, en } from './en.ts'

export type { ConsoleMessages } from './en.ts'

/** The words of the console in the language of the broker's other pages. */
export function consoleWordsOf(language: string): ConsoleMessages {
  return [en, de].find(words => words.language === language) ?? en
}
