import { STATEMENT_ENDED } from '../cluster/postgres-error.ts'
import { OdooError } from '../errors.ts'
import { describeEnding, type Ending } from '../process/program.ts'

/**
 * Classes of SQLSTATE in which the server tells of itself, and not of what it was given: what went on in it besides
 * (40), a transaction that it ended or does not take (25), resources that it lacks (53), an object in use (55),
 * somebody's intervention (57), its system (58), its own faults (XX).
 */
const OF_THE_SERVER = /^(?:40|25|53|55|57|58|XX)/

/**
 * An error as psql tells it. The severity comes in the server's language (`lc_messages`); what stands around it does not.
 * Warnings look alike, but with ON_ERROR_STOP the last that is said is the error.
 */
const IN_ANY_LANGUAGE = /^psql:\S+:\d+: [^\s:]+: {2}([0-9A-Z]{5}): ([^\n]*)/gm

/**
 * Why psql could not load a dump, from the first error that it reported (with VERBOSITY verbose). What says nothing of
 * the dump may be tried again.
 */
export function loadFault(ending: Ending): OdooError {
  const [, state = '', said = ''] =
    /(?:ERROR|FATAL|PANIC):\s+([0-9A-Z]{5}): ([^\n]*)/.exec(ending.stderr) ??
    [...ending.stderr.matchAll(IN_ANY_LANGUAGE)].at(-1) ??
    []
  const extension = /extension "([^"]+)"|extension control file "[^"]*\/([^"/]+)\.control"/.exec(said)
  if (extension && /permission denied|not available|could not open|must be superuser/i.test(said))
    return extensionRefused(extension[1] ?? extension[2] ?? '', said)
  if (state === '53100' || /No space left on device/.test(ending.stderr))
    return new OdooError(
      'disk_full',
      `The disk of the PostgreSQL server is full. Free space there and try again. PostgreSQL says: ${said}`,
    )
  if (state === '57014')
    return new OdooError(
      'statement_ended',
      `${STATEMENT_ENDED} Nothing was restored. PostgreSQL says: ${said}`,
      {
        retryable: true,
        cause: new Error(describeEnding('psql', ending)),
      },
    )
  if (/^(?:57P|08)/.test(state) || /server closed the connection|connection to server/i.test(ending.stderr))
    return new OdooError(
      'postgres_unreachable',
      `The connection to PostgreSQL broke while loading the dump.`,
      {
        retryable: true,
        cause: new Error(describeEnding('psql', ending)),
      },
    )
  if (OF_THE_SERVER.test(state))
    return new OdooError(
      'load_failed',
      `PostgreSQL met a fault while it loaded the dump, which says nothing of the backup: ${said}`,
      { retryable: true, cause: new Error(describeEnding('psql', ending)) },
    )
  if (state === '42501')
    return new OdooError(
      'role_lacks_right',
      `Odoo's PostgreSQL role lacks a right that the dump asks for, so nothing was restored. PostgreSQL says: ${said}`,
      { cause: new Error(describeEnding('psql', ending)) },
    )
  if (state !== '')
    return new OdooError(
      'load_failed',
      `PostgreSQL refused a statement of the dump, so nothing was restored: ${said}` +
        (/does not exist/.test(said) ? ' (Was it dumped by a newer PostgreSQL, or with an extension?)' : ''),
      { cause: new Error(describeEnding('psql', ending)) },
    )
  // Without a word of the server it is psql itself that failed, such as for want of memory.
  return new OdooError('load_failed', describeEnding('psql', ending), { retryable: true })
}

function extensionRefused(name: string, said: string): OdooError {
  const quoted = `"${name.replaceAll('"', '""')}"`
  const advice = /permission|superuser/i.test(said)
    ? `Odoo's role may not create it. As PostgreSQL's superuser run: psql -d template1 -c 'CREATE EXTENSION ${quoted}', ` +
      'and set db_template = template1 for the agent.'
    : 'It is not installed on the PostgreSQL server (Debian and Ubuntu: apt install postgresql-contrib).'
  return new OdooError('extension_refused', `The backup needs PostgreSQL's extension ${name}. ${advice}`)
}
