import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import startSandboxOnce from '../sandbox/jest-global-setup.mjs'

const PREFIX = 'odoo-backup-test-run-'

/** Before the tests that talk to real components: the sandbox, and a folder for what they note about their run. */
export default function prepareRun() {
  startSandboxOnce()
  removeLeftFolders()
  // Workers inherit it. mkdtemp makes folders that only their owner enters.
  process.env.TEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
}

/** Those of runs that were killed: they hold the secrets that their tests used. */
function removeLeftFolders() {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${PREFIX}([0-9]+)-`).exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Of somebody else, who may not be signalled.
    return error.code === 'EPERM'
  }
}
