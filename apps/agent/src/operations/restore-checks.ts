import { stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import {
  addonsFolders,
  filestoreRoot,
  missingModules,
  nearestFolder,
  type OdooCluster,
  planRestore,
  requireCreationRight,
  serverDisk,
} from '@odoo-backup/odoo'
import type {
  DatabaseView,
  FailureView,
  RestoreCheck,
  RestoreCheckText,
  RestorePlanRequest,
} from '@odoo-backup/protocol'
import { asAgentError } from '../jobs/failure.ts'
import { restoreCheckMessage } from '../wording/restore-check.ts'
import { warningMessage } from '../wording/warning.ts'
import { judgeRoom, type RoomNeeded } from './disk-room.ts'
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
    ...(facts.modules === undefined ? [] : [modules(await lackingModules(restore))]),
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

/** A check that found this. */
function found(
  check: RestoreCheck['check'],
  state: RestoreCheck['state'],
  text: RestoreCheckText,
): RestoreCheck {
  return { check, state, ...restoreCheckMessage(text), text }
}

function archive({ facts: { fault } }: CheckedRestore): RestoreCheck {
  if (fault === undefined || fault.code === 'encryption_password_wrong')
    return found('archive', 'ok', { code: 'archive_found' })
  return found('archive', 'fault', { code: 'archive_unusable', failure: failureOf(fault) })
}

function password({ facts: { encrypted, passwordGiven, fault } }: CheckedRestore): RestoreCheck[] {
  if (!encrypted) return []
  if (!passwordGiven) return [found('password', 'fault', { code: 'password_needed' })]
  if (fault?.code === 'encryption_password_wrong')
    return [found('password', 'fault', { code: 'password_wrong' })]
  return fault === undefined ? [found('password', 'ok', { code: 'password_right' })] : []
}

function parts({ request, facts: { format } }: CheckedRestore): RestoreCheck[] {
  if (format !== 'dump' || request.parts === 'database') return []
  return [
    request.parts === 'filestore'
      ? found('parts', 'fault', { code: 'dump_has_no_files' })
      : found('parts', 'warning', { code: 'dump_leaves_files_out' }),
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
        ? found('name', 'ok', { code: 'name_free', database })
        : found('name', 'warning', { code: 'name_replaced', database, keptAs: replacedDatabase }),
    ]
  } catch (error) {
    const failure = failureOf(asAgentError(error))
    return failure.code === 'filestore_unreadable' || failure.code === 'disk_full'
      ? [found('disk', 'fault', { code: 'folder_refused', failure })]
      : [found('name', 'fault', { code: 'name_refused', failure })]
  }
}

async function disk(restore: CheckedRestore): Promise<RestoreCheck[]> {
  const needs = await Promise.all((await roomWanted(restore)).map(measured))
  return judgeRoom(needs.filter(need => need !== undefined)).map(({ state, text }) =>
    found('disk', state, text),
  )
}

type RoomWanted = Pick<RoomNeeded, 'purpose' | 'folder' | 'neededBytes'>

async function roomWanted({ request, facts, cluster }: CheckedRestore): Promise<RoomWanted[]> {
  const { filesBytes, sizeBytes, dumpBytes } = facts
  const wanted: RoomWanted[] = []
  if (request.parts !== 'database' && filesBytes !== undefined)
    wanted.push({ purpose: 'files', folder: filestoreRoot(cluster.settings), neededBytes: filesBytes })
  if (facts.encrypted && sizeBytes !== undefined)
    wanted.push({ purpose: 'decrypting', folder: tmpdir(), neededBytes: sizeBytes })
  if (request.parts === 'filestore' || dumpBytes === undefined) return wanted
  const server = await serverDisk(cluster).catch(() => undefined)
  // Tables and indexes take about what their rows take as text.
  if (server !== undefined)
    wanted.push({ purpose: 'database', folder: server.folder, neededBytes: dumpBytes })
  return wanted
}

/** Undefined where the disk cannot be looked at. */
async function measured(wanted: RoomWanted): Promise<RoomNeeded | undefined> {
  try {
    const nearest = await nearestFolder(wanted.folder)
    const [{ bavail, bsize }, { dev: device }] = await Promise.all([statfs(nearest), stat(nearest)])
    return { ...wanted, freeBytes: bavail * bsize, device }
  } catch {
    return undefined
  }
}

async function postgres({ request, facts, cluster }: CheckedRestore): Promise<RestoreCheck> {
  try {
    const server = Math.floor((await cluster.serverVersion()) / 10_000)
    const psql = await cluster.tool('psql')
    if (facts.format === 'dump') await cluster.tool('pg_restore')
    if (request.parts !== 'filestore') await requireCreationRight(cluster)
    const from = Number.parseInt(facts.postgresVersion ?? '', 10)
    return facts.postgresVersion !== undefined && from > server
      ? found('postgres', 'warning', {
          code: 'postgres_older',
          server,
          backup: facts.postgresVersion,
          atLeast: from,
        })
      : found('postgres', 'ok', { code: 'postgres_answers', server, psql: psql.version })
  } catch (error) {
    return found('postgres', 'fault', { code: 'postgres_unusable', failure: failureOf(asAgentError(error)) })
  }
}

function odoo({ facts: { odooVersion: version }, present }: CheckedRestore): RestoreCheck[] {
  const here = new Set(present.flatMap(database => database.odooVersion ?? []))
  if (version === undefined || here.size === 0) return []
  return [
    here.has(version)
      ? found('odoo', 'ok', { code: 'odoo_same', version })
      : found('odoo', 'warning', { code: 'odoo_other', version, here: [...here].sort() }),
  ]
}

function modules(lacking: readonly string[] | undefined): RestoreCheck {
  if (lacking === undefined) return found('modules', 'warning', { code: 'modules_unknown' })
  if (lacking.length === 0) return found('modules', 'ok', { code: 'modules_present' })
  const named = lacking.slice(0, MOST_NAMED)
  return found('modules', 'warning', { code: 'modules_lacking', named, count: lacking.length })
}

/** As the agent found when it made the backup; others say nothing. */
function code({ request, facts: { warnings } }: CheckedRestore): RestoreCheck[] {
  const refused = warnings.find(warning => warning.code === 'code_refused' || warning.code === 'code_unread')
  if (refused !== undefined)
    return [found('code', 'warning', { code: 'code_refused', words: warningMessage(refused) })]
  const asking = warnings.find(warning => warning.code === 'code_asks')
  if (asking === undefined) return []
  return [
    request.trustCode === true
      ? found('code', 'ok', { code: 'code_let_in' })
      : found('code', 'fault', { code: 'code_asks', words: warningMessage(asking) }),
  ]
}

function failureOf({ code, message }: FailureView): FailureView {
  return { code, message }
}
