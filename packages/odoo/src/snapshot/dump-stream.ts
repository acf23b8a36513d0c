import { pipeline, Transform } from 'node:stream'
import { types } from 'node:util'
import { OdooError } from '../errors.ts'
import { describeEnding, type Ending, type Program } from '../process/program.ts'

/** Looks at a dump as it goes by. `end` throws when what came cannot be whole. */
export interface DumpWatch {
  push(chunk: Buffer): void
  end(): void
}

/**
 * The output of pg_dump as a stream that ends only after pg_dump has ended well and the watch is content;
 * otherwise it is destroyed with a typed error. Destroying it, or the signal, ends pg_dump.
 */
export function dumpStream(program: Program, watch: DumpWatch, signal?: AbortSignal): Transform {
  const stream = new Transform({
    highWaterMark: 256 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      try {
        watch.push(chunk)
        done(null, chunk)
      } catch (error) {
        done(types.isNativeError(error) ? error : new Error(String(error)))
      }
    },
    flush(done) {
      program.ended
        .then(ending => {
          if (ending.status !== 0) throw dumpFault(ending)
          watch.end()
        })
        .then(() => done(), done)
    },
  })
  program.stdin.on('error', () => {}).end()
  const cancel = () => stream.destroy(new OdooError('cancelled', 'The backup was cancelled.'))
  if (signal?.aborted) queueMicrotask(cancel)
  signal?.addEventListener('abort', cancel, { once: true })
  pipeline(program.stdout, stream, () => {
    signal?.removeEventListener('abort', cancel)
    program.kill()
  })
  program.ended.catch(error => stream.destroy(error))
  stream.on('close', () => program.kill())
  return stream
}

/** Why pg_dump failed: what can be told from its words, else its words. */
function dumpFault(ending: Ending): OdooError {
  const said = ending.stderr
  const words = describeEnding('pg_dump', ending)
  if (/lock timeout|could not obtain lock|query was: LOCK TABLE/i.test(said))
    return new OdooError(
      'database_busy',
      `Another session holds a lock on a table, so that pg_dump gave up waiting. Try again later. ${words}`,
      { retryable: true },
    )
  if (/permission denied/i.test(said))
    return new OdooError(
      'permission_denied',
      `Odoo's PostgreSQL role may not read all of the database. Give it the tables (ALTER TABLE … OWNER TO …). ${words}`,
    )
  if (/server version mismatch|aborting because of server version/i.test(said))
    return new OdooError('tool_missing', `pg_dump is older than the server. Install a newer client. ${words}`)
  if (/password authentication failed|no password supplied|Peer authentication failed/i.test(said))
    return new OdooError('postgres_refused', `PostgreSQL refused pg_dump's log-in. ${words}`)
  if (
    /could not connect|connection to server|terminating connection|server closed the connection/i.test(said)
  )
    return new OdooError('postgres_unreachable', `The connection to PostgreSQL broke. ${words}`, {
      retryable: true,
    })
  return new OdooError('dump_failed', words, { retryable: ending.signal !== null })
}
