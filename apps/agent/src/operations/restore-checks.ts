import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import {
  addonsFolders,
  filestoreRoot,
  missingModules,
  nearestFolder,
  type OdooCluster,
  planRestore,
} from '@odoo-backup/odoo'
import type { DatabaseView, RestoreCheck, RestorePlanRequest } from '@odoo-backup/protocol'
import { asAgentError } from '../jobs/failure.ts'
import type { BackupFacts } from './restore-facts.ts'

const MOST_NAMED = 20

/** What is known when the checks begin. */
export interface CheckedRestore {
  readonly request: RestorePlanRequest & { readonly database: string }
  readonly facts: BackupFacts
  readonly cluster: OdooCluster
  readonly present: readonly DatabaseView[]
  readonly now: Date
}

/** Everything that can be told before a restore begins, what fails it first. Changes nothing. */
export async function restoreChecks(restore: CheckedRestore): Promise<RestoreCheck[]> {
  const { facts } = restore
  return [
    archive(restore),
    ...password(restore),
    ...parts(restore),
    ...(await name(restore)),
    ...(await disk(restore)),
    await postgres(restore),
    ...odoo(restore),
    ...(facts.modules === undefined ? [] : modules(await lackingModules(restore))),
    ...code(restore),
  ]
}

/** Modules of the backup that no addons path of this server has; undefined where that cannot be told. */
export async function lackingModules({
  facts,
  cluster,
}: CheckedRestore): Promise<readonly string[] | undefined> {
  if (facts.modules === undefined) return undefined
  return missingModules(facts.modules, await addonsFolders(cluster.settings))
}

function archive({ facts: { fault } }: CheckedRestore): RestoreCheck {
  if (fault === undefined || fault.code === 'encryption_password_wrong')
    return { check: 'archive', state: 'ok', message: 'The archive is there.' }
  return {
    check: 'archive',
    state: 'fault',
    message: fault.message,
    advice: 'Restore another backup, and verify this one.',
  }
}

function password({ facts: { encrypted, passwordGiven, fault } }: CheckedRestore): RestoreCheck[] {
  if (!encrypted) return []
  if (!passwordGiven)
    return [
      {
        check: 'password',
        state: 'fault',
        message: 'This backup is encrypted.',
        advice: 'Give its password.',
      },
    ]
  if (fault?.code === 'encryption_password_wrong')
    return [
      {
        check: 'password',
        state: 'fault',
        message: fault.message,
        advice: 'Give the password that was set when this backup was made.',
      },
    ]
  return fault === undefined ? [{ check: 'password', state: 'ok', message: 'The password is right.' }] : []
}

function parts({ request, facts: { format } }: CheckedRestore): RestoreCheck[] {
  if (format !== 'dump') return []
  if (request.parts === 'filestore')
    return [
      {
        check: 'parts',
        state: 'fault',
        message: 'A dump holds no files.',
        advice: 'Restore the filestore from a zip.',
      },
    ]
  if (request.parts === 'database') return []
  return [
    {
      check: 'parts',
      state: 'warning',
      message: 'A dump holds no files: attachments are missing unless the filestore is there already.',
    },
  ]
}

/** By the rules of the restore itself. */
async function name({ request, facts, cluster, now }: CheckedRestore): Promise<RestoreCheck[]> {
  const { database, replace = false } = request
  const files = facts.format === 'dump' ? 'database' : 'both'
  try {
    const options = { database, replace, copy: false, neutralise: false }
    const wanted = request.parts === undefined || request.parts === 'all' ? files : request.parts
    const { replacedDatabase } = await planRestore(cluster, { ...options, parts: wanted }, now)
    return [
      replacedDatabase === undefined
        ? { check: 'name', state: 'ok', message: `The name ${database} is free.` }
        : {
            check: 'name',
            state: 'warning',
            message: `The database ${database} is closed, its users are logged out, and it is kept as ${replacedDatabase}.`,
          },
    ]
  } catch (error) {
    const { code, message } = asAgentError(error)
    const check = code === 'filestore_unreadable' || code === 'disk_full' ? 'disk' : 'name'
    return [{ check, state: 'fault', message }]
  }
}

