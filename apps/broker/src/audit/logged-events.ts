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

/** Reads the broker's JSON log lines, one after another; lines that tell of no event are passed over. */
export async function* loggedEvents(input: Readable): AsyncGenerator<LoggedEvent> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!line.includes('"audit"')) continue
    const read = Line.safeParse(parsed(line))
    if (read.success) yield read.data.audit
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
