import { chown, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { OdooCluster } from '../cluster/cluster.ts'
import { filestoreOwner } from '../cluster/run-as.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import { filesFingerprint } from '../testing/fingerprint.ts'
import { TestInstance } from '../testing/instance.ts'
import { restoreSnapshot } from './restore-snapshot.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

/** Whoever owns the filestore; as root, another than root. */
async function odooUser(): Promise<{ uid: number; gid: number }> {
  const root = join(instance.dataDir, 'filestore')
  await mkdir(root, { recursive: true })
  const { uid, gid } = await stat(root)
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid }
  await chown(instance.dataDir, user.uid, user.gid)
  await chown(root, user.uid, user.gid)
  return user
}

test('what a restore writes belongs to the owner of the filestore, whoever the agent is', async () => {
  const sample = await instance.createSample()
  const user = await odooUser()
  const root = join(instance.dataDir, 'filestore')
  const runAs = await filestoreOwner(root)
  expect(runAs).toEqual(process.getuid?.() === 0 ? user : undefined)
  const cluster = new OdooCluster(instance.cluster.settings, runAs ? { runAs } : {})
  const database = instance.name()
  const snapshot = await openSnapshot(cluster, sample)
  try {
    await restoreSnapshot(cluster, snapshot, { database, copy: true, neutralise: false })
  } finally {
    await snapshot.close()
  }
  const restored = instance.filestore(database)
  expect(await filesFingerprint(restored)).toEqual(await filesFingerprint(instance.filestore(sample)))
  const entries = await readdir(restored, { recursive: true })
  expect(entries.length).toBeGreaterThan(10)
  for (const entry of ['', ...entries]) expect(await stat(join(restored, entry))).toMatchObject(user)
})

test('on an empty server the folder of all filestores belongs to the owner of the data folder', async () => {
  const sample = await instance.createSample()
  const user = await odooUser()
  const dataDir = join(instance.dataDir, 'empty', 'server')
  const settings = { ...instance.cluster.settings, dataDir }
  const runAs = await filestoreOwner(dataDir)
  const cluster = new OdooCluster(settings, runAs ? { runAs } : {})
  const database = instance.name()
  const snapshot = await openSnapshot(instance.cluster, sample)
  try {
    await restoreSnapshot(cluster, snapshot, { database, copy: true, neutralise: false })
  } finally {
    await snapshot.close()
  }
  const entries = await readdir(join(instance.dataDir, 'empty'), { recursive: true })
  expect(entries).toContain(join('server', 'filestore', database))
  for (const entry of ['', ...entries])
    expect(await stat(join(instance.dataDir, 'empty', entry))).toMatchObject(user)
})

test('the owner is looked for in the nearest folder that exists, and only by root', async () => {
  const user = await odooUser()
  const deep = join(instance.dataDir, 'filestore/not/there/yet')
  expect(await filestoreOwner(deep, 0)).toEqual(user)
  expect(await filestoreOwner(deep, 1000)).toBeUndefined()
})
