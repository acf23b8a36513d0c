import { pipeline, Transform } from 'node:stream'
import { types } from 'node:util'
import { OdooError } from '../errors.ts'
import type { Ending, Program } from './program.ts'

export interface OutputOptions {
  /** Sees each piece as it goes by; what it throws destroys the stream. */
  readonly onChunk?: (chunk: Buffer) => void
  /** Asked when the program has ended well and all is read; what it throws destroys the stream. */
  readonly onEnd?: () => void | Promise<void>
  /** The error for a program that ended otherwise. */
  readonly fault: (ending: Ending) => OdooError
  readonly signal?: AbortSignal | undefined
}

/**
 * A program's output as a stream that ends only after the program has ended with status 0: output that stops
 * short is never taken for all of it. Destroying the stream, or the signal, ends the program.
 */
export function programOutput(program: Program, options: OutputOptions): Transform {
  const stream = new Transform({
    highWaterMark: 256 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      try {
        options.onChunk?.(chunk)
        done(null, chunk)
      } catch (error) {
        done(types.isNativeError(error) ? error : new Error(String(error)))
      }
    },
    flush(done) {
      program.ended
        .then(ending => {
          if (ending.status !== 0) throw options.fault(ending)
          return options.onEnd?.()
        })
        .then(() => done(), done)
    },
  })
  const { signal } = options
  const cancel = () => stream.destroy(new OdooError('cancelled', 'The work was cancelled.'))
  if (signal?.aborted) queueMicrotask(cancel)
  signal?.addEventListener('abort', cancel, { once: true })
  pipeline(program.stdout, stream, () => {})
  program.ended.catch(error => stream.destroy(error))
  return stream.on('close', () => {
    signal?.removeEventListener('abort', cancel)
    program.kill()
  })
}
