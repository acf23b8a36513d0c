import type { ConsoleMessages } from './messages/index.ts'

/** What pages say of a change when they lead back from it: the address holds the word alone, so no text of others. */
export type Done = keyof ConsoleMessages['done']

/** The address of the page that says so. */
export function saying(path: string, done: Done): string {
  return `${path}?done=${done}`
}

/** What a page says that was led to so; undefined for any word that is none of ours. */
export function doneSentence(
  word: string | undefined,
  { done }: Pick<ConsoleMessages, 'done'>,
): string | undefined {
  return Object.entries(done).find(([name]) => name === word)?.[1]
}
