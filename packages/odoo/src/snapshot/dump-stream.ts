import type { Readable } from 'node:stream'
import { STATEMENT_ENDED } from '../cluster/postgres-error.ts'
import { OdooError } from '../errors.ts'
import { describeEnding, type Ending, type Program } from '../process/program.ts'
import { programOutput } from '../process/program-output.ts'

/** Looks at a dump as it goes by. `end` throws when what came cannot be whole. */
export interface DumpWatch {
  push(chunk: Buffer): void
  end(): void | Promise<void>
}

/** The output of pg_dump; it ends only after pg_dump has ended well and the watch is content. */
export function dumpStream(program: Program, watch: DumpWatch, signal?: AbortSignal): Readable {
  program.stdin.on('error', () => {}).end()
  return programOutput(program, {
    onChunk: chunk => watch.push(chunk),
    onEnd: () => watch.end(),
    fault: dumpFault,
    signal,
  })
}

/** Why pg_dump failed: what can be told from its words, else its words. */
function dumpFault(ending: Ending): OdooError {
  const said = ending.stderr
  const words = describeEnding('pg_dump', ending)
  // First, as pg_dump tells of it at a LOCK TABLE that the server refused.
  if (/permission denied/i.test(said))
    return new OdooError(
      'role_lacks_right',
      `Odoo's PostgreSQL role may not read all of the database. Give it the tables (ALTER TABLE … OWNER TO …). ${words}`,
    )
  // Its own time limit for locks ends statements as another does: only a wish to end them is told apart.
  if (/canceling statement due to user request/i.test(said))
    return new OdooError('statement_ended', `${STATEMENT_ENDED} ${words}`, { retryable: true })
  if (/lock timeout|could not obtain lock|query was: LOCK TABLE/i.test(said))
    return new OdooError(
      'database_busy',
      `Another session holds a lock on a table, so that pg_dump gave up waiting. Try again later. ${words}`,
      { retryable: true },
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
