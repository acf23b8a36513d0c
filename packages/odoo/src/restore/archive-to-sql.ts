import { pipeline, type Readable, type Transform } from 'node:stream'
import type { OdooCluster } from '../cluster/cluster.ts'
import { OdooError } from '../errors.ts'
import { describeEnding, type Ending, startProgram } from '../process/program.ts'
import { programOutput } from '../process/program-output.ts'

/**
 * Turns pg_dump's custom format into plain SQL (`pg_restore -f -`), so that it goes through the same lexer.
 * The stream ends only after pg_restore has read all of the archive and ended well.
 */
export async function archiveToSql(
  cluster: OdooCluster,
  archive: Readable,
  meter: Transform,
): Promise<Transform> {
  const tool = await cluster.tool('pg_restore')
  const program = startProgram(tool.path, ['--format=custom', '--no-owner', '--no-acl', '--file=-'], {
    environment: await cluster.toolEnvironment('postgres'),
    runAs: cluster.runAs,
  })
  const sql = programOutput(program, { fault: ending => archiveFault(ending, tool.version) })
  pipeline(archive, meter, program.stdin, error => {
    // pg_restore may stop reading early, and says itself why; any other failure is the archive's own.
    if (error && error.code !== 'EPIPE') sql.destroy(error)
  })
  return sql.on('close', () => archive.destroy())
}

function archiveFault(ending: Ending, version: string): OdooError {
  if (/unsupported version/.test(ending.stderr))
    return new OdooError(
      'tool_missing',
      `The backup was made by a newer pg_dump than this pg_restore (${version}) reads. Install a newer PostgreSQL client.`,
    )
  if (
    /input file does not appear to be a valid archive|too short|unexpected end of file|end of file/.test(
      ending.stderr,
    )
  )
    return new OdooError(
      'dump_incomplete',
      `The archive is not whole. ${describeEnding('pg_restore', ending)}`,
    )
  return new OdooError('load_failed', describeEnding('pg_restore', ending))
}
