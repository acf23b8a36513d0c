import { HttpProblem } from '@odoo-backup/service'
import { REFUSAL_WORDS, type RefusalWords } from './refusal-words.ts'

/** Says what was refused and what to do, in the words that it is given. */
export type ToldIn = (words: RefusalWords) => string

/** A refusal that people meet on pages as well: they have it in their language, programs in English. */
export class Refusal extends HttpProblem {
  readonly toldIn: ToldIn

  /** @param cause what only the log may know */
  constructor(status: number, code: string, toldIn: ToldIn, cause?: unknown) {
    super({ status, code, detail: toldIn(REFUSAL_WORDS), cause })
    this.name = 'Refusal'
    this.toldIn = toldIn
  }
}
