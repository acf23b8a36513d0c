import { createHash } from 'node:crypto'
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { SnapshotFile } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { readFiles } from '../testing/read-files.ts'
import { storeFile } from '../testing/sample-database.ts'
import { openSnapshot } from './open-snapshot.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

test('files that no row names are kept, except the spool, links and pipes', async () => {
  const name = await instance.createSample()
  const filestore = instance.filestore(name)
  await mkdir(join(filestore, 'checklist/aa'), { recursive: true })
  await writeFile(join(filestore, 'checklist/aa/marker'), '')
  const unnamed = createHash('sha1').update('unnamed').digest('hex')
  await mkdir(join(filestore, unnamed.slice(0, 2)), { recursive: true })
  await writeFile(join(filestore, unnamed.slice(0, 2), unnamed), 'unnamed')
  await writeFile(join(filestore, 'beside'), 'a file beside the folders')
  await symlink('/etc/passwd', join(filestore, 'link'))
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    const paths = [...(await readFiles(snapshot)).keys()]
    expect(paths).toEqual(expect.arrayContaining(['beside', `${unnamed.slice(0, 2)}/${unnamed}`]))
    expect(paths.filter(path => /checklist|link/.test(path))).toEqual([])
    expect(snapshot.facts().warnings).toEqual([
      { code: 'no_regular_file', path: expect.stringMatching(/link/) },
    ])
  } finally {
    await snapshot.close()
  }
})

test('each file is listed once, however odd the folders are named', async () => {
  const name = await instance.createSample()
  const filestore = instance.filestore(name)
  const odd = ['plain', 'ab/1', 'ab-x/1', 'ab.y/1', 'AB/1', 'Ж/1', 'zz/deep/er']
  for (const path of odd) {
    await mkdir(dirname(join(filestore, path)), { recursive: true })
    await writeFile(join(filestore, path), path)
    await instance.rows(name, "INSERT INTO ir_attachment (name, store_fname) VALUES ('odd', $1)", [path])
  }
  const unnamed = ['aa-unnamed/1', 'ab/unnamed', 'zz/deep/unnamed', 'unnamed']
  for (const path of unnamed) {
    await mkdir(dirname(join(filestore, path)), { recursive: true })
    await writeFile(join(filestore, path), path)
  }
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    const paths: string[] = []
    for await (const file of snapshot.files()) paths.push(file.path)
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
    expect(paths).toEqual(expect.arrayContaining([...odd, ...unnamed]))
    expect(snapshot.facts().missingFiles).toEqual([])
  } finally {
    await snapshot.close()
  }
})

test('a few files that vanish, shrink or rot are left out and named; the rest is backed up', async () => {
  const name = await instance.createSample({ files: 30 })
  const filestore = instance.filestore(name)
  const named = await instance.rows<{ store_fname: string }>(
    name,
    'SELECT DISTINCT store_fname FROM ir_attachment WHERE file_size > 10 ORDER BY 1',
  )
  const [lost, shrunk, rotten] = named.map(row => row.store_fname)
  await rm(join(filestore, `${lost}`))
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    await truncate(join(filestore, `${shrunk}`), 1)
    const size = (
      await instance.rows<{ file_size: number }>(
        name,
        'SELECT file_size FROM ir_attachment WHERE store_fname = $1',
        [rotten],
      )
    )[0]?.file_size
    await writeFile(join(filestore, `${rotten}`), Buffer.alloc(size ?? 0, 'x'))
    const paths = [...(await readFiles(snapshot)).keys()]
    expect(paths).toHaveLength(named.length - 3 + 1)
    expect([...snapshot.facts().missingFiles].sort()).toEqual([lost, shrunk, rotten].sort())
  } finally {
    await snapshot.close()
  }
})

test('a large file whose content does not match its name ends in an error and not in an end', async () => {
  const name = await instance.createSample({ files: 1 })
  const stored = await instance.cluster.withClient(name, client =>
    storeFile(client, instance.filestore(name), Buffer.alloc(3_000_000, 'large')),
  )
  await writeFile(join(instance.filestore(name), stored), Buffer.alloc(3_000_000, 'LARGE'))
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    const files: SnapshotFile[] = []
    for await (const file of snapshot.files()) files.push(file)
    const large = files.find(file => file.path === stored)
    if (!large) throw new Error('The large file is not listed.')
    await expect(Promise.resolve(large.open()).then(buffer)).rejects.toMatchObject({
      code: 'file_corrupt',
    })
  } finally {
    await snapshot.close()
  }
})

test('a filestore that is not there fails the backup and says where its path came from', async () => {
  const name = await instance.createSample()
  await rm(instance.filestore(name), { recursive: true })
  await expect(openSnapshot(instance.cluster, name)).rejects.toMatchObject({
    code: 'filestore_missing',
    message: expect.stringContaining(
      `${instance.filestore(name)} is not there (its path comes from the option data_dir)`,
    ),
  })
})

test('a filestore that lacks more than ten files and more than one in a hundred fails the backup', async () => {
  const name = await instance.createSample({ files: 40 })
  const named = await instance.rows<{ store_fname: string }>(
    name,
    'SELECT DISTINCT store_fname FROM ir_attachment',
  )
  for (const { store_fname } of named.slice(0, 11)) await rm(join(instance.filestore(name), store_fname))
  await expect(openSnapshot(instance.cluster, name)).rejects.toMatchObject({ code: 'filestore_incomplete' })
})

test('names that lead elsewhere are told of and never opened', async () => {
  const name = await instance.createSample()
  await instance.rows(
    name,
    "INSERT INTO ir_attachment (name, store_fname) VALUES ('a', '../../../../etc/passwd'), ('b', 's3://bucket/b')",
  )
  const snapshot = await openSnapshot(instance.cluster, name)
  try {
    await buffer(snapshot.dump())
    expect([...(await readFiles(snapshot)).keys()].filter(path => /passwd|s3/.test(path))).toEqual([])
    expect(snapshot.facts().warnings).toEqual([{ code: 'attachments_elsewhere', count: 2 }])
  } finally {
    await snapshot.close()
  }
})
