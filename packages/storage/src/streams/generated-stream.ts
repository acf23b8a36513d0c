import { Readable } from 'node:stream'

/**
 * A byte stream over a generator that ends at once when it is destroyed: `signal` then aborts whatever the
 * generator waits for. A plain `Readable.from` would wait for the generator first, which may wait for ever.
 * The signal also aborts with `outer`.
 */
export function generatedStream(
  generate: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal | undefined; readonly highWaterMark?: number } = {},
): Readable {
  const { signal: outer, highWaterMark = 64 * 1024 } = options
  const destroyed = new AbortController()
  const signal = outer === undefined ? destroyed.signal : AbortSignal.any([outer, destroyed.signal])
  const stream = Readable.from(generate(signal), { objectMode: false, highWaterMark })
  const destroy = stream._destroy.bind(stream)
  stream._destroy = (error, done) => {
    destroyed.abort(error ?? undefined)
    destroy(error, done)
  }
  return stream
}
