import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

// People and machines that read only the last line of the tests, and their exit status, learn what is true.

const reporter = pathToFileURL(join(import.meta.dirname, 'closing-line-reporter.mjs')).href

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'closing-line-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test.each([
  ['all passed', { numFailedTests: 0, numRuntimeErrorTestSuites: 0 }, 0, '3 passed, 0 failed'],
  [
    'tests failed, and a file that could not be read',
    { numFailedTests: 1, numRuntimeErrorTestSuites: 1 },
    1,
    '3 passed, 2 failed',
  ],
  [
    'all passed and what came after them failed',
    { numFailedTests: 0, numRuntimeErrorTestSuites: 0 },
    1,
    '3 passed, 1 failed',
  ],
])('where %s the line says so, after everything else', (_what, counts, status, line) => {
  const results = JSON.stringify({ numPassedTests: 3, ...counts })
  const program = `
    const { default: Reporter } = await import(${JSON.stringify(reporter)})
    new Reporter().onRunComplete([], ${results})
    console.log('what another reporter says')
    process.exitCode = ${status}`
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(ran).toMatchObject({ status, stdout: `what another reporter says\n${line}\n` })
})

/** `.ci/run` in a folder of its own, with an npm that does what it is told. */
function ciRun(npm: string) {
  mkdirSync(join(folder, '.ci'))
  copyFileSync(join(import.meta.dirname, '../../.ci/run'), join(folder, '.ci/run'))
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\necho "npm $* in $PWD"\n${npm}\n`)
  chmodSync(join(folder, 'bin/npm'), 0o755)
  const PATH = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`
  const { status, stdout } = spawnSync(join(folder, '.ci/run'), {
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, PATH },
  })
  const lines = stdout.trimEnd().split('\n')
  return { status, first: lines[0], last: lines.at(-1) }
}

test.each([
  ['pass', 'echo "12 passed, 0 failed"', 0, '12 passed, 0 failed'],
  [
    'fail, whatever npm says after them',
    'echo "11 passed, 1 failed"; echo "npm error code 1" >&2; exit 1',
    1,
    '11 passed, 1 failed',
  ],
  ['do not even begin', 'echo "Missing on this machine: ceph-mon."; exit 7', 7, '0 passed, 1 failed'],
])('where tests %s .ci/run ends with their line and status', (_what, npm, status, last) => {
  expect(ciRun(npm)).toEqual({ status, first: `npm test in ${folder}`, last })
})
