import { once } from 'node:events'
import type { Readable, Transform, Writable } from 'node:stream'
import type { OdooCluster } from '../cluster/cluster.ts'
import { OdooError } from '../errors.ts'
import { describeEnding, type Ending, startProgram } from '../process/program.ts'
import { programOutput } from '../process/program-output.ts'

/**
 * Turns pg_dump's custom format into plain SQL (`pg_restore -f -`), so that it goes through the same lexer.
 * The stream ends only after pg_restore has ended well and the archive has been read to its own end:
 * pg_restore stops at the last table, and what checks the archive may speak only behind its last byte.
 */
export async function archiveToSql(
  cluster: OdooCluster,
  archive: Readable,
  onBytes: (bytes: number) => void,
): Promise<Transform> {
  const tool = await cluster.tool('pg_restore')
  const program = startProgram(tool.path, ['--format=custom', '--no-owner', '--no-acl', '--file=-'], {
    environment: await cluster.toolEnvironment('postgres'),
    runAs: cluster.runAs,
  })
  const feeding = feed(archive, program.stdin, onBytes)
  const sql = programOutput(program, {
    fault: ending => archiveFault(ending, tool.version),
    onEnd: () => feeding,
  })
  feeding.catch(error => sql.destroy(error))
  return sql.on('close', () => archive.destroy())
}

/** Reads the archive to its end, and gives to the program what it still takes. */
async function feed(archive: Readable, stdin: Writable, onBytes: (bytes: number) => void): Promise<void> {
  // A program that has read enough closes its side: no failure, its exit status tells.
  stdin.on('error', () => {})
  const closed = new Promise(resolve => stdin.once('close', resolve))
  for await (const chunk of archive) {
    onBytes(chunk.length)
    if (stdin.writable && !stdin.write(chunk))
      await Promise.race([once(stdin, 'drain').catch(() => {}), closed])
  }
  stdin.end()
}

function archiveFault(ending: Ending, version: string): OdooError {
  if (/unsupported version/.test(ending.stderr))
    return new OdooError(
      'tool_missing',
      `The backup was made by a newer pg_dump than this pg_restore (${version}) reads. Install a newer PostgreSQL client.`,
    )
  if (/valid archive|too short|end of file/.test(ending.stderr))
    return new OdooError(
      'dump_incomplete',
      `The archive is not whole. ${describeEnding('pg_restore', ending)}`,
    )
  // What ended it from outside, or a want of memory, says nothing of the archive.
  const retryable = ending.signal !== null || /out of memory/i.test(ending.stderr)
  return new OdooError('load_failed', describeEnding('pg_restore', ending), { retryable })
}
