import { spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createEmptyDatabase, filestoreOf, type OdooPlace } from './create.ts'

/**
 * Loads a zip that a real Odoo wrote with unzip and psql alone, as Odoo does: nothing of ours takes part, so
 * that a comparison with what our own restore makes of it means something.
 */
export async function loadOdooZip(place: OdooPlace, database: string, zip: string): Promise<void> {
  if (!existsSync(zip)) throw new Error(`There is no file ${zip}.`)
  const folder = mkdtempSync(join(tmpdir(), 'odoo-zip-'))
  try {
    run('unzip', ['-q', zip, '-d', folder])
    if (!existsSync(join(folder, 'dump.sql')))
      throw new Error(`${zip} is not a backup of Odoo: no dump.sql in it.`)
    await createEmptyDatabase(place, database)
    const target = ['-h', place.host, '-p', String(place.port), '-U', place.user, '-d', database]
    const strict = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', join(folder, 'dump.sql')]
    run('psql', [...target, ...strict], {
      PGPASSWORD: place.password,
      PGOPTIONS: '-c client_min_messages=warning',
    })
    const filestore = filestoreOf(place, database)
    mkdirSync(dirname(filestore), { recursive: true })
    if (existsSync(join(folder, 'filestore'))) move(join(folder, 'filestore'), filestore)
    else mkdirSync(filestore)
    if (place.owner !== undefined) give(filestore, place.owner)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(program: string, args: readonly string[], env: Record<string, string> = {}): void {
  const result = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } })
  if (result.error !== undefined) throw result.error
  if (result.status !== 0)
    throw new Error(`${program} failed (exit status ${result.status}): ${result.stderr}`)
}

function move(from: string, to: string): void {
  if (statSync(from).dev === statSync(dirname(to)).dev) renameSync(from, to)
  else run('cp', ['-r', from, to])
}

function give(folder: string, owner: { uid: number; gid: number }): void {
  chownSync(folder, owner.uid, owner.gid)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chownSync(join(entry.parentPath, entry.name), owner.uid, owner.gid)
}
