import { formatArchiveName, formatInfoName } from '@odoo-backup/backup-format'
import { DatabaseName } from '@odoo-backup/protocol'
import type { Storage } from '@odoo-backup/storage'

export const BACKUPS = 10_000
export const DATABASES = 200
export const FOLDER = 'bench-list'
export const INSTANCE = 'bench-list-agent'
const AT_ONCE = 24

/** Per backup archive, `.info` and the mark of the instance, as the agent makes them, with nothing inside. */
function* keys(): Generator<string> {
  const first = Date.parse('2026-01-01T00:00:00Z')
  for (let index = 0; index < BACKUPS; index += 1) {
    const database = DatabaseName.parse(`shop_${index % DATABASES}`)
    const takenAt = new Date(first + Math.floor(index / DATABASES) * 86_400_000)
    const archive = formatArchiveName({ database, takenAt, format: 'zip', encrypted: false })
    yield `${FOLDER}/${archive}`
    yield `${FOLDER}/${formatInfoName({ database, takenAt })}`
    yield `${FOLDER}/_/instance/${archive}/${INSTANCE}`
  }
}

const content = new TextEncoder().encode('x')

/**
 * Fills the folder of the benchmarks with 10,000 backups of 200 databases, and returns how many objects that are.
 * It takes minutes, so the folder stays in the sandbox: a later run, or one that follows a broken one, puts only
 * what is missing.
 */
export async function fillListedBucket(storage: Storage): Promise<number> {
  const present = new Set<string>()
  for await (const { key } of storage.list(`${FOLDER}/`)) present.add(key)
  const missing = [...keys()].filter(key => !present.has(key))
  const source = missing.values()
  let done = present.size
  const worker = async () => {
    for (const key of source) {
      await storage.put(key, content)
      done += 1
      if (done % 1000 === 0) console.log(`${done} of ${BACKUPS * 3} objects are in the bucket`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return done
}
