import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** After all tests: no log of the whole run may hold a secret that a test used. */
export default function searchLogs() {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const program = join(import.meta.dirname, 'search-logs.ts')
  try {
    const { status } = spawnSync(process.execPath, ['--import', loader, program], {
      stdio: ['ignore', 2, 2],
    })
    if (status !== 0) throw new Error('The logs of this test run do not pass: the reason stands above.')
  } finally {
    rmSync(process.env.TEST_RUN_FOLDER, { recursive: true, force: true })
  }
}
