import { formatArchiveName, formatInfoName } from '@odoo-backup/backup-format'
import { DatabaseName } from '@odoo-backup/protocol'
import { agentInstance } from '../fixtures/agent-instance.ts'
import { agentSurface } from '../fixtures/agent-surface.ts'

/**
 * Puts the objects of 10,000 backups of 200 databases into Ceph (archive, `.info` and the mark of the instance, as
 * the agent makes them, with nothing inside), then asks the API for the first page and for the overview. Ends with
 * status 1 if the first page takes two seconds or more. Filling takes minutes, so the folder stays in the sandbox:
 * a later run, or one that follows a broken one, puts only what is missing.
 */
const BACKUPS = 10_000
const DATABASES = 200
const AT_ONCE = 24
const FOLDER = 'bench-list'
const INSTANCE = 'bench-list-agent'
const LIMIT_SECONDS = 2

const instance = await agentInstance({ instance_id: INSTANCE })
const opened = await instance.open({ worker: 'never' })
await opened.agent.changeSettings({ storage: { folder: FOLDER } })
const surface = await agentSurface(instance, opened)

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

/** Returns how many objects there are in all. */
async function putMissing(): Promise<number> {
  const present = new Set<string>()
  for await (const { key } of instance.storage.list(`${FOLDER}/`)) present.add(key)
  const missing = [...keys()].filter(key => !present.has(key))
  const source = missing.values()
  let done = present.size
  const worker = async () => {
    for (const key of source) {
      await instance.storage.put(key, content)
      done += 1
      if (done % 1000 === 0) console.log(`${done} of ${BACKUPS * 3} objects are in the bucket`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return done
}

async function timed(path: string): Promise<{ seconds: number; total: number }> {
  const begun = performance.now()
  const { status, body } = await surface.api('GET', path)
  if (status !== 200) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`)
  return { seconds: (performance.now() - begun) / 1000, total: body.total ?? body.backups }
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000
try {
  const objects = await putMissing()
  const page = await timed('/backups')
  const again = await timed('/backups?page=100&sort=name&order=asc')
  const overview = await timed('/overview')
  if (page.total !== BACKUPS) throw new Error(`The API counts ${page.total} backups.`)
  console.log(
    `First page ${round(page.seconds)} s, another one ${round(again.seconds)} s, overview ${round(overview.seconds)} s.`,
  )
  console.log(
    JSON.stringify({
      bench: 'list',
      backups: BACKUPS,
      objects,
      firstPageSeconds: round(page.seconds),
      anotherPageSeconds: round(again.seconds),
      overviewSeconds: round(overview.seconds),
    }),
  )
  process.exitCode = page.seconds < LIMIT_SECONDS ? 0 : 1
} finally {
  await surface.close()
  await instance.close()
}
