import { stat } from 'node:fs/promises'
import { filestorePath, type OdooCluster } from '@odoo-backup/odoo'
import {
  type BackupDetails,
  NewDatabaseName,
  type RestorePlan,
  type RestoreReason,
} from '@odoo-backup/protocol'
import { asAgentError } from '../jobs/failure.ts'
import type { Places } from '../jobs/find-place.ts'
import type { OdooServer } from '../odoo-server.ts'
import type { AgentAdministration } from '../operations.ts'
import { databaseOfFile } from './database-of-file.ts'
import type { DatabaseOperations } from './databases.ts'
import { lackingModules, restoreChecks } from './restore-checks.ts'
import { circumstancesOf, isCopyFor, restoreReason } from './restore-default.ts'
import { type BackupFacts, backupFacts } from './restore-facts.ts'

export interface RestorePlanDependencies {
  readonly places: Places
  readonly odoo: OdooServer
  readonly databases: DatabaseOperations
  readonly details: (name: string) => Promise<BackupDetails>
  /** The one that the settings hold for a database. */
  readonly storedPassword: (database: string) => Promise<string | undefined>
  readonly now: () => Date
}

/** Says what a restore would do and what speaks against it, before anybody begins it. */
export function restorePlanning(
  dependencies: RestorePlanDependencies,
): Pick<AgentAdministration, 'planRestore'> {
  const { places, odoo, databases, details, storedPassword, now } = dependencies
  return {
    planRestore: async (request, secrets = {}) => {
      const { source } = request
      const stored = source.kind === 'stored' ? await details(source.backup) : undefined
      const password =
        secrets.encryptionPassword ??
        (stored === undefined ? undefined : await storedPassword(stored.database))
      const facts = await backupFacts(places, source, { details: stored, password })
      const present = await databases.databases()
      const cluster = await odoo.cluster()
      const database = request.database ?? (await freeName(cluster, facts.original ?? databaseOfFile(source)))
      const proposed = restoreReason(
        circumstancesOf(stored, {
          present: present.map(({ name }) => name),
          replaced: request.replace === true ? database : undefined,
        }),
      )
      const copy = request.copy ?? isCopyFor(proposed)
      const reason = request.copy === undefined ? proposed : 'chosen'
      const restore = { request: { ...request, database }, facts, cluster, present, now: now() }
      const checks = await restoreChecks(restore)
      const missing = await lackingModules(restore)
      return {
        database,
        copy,
        neutralise: request.neutralise ?? copy,
        reason,
        why: WHY[reason],
        ready: checks.every(({ state }) => state !== 'fault'),
        checks,
        ...shown(facts),
        ...(missing === undefined ? {} : { missingModules: [...missing] }),
      }
    },
  }
}

const WHY: Readonly<Record<RestoreReason, string>> = {
  empty_server:
    'Odoo has no other database here: it is restored as the original, with all that it does outside.',
  original_gone:
    'This server made the backup, and its database is no longer here, or is the one replaced: it is restored as the original, with all that it does outside.',
  original_here:
    'Its original is on this server: a second one that is live would send the same mails and take the same payments.',
  other_server:
    'Another server made the backup, or nobody knows who: its original may be live, and two would send the same mails and take the same payments.',
  from_file:
    'A file does not say where its original is, which may be live: two would send the same mails and take the same payments.',
  chosen: 'As it was asked for.',
}

function shown(facts: BackupFacts) {
  const { encrypted, format, original, odooVersion, postgresVersion, dumpBytes, files, filesBytes } = facts
  return {
    encrypted,
    format,
    original,
    odooVersion,
    postgresVersion,
    dumpBytes,
    files,
    filesBytes,
  } satisfies Partial<RestorePlan>
}

/** The original's name where it is free, else one made of it. */
async function freeName(cluster: OdooCluster, original = ''): Promise<string> {
  const base = original.replaceAll(/[^a-zA-Z0-9_.-]/g, '_').replace(/^[^a-zA-Z0-9]+/, '') || 'odoo'
  for (let turn = 0; ; turn++) {
    const suffix = turn === 0 ? '' : turn === 1 ? '-restored' : `-restored-${turn}`
    const candidate = NewDatabaseName.safeParse(`${base.slice(0, 63 - suffix.length)}${suffix}`)
    if (candidate.success && !(await isTaken(cluster, candidate.data))) return candidate.data
  }
}

async function isTaken(cluster: OdooCluster, name: string): Promise<boolean> {
  const folder = await stat(filestorePath(cluster.settings, name)).catch(() => undefined)
  if (folder !== undefined) return true
  return cluster.databaseExists(name).catch(error => {
    throw asAgentError(error)
  })
}
