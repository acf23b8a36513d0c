import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../sandbox/environment.ts'
import { RUN_FOLDER, RunFolder } from './run-folder.ts'

let folder: string
let run: RunFolder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'search-logs-'))
  run = new RunFolder(folder)
})
afterEach(() => rmSync(folder, { recursive: true }))

function search() {
  const { PATH, SANDBOX_HOME } = process.env
  const options = { env: { PATH, SANDBOX_HOME, [RUN_FOLDER]: folder }, encoding: 'utf8' } as const
  const program = join(import.meta.dirname, 'search-logs.ts')
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program], options)
  return { status, stderr }
}

test('logs without a secret pass', () => {
  run.addSecret('a made-up token', 'canary-0123456789')
  run.addLog('a broker in test/x.test.ts', '{"msg":"request"}\n')
  expect(search()).toEqual({ status: 0, stderr: '' })
})

test('each log that holds a secret of any test of the run, or of the sandbox, is named, without the secret', () => {
  run.addSecret('a made-up token', 'canary-0123456789')
  run.addLog('a broker in test/x.test.ts', '{"msg":"request"}\n{"path":"/x/canary-')
  run.addLog('a broker in test/x.test.ts', '0123456789"}\n')
  run.addLog('an agent in test/y.test.ts', `with ${sandboxEnvironment().privateSecretAccessKey}`)
  run.addLog('an agent in test/z.test.ts', '{"msg":"request"}\n')
  expect(search()).toEqual({
    status: 1,
    stderr: `The log of a broker in test/x.test.ts holds a made-up token.
The log of an agent in test/y.test.ts holds a secret of the sandbox.
`,
  })
})
