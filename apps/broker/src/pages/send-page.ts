import { type Html, sendPage as send } from '@odoo-backup/service'
import type { Response } from 'express'
import { footerOf } from './footer.ts'
import { languageLinks, wordsOf } from './language.ts'
import type { Messages } from './messages/en.ts'

export interface PageContent {
  readonly title: string
  readonly body: Html
  readonly navigation?: Html
  readonly script?: string
  /** 200 by default. */
  readonly status?: number
  /** False for pages that work once: opened again in another language, they would show something else. */
  readonly isSwitchable?: boolean
  /** What of its address is kept where it is read in another language. */
  readonly query?: string
}

/** A page in the words of its reader. */
export type WordedPage = (words: Messages) => PageContent

/** Sends a page in its reader's language. */
export function sendPage(response: Response, page: WordedPage): void {
  const words = wordsOf(response)
  const { isSwitchable = true, query, ...content } = page(words)
  const isOpened = response.req.method === 'GET' && isSwitchable
  send(response, {
    ...content,
    language: words.language,
    skip: words.skip,
    ...footerOf(response, words, { languages: isOpened ? languageLinks(words, query) : undefined }),
  })
}
