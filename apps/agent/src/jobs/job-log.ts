import type { JobLogLine, PhaseView } from '@odoo-backup/protocol'
import { createRedaction } from '@odoo-backup/service'
import type { JobQueue } from '../queue/job-queue.ts'
import { formatBytes, formatSeconds } from '../wording/amounts.ts'
import type { JobDependencies } from './context.ts'

/** An error of ten thousand lines is told by its beginning. */
const MOST_CHARACTERS = 4_000

const redaction = createRedaction()

export interface JobLogWriter {
  add(text: string): void
  /** Resolves when all lines are written, or could not be. */
  flush(): Promise<void>
}

/** Writes a job's log into the queue, line after line. A queue that is away costs lines, never the job. */
export function createJobLog(
  queue: Pick<JobQueue, 'log'>,
  id: string,
  { now, warn }: Pick<JobDependencies, 'now' | 'warn'>,
): JobLogWriter {
  let writing: Promise<void> = Promise.resolve()
  return {
    add: text => {
      const line = formatLine({ at: now().toISOString(), text: shorten(redaction.text(text)) })
      writing = writing
        .then(() => queue.log(id, line))
        .catch(error => warn(`A line of a job's log could not be written: ${String(error)}`))
    },
    flush: () => writing,
  }
}

/** What a phase did, such as `dump took 12 s, 340 MB.` */
export function phaseLine({ phase, startedAt, finishedAt, bytes, files }: PhaseView): string {
  const seconds = finishedAt === undefined ? 0 : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  const facts = [
    `took ${formatSeconds(seconds)}`,
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
    ...(files === undefined ? [] : [`${files} files`]),
  ]
  return `The phase ${phase} ${facts.join(', ')}.`
}

/** A line as the queue keeps it: the time, a blank, the text. */
export function formatLine({ at, text }: JobLogLine): string {
  return `${at} ${text}`
}

/** What `formatLine` wrote; undefined for anything else. */
export function readLine(line: string): JobLogLine | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\s\S]*)$/.exec(line)
  return parts?.[1] === undefined || parts[2] === undefined ? undefined : { at: parts[1], text: parts[2] }
}

function shorten(text: string): string {
  return text.length <= MOST_CHARACTERS
    ? text
    : `${text.slice(0, MOST_CHARACTERS)} … (${text.length - MOST_CHARACTERS} more characters)`
}
