import { DatabaseName, type DatabaseView } from '@odoo-backup/protocol'
import { AgentError } from '../errors.ts'
import { asAgentError } from '../jobs/failure.ts'
import type { OdooServer } from '../odoo-server.ts'
import type { AgentOperations } from '../operations.ts'

export interface DatabaseOperations extends Pick<AgentOperations, 'databases'> {
  /** Rejects with `database_unknown` unless Odoo serves a database of that name. */
  mustExist(database: string): Promise<void>
  /** Rejects with `database_exists` if PostgreSQL has a database of that name, whosoever it is. */
  mustNotExist(database: string): Promise<void>
}

/** Odoo's databases, by Odoo's own rules. */
export function databaseOperations(odoo: OdooServer): DatabaseOperations {
  const databases = async (): Promise<DatabaseView[]> => {
    try {
      const found = await (await odoo.cluster()).listDatabases()
      return found.flatMap(({ name, sizeBytes, odooVersion }) => {
        const parsed = DatabaseName.safeParse(name)
        return parsed.success ? [{ name: parsed.data, sizeBytes, odooVersion }] : []
      })
    } catch (error) {
      throw asAgentError(error)
    }
  }
  return {
    databases,
    mustExist: async database => {
      if ((await databases()).some(({ name }) => name === database)) return
      throw new AgentError('database_unknown', `Odoo has no database ${database}.`)
    },
    mustNotExist: async database => {
      const exists = await (await odoo.cluster()).databaseExists(database).catch(error => {
        throw asAgentError(error)
      })
      if (!exists) return
      throw new AgentError(
        'database_exists',
        `There is a database ${database} already. Choose another name, or ask for it to be replaced.`,
      )
    },
  }
}
