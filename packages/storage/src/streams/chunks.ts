import { Readable } from 'node:stream'

/** The chunks of a body; ends with the signal's reason even while the body is silent, and ends the body then. */
export async function* chunksOf(
  body: Readable | Uint8Array,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted()
  if (!(body instanceof Readable)) {
    yield Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    return
  }
  const iterator: AsyncIterator<Buffer | string> = body[Symbol.asyncIterator]()
  let interrupt: (reason: unknown) => void = () => {}
  const stop = () => interrupt(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const { done, value } = await new Promise<IteratorResult<Buffer | string, unknown>>(
        (resolve, reject) => {
          interrupt = reject
          iterator.next().then(resolve, reject)
        },
      )
      if (done) return
      yield typeof value === 'string' ? Buffer.from(value) : value
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    end(body)
  }
}

/** Ends a body whether or not anybody reads it; what it says to that is of no interest any more. */
export function end(body: Readable | Uint8Array): void {
  if (!(body instanceof Readable)) return
  body.on('error', () => {})
  body.destroy()
}
