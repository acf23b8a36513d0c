import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { BooksWitness } from './books-witness.ts'
import { createFolderWitness } from './folder-witness.ts'
import { openStateFolder, writeUnnamed } from './state-folder.ts'

let folder: string
let witness: BooksWitness
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-folder-'))
  witness = createFolderWitness(folder)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const known = async (its = witness) => Object.fromEntries(await its.highest())

test('an empty folder knows of no books; what it was told is known by others, and exact', async () => {
  expect(await known()).toEqual({})
  await witness.saw(new Map([['a:1', 2n ** 63n]]))
  expect(await known(createFolderWitness(folder))).toEqual({ 'a:1': 2n ** 63n })
})

test('it only ever goes higher, but for books that are taken as they are', async () => {
  await witness.saw(new Map([['a:1', 7n]]))
  await witness.saw(new Map([['a:1', 5n]]))
  expect(await known()).toEqual({ 'a:1': 7n })
  await witness.accept(new Map([['a:1', 3n]]))
  expect(await known()).toEqual({ 'a:1': 3n })
  await witness.saw(new Map([['a:1', 4n]]))
  expect(await known()).toEqual({ 'a:1': 4n })
})

test('books that others have taken over from are not remembered again by who still writes to them', async () => {
  await witness.saw(new Map([['a:1', 7n]]))
  await witness.accept(new Map([['b:1', 1n]]))
  await witness.saw(new Map([['a:1', 9n]]))
  expect(await known()).toEqual({ 'b:1': 1n })
})

test('what is known already is not written again', async () => {
  await witness.saw(new Map([['a:1', 7n]]))
  const before = await readdir(folder)
  await witness.saw(new Map([['a:1', 7n]]))
  await witness.accept(new Map([['a:1', 7n]]))
  expect(await readdir(folder)).toEqual(before)
})

test('its files are few, and readable by their owner alone', async () => {
  for (let highest = 1n; highest <= 20n; highest += 1n) await witness.saw(new Map([['a:1', highest]]))
  const names = await readdir(folder)
  expect(names.sort()).toEqual(['books.19.json', 'books.20.json'])
  for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
})

test('of all that tell at once nothing is lost', async () => {
  const witnesses = Array.from({ length: 5 }, () => createFolderWitness(folder))
  await Promise.all(
    witnesses.flatMap((its, index) =>
      Array.from({ length: 10 }, (_, turn) => its.saw(new Map([['a:1', BigInt(10 * turn + index)]]))),
    ),
  )
  expect(await known()).toEqual({ 'a:1': 94n })
})

test('of what processes tell at once nothing is lost either', async () => {
  const program = `
    import { createFolderWitness } from ${JSON.stringify(join(import.meta.dirname, 'folder-witness.ts'))}
    const witness = createFolderWitness(${JSON.stringify(folder)})
    for (let turn = 0; turn < 30; turn += 1) {
      const told = BigInt(4 * turn) + BigInt(process.argv[2])
      await witness.saw(new Map([['a:1', told]]))
      if ((await witness.highest()).get('a:1') < told) process.exit(3)
    }
  `
  const path = join(folder, 'program.mts')
  await writeFile(path, program)
  const ends = ['0', '1', '2', '3'].map(async index => {
    const child = fork(path, [index], { execArgv: ['--conditions=odoo-backup-source', '--import', 'tsx'] })
    const [status] = await once(child, 'exit')
    return status
  })
  expect(await Promise.all(ends)).toEqual([0, 0, 0, 0])
  expect(await known()).toEqual({ 'a:1': 119n })
  expect((await readdir(folder)).filter(name => name.startsWith('.'))).toEqual([])
})

test('a number that was removed long ago is no place for what was read before it', async () => {
  await witness.saw(new Map([['a:1', 1n]]))
  let writes = 0
  // It read the first file, and was put to sleep before it named its own.
  const behind = createFolderWitness(folder, async (...given) => {
    writes += 1
    if (writes === 1)
      for (let highest = 2n; highest <= 6n; highest += 1n) await witness.saw(new Map([['a:1', highest]]))
    return writeUnnamed(...given)
  })
  await behind.saw(new Map([['a:1', 7n]]))
  expect(writes).toBe(2)
  expect(await known()).toEqual({ 'a:1': 7n })
})

test('a file that is taken for left behind while it is written is written again', async () => {
  let writes = 0
  const unlucky = createFolderWitness(folder, async (...given) => {
    writes += 1
    const path = await writeUnnamed(...given)
    if (writes === 1) await openStateFolder(folder, { makes: true })
    return path
  })
  await unlucky.saw(new Map([['a:1', 7n]]))
  expect(await known()).toEqual({ 'a:1': 7n })
})

test.each(['', '{', '[]', '{"books":{"a:1":7}}', '{"books":{"a:1":"-7"}}'])(
  'a file that makes no sense is told as such, and only taking the books as they are replaces it: %j',
  async text => {
    await witness.saw(new Map([['a:1', 7n]]))
    await writeFile(join(folder, 'books.2.json'), text)
    for (const call of [witness.highest(), witness.saw(new Map([['a:1', 9n]]))])
      await expect(call).rejects.toMatchObject({
        code: 'state_folder_unusable',
        message: expect.stringMatching(
          /books\.2\.json makes no sense.*Remove this file: the one before it counts then/,
        ),
      })
    expect(await readFile(join(folder, 'books.2.json'), 'utf8')).toBe(text)
    await witness.accept(new Map([['a:1', 8n]]))
    expect(await known()).toEqual({ 'a:1': 8n })
  },
)

test('where the file that makes no sense is removed, the one before it counts, and numbers go on', async () => {
  for (const highest of [6n, 7n, 8n]) await witness.saw(new Map([['a:1', highest]]))
  await writeFile(join(folder, 'books.3.json'), '{')
  await expect(witness.highest()).rejects.toThrow(join(folder, 'books.3.json'))
  await rm(join(folder, 'books.3.json'))
  expect(await known()).toEqual({ 'a:1': 7n })
  await witness.saw(new Map([['a:1', 9n]]))
  expect(await known()).toEqual({ 'a:1': 9n })
  expect((await readdir(folder)).sort()).toEqual(['books.2.json', 'books.3.json'])
})

const isRoot = process.getuid?.() === 0

test('what root writes belongs to the owner of the file before it, or else of the folder', async () => {
  const own = process.getuid?.() ?? 0
  const [service, other] = isRoot ? [12_345, 23_456] : [own, own]
  await chown(folder, service, process.getgid?.() ?? 0)
  await witness.saw(new Map([['a:1', 7n]]))
  expect((await stat(join(folder, 'books.1.json'))).uid).toBe(service)
  await chown(join(folder, 'books.1.json'), other, process.getgid?.() ?? 0)
  await witness.saw(new Map([['a:1', 8n]]))
  expect((await stat(join(folder, 'books.2.json'))).uid).toBe(other)
})
