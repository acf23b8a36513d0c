import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { Output, World } from './world.ts'

/** A stream of this process as an output; a reader that went away (`| head`) is no error. */
export function outputOf(stream: NodeJS.WriteStream): Output {
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
      if (!stream.write(bytes)) await once(stream, 'drain')
    },
  }
}

/** Asks on standard error, so that standard output stays for results; undefined where nobody sits at a terminal. */
export function askOnTerminal(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  signal: AbortSignal,
): World['ask'] {
  if (input.isTTY !== true || output.isTTY !== true) return undefined
  return async (question, { hidden = false } = {}) => {
    output.write(question)
    // readline echoes to where it writes: for a password that is nowhere.
    const echo = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output
    const lines = createInterface({ input, output: echo, terminal: true })
    try {
      return await lines.question('', { signal })
    } finally {
      lines.close()
      if (hidden) output.write('\n')
    }
  }
}
