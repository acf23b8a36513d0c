import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import startSandboxOnce from '../sandbox/jest-global-setup.mjs'

/** Before the tests that talk to real components: the sandbox, and a folder for what they note about their run. */
export default function prepareRun() {
  startSandboxOnce()
  // Workers inherit it. mkdtemp makes folders that only their owner enters.
  process.env.TEST_RUN_FOLDER = mkdtempSync(join(tmpdir(), 'odoo-backup-test-run-'))
}
