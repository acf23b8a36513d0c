import { link, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Heights } from './books-print.ts'
import type { BooksWitness } from './books-witness.ts'
import { codeOf, StateFolderError, syncFolder, told, writeUnnamed } from './state-folder.ts'

type Books = Heights

/** Numbers are texts: JSON has none that are exact beyond 2⁵³. */
const Kept = z.strictObject({ books: z.record(z.string(), z.string().regex(/^[0-9]{1,30}$/)) })
const NAME = /^books\.([1-9][0-9]{0,14})\.json$/
const nameOf = (number: number) => `books.${number}.json`

/** Each try that fails is one at which another process succeeded. */
const MOST_TRIES = 1000

/**
 * A witness in files of a folder, for a broker without Redis and the commands beside it.
 *
 * Each change is a new file with the next number; the highest one counts. A file gets its name by `link`, whole, and
 * only where nobody else took the number: so of two processes that read the same file one begins again with what the
 * other wrote, and nothing is locked by a process that was killed.
 */
export function createFolderWitness(folder: string, write = writeUnnamed): BooksWitness {
  /** The number of the file that counts; 0: there is none. */
  async function newest(): Promise<number> {
    const names = await told(folder, 'read', () => readdir(folder))
    return Math.max(0, ...names.map(name => Number(NAME.exec(name)?.[1] ?? 0)))
  }

  /** Undefined: it was removed meanwhile, since there is a newer one. */
  async function textOf(number: number): Promise<string | undefined> {
    const path = join(folder, nameOf(number))
    return told(path, 'read', () =>
      readFile(path, 'utf8').catch(error => (codeOf(error) === 'ENOENT' ? undefined : Promise.reject(error))),
    )
  }

  /** @throws StateFolderError also for a file that makes no sense, unless `replaces`: then it counts as empty */
  async function read({
    replaces = false,
  } = {}): Promise<{ readonly number: number; readonly books: Books }> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const number = await newest()
      if (number === 0) return { number, books: new Map() }
      const text = await textOf(number)
      if (text === undefined) continue
      const books = booksIn(text)
      if (books === undefined && !replaces)
        throw new StateFolderError(
          `BROKER_STATE_FOLDER: ${join(folder, nameOf(number))} makes no sense: its disk may be damaged. Remove this file: the one before it counts then, and where there is none billing rests until the books were reconciled.`,
        )
      return { number, books: books ?? new Map() }
    }
    throw new StateFolderError(`BROKER_STATE_FOLDER: ${folder} changes all the time.`)
  }

  /** Undefined from `next`: it is so already. */
  async function change(next: (books: Books) => Books | undefined, options?: { replaces: boolean }) {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { number, books } = await read(options)
      const changed = next(books)
      if (changed === undefined) return
      const mine = number + 1
      if (!(await make(mine, changed))) continue
      // Where numbers beyond it were there, this one had been used before and removed: what it says counts for nobody.
      if ((await newest()) !== mine) continue
      await tidy(mine)
      return
    }
    throw new StateFolderError(`BROKER_STATE_FOLDER: ${folder} changes all the time.`)
  }

  /** Whether nobody had made this number before. */
  async function make(number: number, books: Books): Promise<boolean> {
    const kept: z.input<typeof Kept> = {
      books: Object.fromEntries([...books].map(([fingerprint, highest]) => [fingerprint, String(highest)])),
    }
    const before = join(folder, nameOf(number - 1))
    const unnamed = await write(folder, `${JSON.stringify(kept)}\n`, before)
    try {
      await told(folder, 'written', async () => {
        await link(unnamed, join(folder, nameOf(number)))
        await syncFolder(folder)
      })
      return true
    } catch (error) {
      // ENOENT: a process that started took the unnamed file for one that was left behind.
      const code = error instanceof StateFolderError ? codeOf(error.cause) : undefined
      if (code === 'EEXIST' || code === 'ENOENT') return false
      throw error
    } finally {
      await rm(unnamed, { force: true })
    }
  }

  /** The one before stays: whoever lists the folder while files come and go still finds one. */
  async function tidy(number: number): Promise<void> {
    for (const name of await readdir(folder)) {
      const other = Number(NAME.exec(name)?.[1] ?? 0)
      if (other > 0 && other < number - 1) await rm(join(folder, name), { force: true })
    }
  }

  return {
    highest: async () => (await read()).books,
    saw: heights =>
      change(books => {
        // Adds none to others: books that others have taken over from are not the last ones, whoever still writes to them.
        if (books.size > 0 && [...heights.keys()].some(key => !books.has(key))) return undefined
        const further = [...heights].filter(([key, height]) => height > (books.get(key) ?? -1n))
        return further.length === 0 ? undefined : new Map([...books, ...further])
      }),
    accept: heights =>
      change(
        books => {
          const isSo = books.size === heights.size && [...heights].every(([key, at]) => books.get(key) === at)
          return isSo ? undefined : heights
        },
        { replaces: true },
      ),
  }
}

/** Undefined: it makes no sense. */
function booksIn(text: string): Books | undefined {
  const { success, data } = Kept.safeParse(parsed(text))
  if (!success) return undefined
  return new Map(Object.entries(data.books).map(([fingerprint, highest]) => [fingerprint, BigInt(highest)]))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
