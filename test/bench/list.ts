import { agentInstance } from '../fixtures/agent-instance.ts'
import { agentSurface } from '../fixtures/agent-surface.ts'
import { BACKUPS, FOLDER, fillListedBucket, INSTANCE } from './listed-bucket.ts'

/**
 * Asks the API for the first page of 10,000 backups of 200 databases, which lie in Ceph, and for the overview. Ends
 * with status 1 if the first page takes two seconds or more.
 */
const LIMIT_SECONDS = 2

const instance = await agentInstance({ instance_id: INSTANCE })
const opened = await instance.open({ worker: 'never' })
await opened.agent.changeSettings({ storage: { folder: FOLDER } })
const surface = await agentSurface(instance, opened)

async function timed(path: string): Promise<{ seconds: number; total: number }> {
  const begun = performance.now()
  const { status, body } = await surface.api('GET', path)
  if (status !== 200) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`)
  return { seconds: (performance.now() - begun) / 1000, total: body.total ?? body.backups }
}

const round = (seconds: number) => Math.round(seconds * 1000) / 1000
try {
  const objects = await fillListedBucket(instance.storage)
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
