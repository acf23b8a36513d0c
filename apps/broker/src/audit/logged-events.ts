import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { z } from 'zod'

/** What the log stream's copy of the audit holds of an event, as far as standing and money are concerned. */
const LoggedEvent = z.object({
  at: z.iso.datetime().transform(text => new Date(text)),
  action: z.string(),
  outcome: z.enum(['done', 'refused']),
  accountId: z.uuid().optional(),
  instanceId: z.uuid().optional(),
  reason: z.string().optional().catch(undefined),
  detail: z.record(z.string(), z.unknown()).optional().catch(undefined),
})
export type LoggedEvent = z.output<typeof LoggedEvent>

const Line = z.object({ audit: LoggedEvent })

/** Also in a text within JSON, as a container's log file has it. */
const TELLS_OF_EVENT = /"audit\\?"\s*:/

/**
 * Reads the broker's JSON log lines, one after another; lines that tell of no event are passed over.
 *
 * @param onUnreadable is told the number of each line, from 1, that tells of an event and cannot be read, such as half a one
 */
export async function* loggedEvents(
  input: Readable,
  onUnreadable: (line: number) => void,
): AsyncGenerator<LoggedEvent> {
  let number = 0
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1
    if (!TELLS_OF_EVENT.test(line)) continue
    const read = Line.safeParse(parsed(line))
    if (read.success) yield read.data.audit
    else onUnreadable(number)
  }
}

function parsed(line: string): unknown {
  try {
    // What a collector of logs wrote before the object is passed over.
    return JSON.parse(line.slice(Math.max(0, line.indexOf('{'))))
  } catch {
    return undefined
  }
}
