import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** In the environment of the test runner and of each of its workers: the folder that belongs to this run alone. */
export const RUN_FOLDER = 'TEST_RUN_FOLDER'

/** In the environment of each test: its file, from the root of the repository. */
export const TEST_FILE = 'TEST_FILE'

const Secret = z.object({ kind: z.string(), secret: z.string() })

/** What all test files of one run note side by side, so that its end can look through it. */
export class RunFolder {
  readonly #secrets: string
  readonly #logs: string

  constructor(folder: string) {
    this.#secrets = join(folder, 'secrets')
    this.#logs = join(folder, 'logs')
    mkdirSync(this.#secrets, { recursive: true, mode: 0o700 })
    mkdirSync(this.#logs, { recursive: true, mode: 0o700 })
  }

  addSecret(kind: string, secret: string): void {
    // A file for each worker: lines of two processes cannot fall into each other.
    appendFileSync(join(this.#secrets, String(process.pid)), `${JSON.stringify({ kind, secret })}\n`)
  }

  /** @param name whose log it is, in words; what is noted by the same name is one log */
  addLog(name: string, text: string | Uint8Array): void {
    appendFileSync(join(this.#logs, encodeURIComponent(name)), text)
  }

  /** The kind of each secret. */
  secrets(): Map<string, string> {
    const found = new Map<string, string>()
    for (const file of readdirSync(this.#secrets))
      for (const line of readFileSync(join(this.#secrets, file), 'utf8').split('\n').filter(Boolean)) {
        const { kind, secret } = Secret.parse(JSON.parse(line))
        found.set(secret, kind)
      }
    return found
  }

  *logs(): Generator<{ readonly name: string; readonly bytes: Buffer }> {
    for (const file of readdirSync(this.#logs).sort())
      yield { name: decodeURIComponent(file), bytes: readFileSync(join(this.#logs, file)) }
  }
}
