import { randomBytes } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { types } from 'node:util'
import type { OdooCluster } from '../cluster/cluster.ts'
import { knowsRestrict } from '../cluster/tools.ts'
import { type DumpCounts, DumpFilter } from '../dump-lexer/dump-filter.ts'
import { OdooError } from '../errors.ts'
import { startProgram } from '../process/program.ts'
import type { RestorableSnapshot } from '../snapshot/snapshot.ts'
import { archiveToSql } from './archive-to-sql.ts'
import { loadFault } from './load-fault.ts'

export interface LoadOptions {
  readonly allowFunctions: boolean
  readonly onBytes: (bytes: number) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * For the session that loads. The commit of each statement need not wait for the disk: the rename that makes
 * the database public does. The dump is read by our rules of quoting, so the server's must be the same.
 */
const SESSION =
  '-c synchronous_commit=off -c standard_conforming_strings=on -c statement_timeout=0 -c lock_timeout=0 ' +
  '-c idle_in_transaction_session_timeout=0 -c client_min_messages=warning'

/**
 * Loads a dump into an empty database: through the lexer, which lets only pg_dump's own statements pass, into
 * psql, which stops at the first error. Without a single transaction: that would hold thousands of locks, and
 * a stream cut inside COPY would commit its half. The database must not be public before this resolves.
 * @throws OdooError `dump_refused`, `dump_incomplete`, `load_failed`, `extension_refused`, `disk_full`; what
 * the snapshot's own stream fails with passes through
 */
export async function loadDump(
  cluster: OdooCluster,
  database: string,
  snapshot: RestorableSnapshot,
  options: LoadOptions,
): Promise<DumpCounts> {
  const psqlTool = await cluster.tool('psql')
  const knownSettings = await cluster.withClient(database, async client => {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_settings')
    return new Set(rows.map(row => row.name))
  })
  const environment = await cluster.toolEnvironment(database)
  const psql = startProgram(
    psqlTool.path,
    [
      '--no-psqlrc',
      '--quiet',
      '--no-password',
      '--output=/dev/null',
      '--set=ON_ERROR_STOP=1',
      '--set=VERBOSITY=verbose',
      '--file=-',
    ],
    { environment: { ...environment, PGOPTIONS: SESSION, PGCLIENTENCODING: 'UTF8' }, runAs: cluster.runAs },
  )
  psql.stdout.resume()
  // Once psql has ended, writing to it fails: the reason is asked of psql itself.
  psql.stdin.on('error', () => {})
  if (knowsRestrict(psqlTool)) psql.stdin.write(`\\restrict ${randomBytes(24).toString('hex')}\n`)
  const filter = new DumpFilter({ allowFunctions: options.allowFunctions, knownSettings })
  const stages = await sqlStages(cluster, snapshot, options.onBytes)
  // It has read the whole dump long before it has made the last index.
  const stop = () => psql.kill()
  options.signal?.addEventListener('abort', stop, { once: true })
  let failure: unknown
  try {
    await pipeline([...stages, filter, psql.stdin], options.signal ? { signal: options.signal } : {})
  } catch (error) {
    failure = error
    if (!isBrokenPipe(error)) psql.kill()
  }
  const ending = await psql.ended.finally(() => options.signal?.removeEventListener('abort', stop))
  if (options.signal?.aborted) throw new OdooError('cancelled', 'The restore was cancelled.')
  if (failure !== undefined && !isBrokenPipe(failure)) throw failure
  if (ending.status !== 0) throw loadFault(ending)
  if (failure !== undefined)
    throw new OdooError('load_failed', 'psql stopped reading before the end of the dump. Try again.', {
      retryable: true,
      cause: failure,
    })
  return filter.counts
}

/** The dump as plain SQL, each piece counted as it leaves the backup. */
async function sqlStages(
  cluster: OdooCluster,
  snapshot: RestorableSnapshot,
  onBytes: (bytes: number) => void,
): Promise<[Readable, ...Transform[]]> {
  if (snapshot.dumpFormat === 'custom') return [await archiveToSql(cluster, snapshot.dump(), onBytes)]
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length)
      done(null, chunk)
    },
  })
  return [snapshot.dump(), meter]
}

function isBrokenPipe(error: unknown): boolean {
  return (
    types.isNativeError(error) &&
    'code' in error &&
    (error.code === 'EPIPE' || error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
  )
}
