import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AgentError } from '../errors.ts'
import type { Output, World } from './world.ts'

/**
 * A stream of this process as an output. A reader that went away (`| head`) is no error for text; `writeBytes` rejects
 * with EPIPE, since whole files need not be made for nobody.
 */
export function outputOf(stream: Writable & { readonly isTTY?: boolean; readonly columns?: number }): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80
    },
    write: text => void stream.write(text),
    writeBytes: async bytes => {
      if (stream.errored !== null) throw stream.errored
      if (!stream.write(bytes)) await once(stream, 'drain')
    },
  }
}

/** Asks on standard error, so that standard output stays for results; undefined where nobody sits at a terminal. */
export function askOnTerminal(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream & { readonly isTTY?: boolean },
  signal: AbortSignal,
): World['ask'] {
  if (input.isTTY !== true || output.isTTY !== true) return undefined
  return async (question, { hidden = false } = {}) => {
    output.write(question)
    // readline echoes to where it writes: for a password that is nowhere.
    const echo = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output
    const lines = createInterface({ input, output: echo, terminal: true })
    // Ctrl-C, which readline takes for itself, and Ctrl-D.
    const given = new AbortController()
    lines.once('SIGINT', () => given.abort())
    lines.once('close', () => given.abort())
    try {
      return await lines.question('', { signal: AbortSignal.any([signal, given.signal]) })
    } catch (error) {
      if (!signal.aborted && !given.signal.aborted) throw error
      output.write('\n')
      throw new AgentError('cancelled', 'Nothing was changed.')
    } finally {
      lines.close()
      if (hidden) output.write('\n')
    }
  }
}
