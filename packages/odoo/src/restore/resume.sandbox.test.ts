import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { OdooCluster } from '../cluster/cluster.ts'
import { openSnapshot } from '../snapshot/open-snapshot.ts'
import { databaseFingerprint, filesFingerprint } from '../testing/fingerprint.ts'
import { TestInstance } from '../testing/instance.ts'
import type { RestoreJournal, RestoreOptions } from './options.ts'
import { restoreSnapshot } from './restore-snapshot.ts'
import { resumeRestore } from './resume.ts'

let instance: TestInstance
let sample: string
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
  sample = await instance.createSample()
})
afterAll(() => instance.close())

const fingerprint = async (database: string) => ({
  database: await instance.cluster.withClient(database, databaseFingerprint),
  files: await filesFingerprint(instance.filestore(database)),
})

/** A cluster that cannot be reached any more once it was told so: what happens to a process that dies. */
class MortalCluster extends OdooCluster {
  dead = false

  override async connect(database: string) {
    if (this.dead) throw new Error('This process is dead.')
    return super.connect(database)
  }
}

/** Restores `sample` and dies at the moment that `when` recognises; gives what the journal had by then. */
async function dieDuringRestore(
  options: Pick<RestoreOptions, 'database' | 'replace'>,
  when: (entry: RestoreJournal) => Promise<boolean>,
): Promise<RestoreJournal> {
  const cluster = new MortalCluster(instance.cluster.settings)
  const snapshot = await openSnapshot(instance.cluster, sample)
  let last: RestoreJournal | undefined
  try {
    await restoreSnapshot(cluster, snapshot, {
      ...options,
      copy: false,
      neutralise: false,
      journal: async entry => {
        last = entry
        for (const name of [entry.temporaryDatabase, entry.replacedDatabase]) if (name) instance.owns(name)
        if (await when(entry)) {
          cluster.dead = true
          throw new Error('Killed.')
        }
      },
    }).catch(() => {})
  } finally {
    await snapshot.close()
  }
  if (!last) throw new Error('The restore wrote no journal.')
  return last
}

async function expectNothingLeft(entry: RestoreJournal) {
  expect(await instance.cluster.databaseExists(`${entry.temporaryDatabase}`)).toBe(false)
  const root = join(instance.dataDir, 'filestore')
  expect((await readdir(root)).filter(name => name.startsWith('.'))).toEqual([])
  if (entry.filestore && existsSync(entry.filestore))
    expect((await readdir(entry.filestore)).filter(name => name.startsWith('.'))).toEqual([])
}

test('a restore that died before it was public is undone, however often it is asked for', async () => {
  const database = instance.name()
  const entry = await dieDuringRestore({ database }, async ({ step }) => step === 'publishing')
  expect(await instance.cluster.databaseExists(`${entry.temporaryDatabase}`)).toBe(true)
  expect(await instance.listedByOdoo()).not.toContain(entry.temporaryDatabase)
  for (let turn = 0; turn < 3; turn++) expect(await resumeRestore(instance.cluster, entry)).toBe('undone')
  await expectNothingLeft(entry)
  expect(await instance.cluster.databaseExists(database)).toBe(false)
  expect(existsSync(instance.filestore(database))).toBe(false)
})

test('a restore that died after its commit is finished', async () => {
  const database = instance.name()
  const entry = await dieDuringRestore({ database }, async ({ step }) => step === 'published')
  const publishing = { ...entry, step: 'publishing' as const }
  for (let turn = 0; turn < 3; turn++)
    expect(await resumeRestore(instance.cluster, publishing)).toBe('finished')
  await expectNothingLeft(entry)
  expect(await fingerprint(database)).toEqual(await fingerprint(sample))
})

test('a replacement that died between its two renames puts the old pair back', async () => {
  const database = await instance.createSample({ rows: 3 })
  const old = await fingerprint(database)
  const entry = await dieDuringRestore({ database, replace: true }, async ({ step }) => step === 'publishing')
  // What `publish` does before its commit, by hand: the process died right behind it.
  await instance.rows('postgres', `ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`)
  await rename(`${entry.filestore}`, `${entry.replacedFilestore}`)
  await writeFile(join(`${entry.temporaryFilestore}`, `.odoo-backup-restore-${entry.id}`), '')
  await rename(`${entry.temporaryFilestore}`, `${entry.filestore}`)
  for (let turn = 0; turn < 3; turn++) expect(await resumeRestore(instance.cluster, entry)).toBe('undone')
  await expectNothingLeft(entry)
  expect(await fingerprint(database)).toEqual(old)
  expect(await instance.listedByOdoo()).toContain(database)
})

test('a replacement that died after its commit stands, and the old pair is kept', async () => {
  const database = await instance.createSample({ rows: 3 })
  const old = await filesFingerprint(instance.filestore(database))
  const entry = await dieDuringRestore({ database, replace: true }, async ({ step }) => step === 'published')
  expect(await resumeRestore(instance.cluster, { ...entry, step: 'publishing' })).toBe('finished')
  expect(await fingerprint(database)).toEqual(await fingerprint(sample))
  expect(await filesFingerprint(`${entry.replacedFilestore}`)).toEqual(old)
  expect(await instance.cluster.databaseExists(`${entry.replacedDatabase}`)).toBe(true)
})

test('undoing touches nothing that somebody else made meanwhile under the same name', async () => {
  const database = instance.name()
  const entry = await dieDuringRestore({ database }, async ({ step }) => step === 'publishing')
  await instance.createEmpty(database)
  await mkdir(instance.filestore(database), { recursive: true })
  await writeFile(join(instance.filestore(database), 'theirs'), 'theirs')
  expect(await resumeRestore(instance.cluster, entry)).toBe('undone')
  expect(await instance.cluster.databaseExists(database)).toBe(true)
  expect(Object.keys(await filesFingerprint(instance.filestore(database)))).toEqual(['theirs'])
})

test('a journal that was tampered with drops no database and removes no folder', async () => {
  const victim = await instance.createSample()
  const before = await fingerprint(victim)
  const forged: RestoreJournal = {
    step: 'loading',
    id: '0123456789abcdef',
    database: instance.name(),
    temporaryDatabase: victim,
    filestore: instance.filestore('none'),
    temporaryFilestore: instance.filestore(victim),
  }
  expect(await resumeRestore(instance.cluster, forged)).toBe('undone')
  expect(await fingerprint(victim)).toEqual(before)
})
