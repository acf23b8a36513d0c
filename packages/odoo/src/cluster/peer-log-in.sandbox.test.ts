import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { startProgram } from '../process/program.ts'
import { odooSettings } from '../settings/settings.ts'
import { TestInstance } from '../testing/instance.ts'
import { OdooCluster } from './cluster.ts'
import { createHiddenDatabase, dropHiddenDatabase } from './hidden-database.ts'
import { accountOf, type SystemUser } from './run-as.ts'

/**
 * A PostgreSQL server of the test's own, reached by a socket and set up as Debian does: whoever connects is
 * taken for the role of his system name.
 */
let folder: string
let programs: string
let server: SystemUser | undefined
beforeAll(async () => {
  const instance = await TestInstance.open(sandboxEnvironment())
  programs = dirname((await instance.cluster.tool('pg_dump')).path)
  await instance.close()
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-peer-'))
  // PostgreSQL refuses to run as root.
  server = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
  if (server) await chown(folder, server.uid, server.gid)
  await run(
    'initdb',
    '--pgdata',
    join(folder, 'data'),
    '--auth=peer',
    '--no-sync',
    '--encoding=UTF8',
    '--locale=C',
  )
  await run(
    'pg_ctl',
    ...['start', '--wait', '--pgdata', join(folder, 'data'), '--log', join(folder, 'log')],
    ...['--options', `-k ${folder} -c listen_addresses= -c fsync=off`],
  )
})
afterAll(async () => {
  await run('pg_ctl', 'stop', '--wait', '--mode=immediate', '--pgdata', join(folder, 'data'))
  await rm(folder, { recursive: true })
})

async function run(program: string, ...args: string[]) {
  const { ended, stdout } = startProgram(join(programs, program), args, { environment: {}, runAs: server })
  stdout.resume()
  expect(await ended).toMatchObject({ status: 0 })
}

test('root connects as the owner of the filestore where PostgreSQL asks the system who one is', async () => {
  const settings = { ...odooSettings(new Map()), dbHost: folder }
  const cluster = new OdooCluster(settings, server ? { runAs: server } : {})
  expect(await createHiddenDatabase(cluster, 'peer')).toBe('created')
  await dropHiddenDatabase(cluster, 'peer')
  expect(process.geteuid?.()).toBe(process.getuid?.())
  const name = server ? (await accountOf(server))?.name : undefined
  expect(await cluster.withMaintenance(async client => client.user)).toBe(name ?? expect.any(String))
})

test('one who is somebody else is told that the log-in was refused', async () => {
  const cluster = new OdooCluster({ ...odooSettings(new Map()), dbHost: folder, dbUser: 'somebody_else' })
  await expect(cluster.serverVersion()).rejects.toMatchObject({ code: 'postgres_refused' })
})
