import { gpgVersion } from '@odoo-backup/backup-format'
import type { Finding } from '@odoo-backup/protocol'
import type { AgentParts } from '../parts.ts'
import { checked, faultOf } from './finding.ts'

/** PostgreSQL's own programs; one that is older than the server is none, and the error says what to install. */
export async function* postgresTools({ odoo }: AgentParts): AsyncGenerator<Finding> {
  for (const name of ['pg_dump', 'psql', 'pg_restore'] as const) {
    yield await checked(name, async () => {
      const tool = await (await odoo.cluster()).tool(name)
      return `${tool.path} is ${tool.version}.`
    })
  }
}

/** Without gpg nothing is encrypted or decrypted: a fault where a database is to be, else worth knowing. */
export async function gpg({ store }: Pick<AgentParts, 'store'>, version = gpgVersion): Promise<Finding> {
  try {
    return { check: 'gpg', state: 'ok', message: `gpg is ${await version()}.` }
  } catch (error) {
    const encrypted = [...store.current.databases.values()].some(database => database.encrypted)
    const fault = faultOf('gpg', error)
    return encrypted ? fault : { ...fault, state: 'warning', advice: 'It is needed for encrypted backups.' }
  }
}