async function disk({ request, facts, cluster }: CheckedRestore): Promise<RestoreCheck[]> {
  const needs = [
    ...(request.parts === 'database' || facts.filesBytes === undefined
      ? []
      : [{ folder: filestoreRoot(cluster.settings), bytes: facts.filesBytes, what: 'The files need' }]),
    ...(facts.encrypted && facts.sizeBytes !== undefined
      ? [{ folder: tmpdir(), bytes: facts.sizeBytes, what: 'Decrypting needs' }]
      : []),
  ]
  const found: RestoreCheck[] = []
  for (const { folder, bytes, what } of needs) {
    const room = await statfs(await nearestFolder(folder)).catch(() => undefined)
    if (room === undefined) continue
    const free = room.bavail * room.bsize
    const enough = free >= bytes
    found.push({
      check: 'disk',
      state: enough ? 'ok' : 'fault',
      message: `${what} ${mebibytes(bytes)} in ${folder}, which has ${mebibytes(free)} left.`,
      ...(enough ? {} : { advice: 'Free some space there.' }),
    })
  }
  return found
}

async function postgres({ facts, cluster }: CheckedRestore): Promise<RestoreCheck> {
  try {
    const server = Math.floor((await cluster.serverVersion()) / 10_000)
    const psql = await cluster.tool('psql')
    if (facts.format === 'dump') await cluster.tool('pg_restore')
    const from = Number.parseInt(facts.postgresVersion ?? '', 10)
    if (from > server)
      return {
        check: 'postgres',
        state: 'warning',
        message: `The backup was made with PostgreSQL ${facts.postgresVersion}, and this server is ${server}: it may not know all of it.`,
        advice: `Where the restore fails, use PostgreSQL ${from} or newer.`,
      }
    return {
      check: 'postgres',
      state: 'ok',
      message: `PostgreSQL ${server} answers; psql is ${psql.version}.`,
    }
  } catch (error) {
    return { check: 'postgres', state: 'fault', message: asAgentError(error).message }
  }
}

function odoo({ facts: { odooVersion }, present }: CheckedRestore): RestoreCheck[] {
  const here = new Set(present.flatMap(database => database.odooVersion ?? []))
  if (odooVersion === undefined || here.size === 0) return []
  if (here.has(odooVersion))
    return [{ check: 'odoo', state: 'ok', message: `Odoo ${odooVersion}, as databases of this server.` }]
  return [
    {
      check: 'odoo',
      state: 'warning',
      message: `The backup is of Odoo ${odooVersion}, the databases here are of ${[...here].sort().join(', ')}.`,
      advice: `Only Odoo ${odooVersion} can serve it.`,
    },
  ]
}

function modules(lacking: readonly string[] | undefined): RestoreCheck[] {
  if (lacking === undefined)
    return [
      {
        check: 'modules',
        state: 'warning',
        message: 'Which modules this server lacks cannot be told: Odoo’s code was not found.',
        advice: 'Set odoo_backup_sh_addons_path.',
      },
    ]
  if (lacking.length === 0)
    return [{ check: 'modules', state: 'ok', message: 'This server has all modules of the backup.' }]
  const named = lacking.slice(0, MOST_NAMED).join(', ')
  return [
    {
      check: 'modules',
      state: 'warning',
      message: `This server lacks modules of the backup: ${named}${lacking.length > MOST_NAMED ? ' …' : ''}.`,
      advice: 'Install their code before Odoo serves the database.',
    },
  ]
}

/** As the agent found when it made the backup; others say nothing. */
function code({ request, facts: { warnings } }: CheckedRestore): RestoreCheck[] {
  const refused = warnings.find(warning => /^This agent will refuse to restore/.test(warning))
  if (refused !== undefined) return [{ check: 'code', state: 'warning', message: refused }]
  const asking = warnings.find(warning => /^Restoring this backup will ask for your word/.test(warning))
  if (asking === undefined) return []
  return [
    request.trustCode === true
      ? { check: 'code', state: 'ok', message: 'Functions, triggers and rules of the backup are let in.' }
      : {
          check: 'code',
          state: 'fault',
          message: asking,
          advice: 'If you trust who made the backup, say so: its code is let in then.',
        },
  ]
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MiB`
}
