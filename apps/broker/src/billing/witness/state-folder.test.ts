import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createFolderWitness } from './folder-witness.ts'
import { openStateFolder, writeUnnamed } from './state-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-folder-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const isRoot = process.getuid?.() === 0

/** Does it as somebody who is not root, who may write everywhere. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  if (isRoot) process.seteuid?.(65_534)
  try {
    await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

test('a folder that is missing is made by the service alone, for its owner alone', async () => {
  const missing = join(folder, 'a')
  await expect(openStateFolder(missing, { makes: false })).rejects.toMatchObject({
    code: 'state_folder_unusable',
    message: expect.stringMatching(/a cannot be read \(ENOENT\).*run commands on its machine/),
  })
  await Promise.all([1, 2, 3].map(() => openStateFolder(missing, { makes: true })))
  expect((await stat(missing)).mode & 0o777).toBe(0o700)
  await openStateFolder(missing, { makes: false })
})

test('none above it is made, since the disk of that one may not be mounted', async () => {
  const disk = join(folder, 'disk')
  await expect(openStateFolder(join(disk, 'state'), { makes: true })).rejects.toThrow(
    `BROKER_STATE_FOLDER: ${disk}/state cannot be made (ENOENT). There is no ${disk}: see that its disk is mounted.`,
  )
  expect(await readdir(folder)).toEqual([])
  await mkdir(disk)
  await symlink(disk, join(folder, 'linked'))
  await openStateFolder(join(folder, 'linked', 'state'), { makes: true })
  expect(await readdir(disk)).toEqual(['state'])
})

test('what a killed process left unfinished is removed, and nothing else', async () => {
  await createFolderWitness(folder).saw(new Map([['a:1', 7n]]))
  await writeUnnamed(folder, 'half')
  await writeFile(join(folder, 'note'), 'of an operator')
  await openStateFolder(folder, { makes: true })
  expect((await readdir(folder)).sort()).toEqual(['books.1.json', 'note'])
})

test('a path that is no folder is told with what to do', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  for (const makes of [true, false])
    await expect(openStateFolder(file, { makes })).rejects.toThrow(/file cannot be .*Give a folder\./)
})

test.each([
  [true, 'Let the user that the broker runs as own it, and run commands as that user or as root.'],
  [false, 'Run this command as the user that the broker runs as, or as root.'],
])('a folder in which nobody may write is told with what to do, to a service: %j', async (makes, remedy) => {
  for (const [mode, verb] of [
    [0o555, 'written'],
    [0o333, 'read'],
  ] as const) {
    await chmod(folder, mode)
    await asNobody(() =>
      expect(openStateFolder(folder, { makes })).rejects.toThrow(
        `BROKER_STATE_FOLDER: ${folder} cannot be ${verb} (EACCES). ${remedy}`,
      ),
    )
  }
})

test('where the broker may not make it, the command that does is told', async () => {
  await chmod(folder, 0o555)
  const missing = join(folder, 'state')
  await asNobody(() =>
    expect(openStateFolder(missing, { makes: true })).rejects.toThrow(
      `${missing} cannot be made (EACCES). Make it as root: install -d -m 700 -o USER '${missing}'`,
    ),
  )
})

test.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
  'a file system without hard links is told as such, and nothing stays there: %s',
  async code => {
    const names = () => Promise.reject(Object.assign(new Error(code), { code }))
    for (const makes of [true, false])
      await expect(openStateFolder(folder, { makes, names })).rejects.toThrow(
        `BROKER_STATE_FOLDER: ${folder} cannot be used for hard links (${code}). This file system has no hard links: name a folder on another one.`,
      )
    expect(await readdir(folder)).toEqual([])
  },
)

test('of several that start at once each one tries hard links, whatever another one clears away', async () => {
  const tried: string[] = []
  await openStateFolder(folder, {
    makes: true,
    names: async (from, to) => {
      if (tried.length === 0) await openStateFolder(folder, { makes: false })
      tried.push(String(from))
      await link(from, to)
      expect(await readFile(to, 'utf8')).toBe(' '.repeat(4096))
    },
  })
  expect(new Set(tried).size).toBe(2)
  expect(await readdir(folder)).toEqual([])
})
