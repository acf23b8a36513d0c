/** How far a statement goes into an SQL body (`BEGIN ATOMIC …; END`), whose semicolons end nothing. */
export interface RoutineBody {
  /** The first words, as far as they say whether a routine is created. */
  readonly head: string
  readonly words: number
  /** BEGIN and CASE that no END has closed. */
  readonly open: number
}

export const NO_BODY: RoutineBody = { head: '', words: 0, open: 0 }

const CREATES_ROUTINE = /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE) /
/** As many words as the longest such beginning has. */
const HEAD_WORDS = 4

/** Takes the next unquoted word, as psql (psqlscan.l, from PostgreSQL 14 on) counts them. */
export function afterWord(body: RoutineBody, word: string, parentheses: number): RoutineBody {
  const upper = word.toUpperCase()
  const head = body.words < HEAD_WORDS ? `${body.head}${upper} ` : body.head
  return { head, words: body.words + 1, open: opened({ ...body, head }, upper, parentheses) }
}

function opened({ head, open }: RoutineBody, word: string, parentheses: number): number {
  if (parentheses > 0 || !CREATES_ROUTINE.test(head)) return open
  if (word === 'BEGIN' || (word === 'CASE' && open > 0)) return open + 1
  return word === 'END' ? Math.max(open - 1, 0) : open
}
