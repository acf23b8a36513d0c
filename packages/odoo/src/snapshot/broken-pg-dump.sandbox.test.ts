import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { OdooCluster } from '../cluster/cluster.ts'
import { TestInstance } from '../testing/instance.ts'
import { openSnapshot } from './open-snapshot.ts'

let instance: TestInstance
let database: string
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
  database = await instance.createSample({ rows: 20_000 })
})
afterAll(() => instance.close())

/** Backs the sample up with the real pg_dump, whose output or end something happens to. */
async function dumpWith(behaviour: (real: string) => string): Promise<Buffer> {
  const { path } = await instance.cluster.tool('pg_dump')
  const folder = await mkdtemp(join(instance.dataDir, 'bin-'))
  const script = `#!/bin/sh\ncase "$1" in --version) exec ${path} --version;; esac\n${behaviour(path)}\n`
  await writeFile(join(folder, 'pg_dump'), script)
  await chmod(join(folder, 'pg_dump'), 0o755)
  const cluster = new OdooCluster({ ...instance.cluster.settings, pgPath: folder })
  const snapshot = await openSnapshot(cluster, database)
  try {
    return await buffer(snapshot.dump())
  } finally {
    await snapshot.close()
  }
}

test('the real one behind such a script does well', async () => {
  expect((await dumpWith(real => `exec ${real} "$@"`)).length).toBeGreaterThan(1_000_000)
})

test('output that stops short is never taken for the whole, even when pg_dump says that all is well', async () => {
  await expect(dumpWith(real => `${real} "$@" | head -c 100000; exit 0`)).rejects.toMatchObject({
    code: 'dump_incomplete',
  })
  await expect(dumpWith(() => 'exit 0')).rejects.toMatchObject({ code: 'dump_incomplete' })
})

test('a failure after all output is a failure', async () => {
  await expect(dumpWith(real => `${real} "$@"; echo 'something broke' >&2; exit 1`)).rejects.toMatchObject({
    code: 'dump_failed',
    message: expect.stringMatching(/exit status 1.*something broke/),
  })
})

test('a pg_dump that is killed for want of memory is told as such, and worth another try', async () => {
  await expect(dumpWith(real => `${real} "$@" | head -c 100000; kill -9 $$`)).rejects.toMatchObject({
    code: 'dump_failed',
    retryable: true,
    message: expect.stringMatching(/killed.*memory/),
  })
})
