import { once } from 'node:events'
import type { Response } from 'express'

const HEARTBEAT_MS = 15_000
const CHECK_MS = 10_000

export interface EventStream<Item> {
  readonly name: string
  readonly source: (signal: AbortSignal) => AsyncIterable<Item>
  /** Whether the reader may still read: who signed out, or whose token was removed, is told no more. */
  readonly isWelcome: () => Promise<boolean>
  /** Aborted when the service ends: a stream would hold up its end otherwise. */
  readonly ending: AbortSignal
  /** How often `isWelcome` is asked, milliseconds. */
  readonly checkEveryMs?: number
}

/**
 * Sends items as server-sent events, each as JSON under its name, until the source ends or the reader leaves or may
 * read no more. A reader who is slower than the source is waited for. An event `beat` now and then keeps proxies from
 * closing a silent stream, and tells a reader who slept that the line is dead when it stays away. `end` is sent where
 * the source ended: a stream that ends without it may be asked for again.
 */
export async function sendEvents<Item>(
  response: Response,
  { name, source, isWelcome, ending, checkEveryMs = CHECK_MS }: EventStream<Item>,
): Promise<void> {
  const over = new AbortController()
  response.once('close', () => over.abort())
  const stop = AbortSignal.any([over.signal, ending])
  response.status(200).set({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would hold the events back until its buffer is full.
    'x-accel-buffering': 'no',
  })
  response.flushHeaders()
  const heartbeat = setInterval(() => response.write('event: beat\ndata: {}\n\n'), HEARTBEAT_MS)
  const check = setInterval(() => {
    void isWelcome().then(welcome => welcome || over.abort())
  }, checkEveryMs)
  try {
    for await (const item of source(stop)) {
      if (stop.aborted) break
      if (!response.write(`event: ${name}\ndata: ${JSON.stringify(item)}\n\n`))
        await once(response, 'drain', { signal: stop })
    }
    if (!stop.aborted) response.write('event: end\ndata: {}\n\n')
  } catch (error) {
    if (!stop.aborted) throw error
  } finally {
    clearInterval(heartbeat)
    clearInterval(check)
    response.end()
  }
}
