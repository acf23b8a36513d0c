/**
 * For the statements of a grouped query, in milliseconds: as all others wait for the one that is under way, none may
 * hang on a connection whose server has vanished. The pool replaces a connection on which this time has passed.
 */
export const GROUPED_QUERY_TIMEOUT_MS = 5000

/**
 * Collects what is asked while a query is under way and asks it all in the next one: under load, hundreds of
 * look-ups become one round trip, and an idle service waits for nothing. An answer is never older than its
 * question, since a question joins only a query that has not begun.
 */
export function createGroupedQuery<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  largestGroup: number,
): (question: Question) => Promise<Answer> {
  interface Waiting {
    readonly question: Question
    readonly answered: (answer: Answer) => void
    readonly failed: (error: unknown) => void
  }
  let waiting: Waiting[] = []
  let asking = false

  async function askAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, largestGroup)
      waiting = waiting.slice(largestGroup)
      try {
        const answers = await ask(group.map(({ question }) => question))
        for (const [index, { answered, failed }] of group.entries()) {
          const answer = answers[index]
          if (answer === undefined) failed(new Error('A grouped query left a question without its answer.'))
          else answered(answer)
        }
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
    }
    asking = false
  }

  return question =>
    new Promise((answered, failed) => {
      waiting.push({ question, answered, failed })
      if (asking) return
      asking = true
      // Whatever else this turn of the event loop brings joins the first group.
      setImmediate(askAll)
    })
}
