import type { Request } from 'express'
import { ENGLISH, type PageWords } from './words-english.ts'
import { GERMAN } from './words-german.ts'

export type { PageWords }

/** The words for the reader of a request, by what the browser says that its reader understands. */
export function wordsFor(request: Request): PageWords {
  return request.acceptsLanguages(['en', 'de']) === 'de' ? GERMAN : ENGLISH
}
