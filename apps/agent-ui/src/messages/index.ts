import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { recall, remember } from '../remembered.ts'
import { de } from './de/index.ts'
import { en, type Messages } from './en/index.ts'

export type { Messages } from './en/index.ts'

export const LANGUAGES: Readonly<Record<string, Messages>> = { en, de }

const KEY = 'odoo-backup-language'

/** The reader's choice if there is one, else the first language of the browser that we speak, else English. */
export function firstLanguage(): Messages {
  const wishes = [recall(KEY) ?? '', ...navigator.languages.map(tag => tag.slice(0, 2))]
  return LANGUAGES[wishes.find(wish => Object.hasOwn(LANGUAGES, wish)) ?? 'en'] ?? en
}

export function rememberLanguage(messages: Messages): void {
  remember(KEY, messages.language)
}

export const MessagesContext = createContext<Messages>(en)

export const useMessages = (): Messages => useContext(MessagesContext)
