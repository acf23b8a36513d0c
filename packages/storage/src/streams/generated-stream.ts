import { Readable } from 'node:stream'

/**
 * A byte stream over a generator that ends at once when it is destroyed: `signal` then aborts whatever the
 * generator waits for. A plain `Readable.from` would wait for the generator first, which may wait for ever.
 * The signal also aborts with `outer`. With `piecesAhead`, pieces reach the reader one by one, as they were made, and
 * so many wait for it; without, those that wait are joined, which copies them.
 */
export function generatedStream(
  generate: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal | undefined; readonly piecesAhead?: number } = {},
): Readable {
  const { signal: outer, piecesAhead } = options
  const destroyed = new AbortController()
  const signal = outer === undefined ? destroyed.signal : AbortSignal.any([outer, destroyed.signal])
  const stream = Readable.from(
    generate(signal),
    piecesAhead === undefined
      ? { objectMode: false, highWaterMark: 64 * 1024 }
      : { objectMode: true, highWaterMark: piecesAhead },
  )
  const destroy = stream._destroy.bind(stream)
  stream._destroy = (error, done) => {
    destroyed.abort(error ?? undefined)
    destroy(error, done)
  }
  return stream
}
