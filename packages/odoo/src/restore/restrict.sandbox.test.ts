import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { OdooCluster } from '../cluster/cluster.ts'
import { TestInstance } from '../testing/instance.ts'
import { restoreSnapshot } from './restore-snapshot.ts'

let instance: TestInstance
let folder: string
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-psql-'))
})
afterAll(async () => {
  await instance.close()
  await rm(folder, { recursive: true })
})

/** What psql gets first, where it says that it is of this version. The dump brings a `\restrict` of its own. */
async function firstLineFor(version: string): Promise<string> {
  const psql = join(folder, 'psql')
  const told = join(folder, 'told')
  const real = await instance.cluster.tool('psql')
  await writeFile(
    psql,
    `#!/bin/sh\n[ "$1" = --version ] && echo 'psql (PostgreSQL) ${version}' && exit\ntee '${told}' | '${real.path}' "$@"\n`,
  )
  await chmod(psql, 0o755)
  const cluster = new OdooCluster({ ...instance.cluster.settings, pgPath: folder })
  const sql =
    '\\restrict itsown\nCREATE TABLE public.t (a integer);\n\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict itsown\n'
  await restoreSnapshot(
    cluster,
    {
      dump: () => Readable.from([Buffer.from(sql)], { objectMode: false }),
      async *files() {},
    },
    { database: instance.name(), copy: false, neutralise: false },
  )
  return (await readFile(told, 'utf8')).split('\n')[0] ?? ''
}

test('psql is forbidden every command of its own before it gets a dump, where it knows how', async () => {
  const { major, version } = await instance.cluster.tool('psql')
  const first = await firstLineFor(version)
  const second = await firstLineFor(version)
  expect(first).toMatch(/^\\restrict [0-9a-f]{48}$/)
  expect(second).toMatch(/^\\restrict [0-9a-f]{48}$/)
  expect(second).not.toBe(first)
  expect(await firstLineFor(`${major}.1`)).toBe('CREATE TABLE public.t (a integer);')
})
