import {
  createLogger,
  type Environment,
  type Log,
  passwordOfUrl,
  readSettings,
  secret,
  secretsOf,
} from '@odoo-backup/service'
import { z } from 'zod'
import type { WrittenEvent } from '../audit/audit-rows.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'
import { type ChangeTrail, createChangeTrail } from '../audit/change-trail.ts'
import { createGroupedAuditTrail } from '../audit/grouped-audit-trail.ts'
import { openRegistryDatabase, type RegistryDatabase } from '../registry/database.ts'
import { namingOperator, whoOperates } from './who-operates.ts'

/** What a command prints may go into a file or a program: its log stands beside it, on standard error. */
export function commandLog(secrets: readonly string[]): Log {
  return createLogger({
    name: 'broker-command',
    secrets,
    destination: { write: line => void process.stderr.write(line) },
  })
}

/** What every command that works on the registry needs. */
export const RegistrySettings = z.object({
  BROKER_DATABASE_URL: secret(z.string().startsWith('postgres', 'Give a postgresql:// URL.'), passwordOfUrl),
})

export interface RegistrySession {
  readonly database: RegistryDatabase
  readonly audit: AuditTrail
  readonly changeTrail: ChangeTrail
}

/** Opens the registry for one piece of work and closes it, however the work ends. */
export async function withRegistry<Answer>(
  environment: Environment,
  work: (session: RegistrySession) => Promise<Answer>,
): Promise<Answer> {
  const settings = readSettings(RegistrySettings, environment)
  const log = commandLog(secretsOf(RegistrySettings, environment))
  const database = openRegistryDatabase({
    databaseUrl: settings.BROKER_DATABASE_URL,
    maxConnections: 2,
    onIdleError: error => log.warn({ err: error }, 'a connection to the registry broke'),
  })
  const named = namingOperator(whoOperates())
  const written = {
    now: Date.now,
    copy: (event: WrittenEvent) => log.info({ audit: event }, 'audit'),
  }
  const trail = createGroupedAuditTrail({ pool: database.pool, ...written })
  const changes = createChangeTrail({ prisma: database.prisma, ...written })
  const audit: AuditTrail = { record: (event, within) => trail.record(named(event), within) }
  const changeTrail: ChangeTrail = {
    record: work =>
      changes.record(async transaction => {
        const { event, ...done } = await work(transaction)
        return event === undefined ? done : { ...done, event: named(event) }
      }),
  }
  try {
    return await work({ database, audit, changeTrail })
  } finally {
    await database.close()
  }
}
