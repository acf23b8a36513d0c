import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Starts the sandbox before the tests that talk to it; it goes on running, so that the next run begins at once. */
export default function startSandboxOnce() {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const program = join(import.meta.dirname, 'main.ts')
  const { status } = spawnSync(process.execPath, ['--import', loader, program, 'start', '--with-browser'], {
    // Its progress goes where the tests' own goes: installing Ceph on a new machine takes minutes.
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error('The sandbox did not start: the reason stands above.')
}
