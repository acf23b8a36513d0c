import { access, constants, stat, statfs } from 'node:fs/promises'
import { userInfo } from 'node:os'
import {
  filestoreOrigin,
  filestorePath,
  filestoreRoot,
  nearestFolder,
  type OdooCluster,
  serverDisk,
} from '@odoo-backup/odoo'
import type { Finding } from '@odoo-backup/protocol'
import { formatBytes } from '../../wording/amounts.ts'
import type { AgentParts } from '../parts.ts'

const LEAST_FREE_BYTES = 1024 ** 3
const RUN_AS = 'Run the agent as the user that runs Odoo, or as root.'

/** Odoo answers every request with 500 once its filestore holds files of another user, as a restore would make. */
export async function systemUser({ odoo }: AgentParts): Promise<Finding> {
  const folder = filestoreRoot(odoo.settings())
  const owner = await stat(folder).then(
    found => found.uid,
    () => undefined,
  )
  return judgeUser({ uid: userInfo().uid, name: userInfo().username, folder, owner })
}

export function judgeUser(found: {
  readonly uid: number
  readonly name: string
  readonly folder: string
  /** Undefined where there is no filestore yet. */
  readonly owner: number | undefined
}): Finding {
  const { uid, name, folder, owner } = found
  const check = 'system user'
  if (uid === 0)
    return { check, state: 'ok', message: 'root; what is restored is given to the filestore’s owner.' }
  if (owner === undefined || owner === uid) return { check, state: 'ok', message: `${name}, as Odoo.` }
  return {
    check,
    state: 'fault',
    message: `The agent runs as ${name} (${uid}), but ${folder} belongs to the user ${owner}.`,
    advice: RUN_AS,
  }
}

/** The folder of every database that names stored files must be there and readable: without it no backup is made. */
export async function filestore({ odoo, store }: AgentParts): Promise<Finding> {
  const settings = odoo.settings()
  const check = 'filestore'
  const user = userInfo().username
  const scheduled = (database: string) => store.current.databases.get(database)?.enabled === true
  const unreadable: string[] = []
  try {
    for (const database of await databasesWithFiles(await odoo.cluster()))
      if (!(await isUsable(filestorePath(settings, database)))) unreadable.push(database)
  } catch {
    const root = filestoreRoot(settings)
    const usable = await isUsable(root)
    const what = `${root} ${usable ? `can be read and written by ${user}` : `is not there, or ${user} may not use it`}`
    return {
      check,
      state: usable ? 'warning' : 'fault',
      message: `${what}; PostgreSQL cannot be asked which databases have files.`,
      advice: usable ? 'Mend PostgreSQL first.' : `Set data_dir as Odoo has it. ${RUN_AS}`,
    }
  }
  const root = filestoreRoot(settings)
  if (unreadable.length === 0)
    return {
      check,
      state: 'ok',
      message: `What databases name in ${root} can be read and written by ${user}.`,
    }
  return {
    check,
    state: unreadable.some(scheduled) || !(await isUsable(root)) ? 'fault' : 'warning',
    message: `In ${root} (from ${filestoreOrigin(settings)}) the files of ${unreadable.join(', ')} are not there, or ${user} may not use them: their backups fail.`,
    advice: `Set data_dir as Odoo has it. ${RUN_AS}`,
  }
}

async function isUsable(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function databasesWithFiles(cluster: OdooCluster): Promise<string[]> {
  const found: string[] = []
  for (const { name, odooVersion } of await cluster.listDatabases())
    if (odooVersion !== undefined && (await namesFiles(cluster, name))) found.push(name)
  return found
}

/** False where the database cannot be asked: it may be on its way in or out. */
async function namesFiles(cluster: OdooCluster, database: string): Promise<boolean> {
  const query = 'SELECT EXISTS (SELECT FROM ir_attachment WHERE store_fname IS NOT NULL) AS any'
  try {
    const { rows } = await cluster.withClient(database, client => client.query<{ any: boolean }>(query))
    return rows[0]?.any === true
  } catch {
    return false
  }
}

export async function disk({ odoo }: AgentParts): Promise<Finding> {
  const folder = await nearestFolder(filestoreRoot(odoo.settings()))
  const { bavail, bsize } = await statfs(folder)
  return judgeDisk('disk', bavail * bsize, `are free at ${folder}`)
}

/** Says nothing where it cannot be known; that PostgreSQL is away is told by another check. */
export async function* postgresDisk({ odoo }: AgentParts): AsyncGenerator<Finding> {
  const found = await serverDisk(await odoo.cluster()).catch(() => undefined)
  if (found !== undefined)
    yield judgeDisk('postgres disk', found.freeBytes, `are free on PostgreSQL’s disk, at ${found.folder}`)
}

export function judgeDisk(check: string, freeBytes: number, where: string): Finding {
  const message = `${formatBytes(freeBytes)} ${where}.`
  return freeBytes < LEAST_FREE_BYTES
    ? { check, state: 'warning', message, advice: 'A restore needs room for the whole database.' }
    : { check, state: 'ok', message }
}
