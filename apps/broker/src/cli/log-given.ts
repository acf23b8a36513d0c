import { type LoggedEvent, loggedEvents } from '../audit/logged-events.ts'
import { printNote } from './print-answer.ts'

const MOST_NAMED = 20

/**
 * The events of the log on standard input. At its end standard error is told of lines that cannot be read: what they tell
 * may have been lost with the restored database, and stands nowhere else.
 */
export async function* eventsOfLogGiven(): AsyncGenerator<LoggedEvent> {
  const unreadable: number[] = []
  yield* loggedEvents(process.stdin, line => unreadable.push(line))
  if (unreadable.length === 0) return
  const named = unreadable.slice(0, MOST_NAMED).join(', ')
  const further = unreadable.length > MOST_NAMED ? ', …' : ''
  printNote(
    `Lines that tell of an act and cannot be read: ${unreadable.length} (${named}${further}). What they tell was not made again: see to it by hand, or give the log as the broker wrote it, each line one JSON object.`,
  )
}
