import type { Response } from 'express'

const HEARTBEAT_MS = 15_000

/**
 * Sends items as server-sent events, each as JSON under its name, until the source ends or the reader leaves. An
 * event `beat` now and then keeps proxies from closing a silent stream, and tells a reader who slept that the line is
 * dead when it stays away.
 */
export async function sendEvents<Item>(
  response: Response,
  name: string,
  source: (signal: AbortSignal) => AsyncIterable<Item>,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would hold the events back until its buffer is full.
    'x-accel-buffering': 'no',
  })
  response.flushHeaders()
  const heartbeat = setInterval(() => response.write('event: beat\ndata: {}\n\n'), HEARTBEAT_MS)
  try {
    for await (const item of source(gone.signal)) {
      if (gone.signal.aborted) break
      response.write(`event: ${name}\ndata: ${JSON.stringify(item)}\n\n`)
    }
    response.write('event: end\ndata: {}\n\n')
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    clearInterval(heartbeat)
    response.end()
  }
}
