import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

// Every npm script comes through this door; what fails in it says what is wrong and what to do.

const root = join(import.meta.dirname, '../..')
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)
const TOOLS = ['prisma', 'turbo', 'tsc', 'biome', 'depcruise', 'jest']

/** A clone with nothing but the door, whose tools note that they ran and fail where they are told to. */
let clone: string
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'bootstrap-'))
  for (const file of ['package-lock.json', 'prisma/schema.prisma']) write(file, '')
  write('infra/bootstrap/run.mjs', '')
  copyFileSync(join(root, 'infra/bootstrap/run.mjs'), join(clone, 'infra/bootstrap/run.mjs'))
  const tool = '#!/bin/sh\nname=$(basename "$0")\necho "$name runs"\n[ "$name" != "$FAILING" ] || exit 3\n'
  for (const file of ['bin/npm', ...TOOLS.map(name => `node_modules/.bin/${name}`)]) {
    write(file, tool)
    chmodSync(join(clone, file), 0o755)
  }
})
afterEach(() => rmSync(clone, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(clone, file)), { recursive: true })
  writeFileSync(join(clone, file), text)
}

function run(args: readonly string[], failing = 'none') {
  const PATH = `${join(clone, 'bin')}${delimiter}${process.env.PATH}`
  const env = { ...process.env, PATH, FAILING: failing }
  return spawnSync(process.execPath, [join(clone, 'infra/bootstrap/run.mjs'), ...args], {
    encoding: 'utf8',
    env,
  })
}

test.each([
  ['npm', 'test', /^Installing the dependencies failed \(exit status 3\)\. .*npm ping/m],
  ['prisma', 'dev', /^Generating the Prisma client failed \(exit status 3\)\. Mend prisma\/schema\.prisma/m],
  ['turbo', 'build', /^The build failed \(exit status 3\)\. Mend .* run `npm run build` again/m],
  ['turbo', 'demo', /^The build failed \(exit status 3\)\. Mend .* run `npm run build` again/m],
  ['turbo', 'typecheck', /^Types: mend .* run `npm run typecheck` again/m],
  ['tsc', 'typecheck', /^Types: mend .* run `npm run typecheck` again/m],
  ['biome', 'lint', /^Style: `npm run format` mends/m],
  ['depcruise', 'lint', /^Dependencies: an import goes against the direction in docs\/architecture\.md/m],
])('where %s fails npm run %s ends with its status and says what to do', (failing, task, advice) => {
  const { status, stdout, stderr } = run([task], failing)
  expect(stdout).toContain(`${failing} runs`)
  expect(stderr).toMatch(advice)
  expect(status).toBe(3)
})

test('lint looks at the direction of dependencies also where the style is wrong', () => {
  expect(run(['lint'], 'biome').stdout).toContain('depcruise runs')
})

test('a fresh clone gets its dependencies, then the Prisma client; what is there is not made again', () => {
  expect(run(['format']).stdout.split('\n').slice(0, 3)).toEqual(['npm runs', 'prisma runs', 'biome runs'])
  write('node_modules/.package-lock.json', '')
  write('apps/broker/src/registry/generated/client.ts', '')
  expect(run(['format']).stdout).toBe('biome runs\n')
  write('package-lock.json', '{}')
  expect(run(['format']).stdout).toBe('npm runs\nprisma runs\nbiome runs\n')
})

test('each npm script is a task, and an unknown one is refused with those that there are', () => {
  const { status, stdout, stderr } = run(['biuld'])
  expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
  const known = /^Unknown task biuld; there are: (.*)$/m.exec(stderr)?.[1]?.split(', ') ?? []
  const tasks = Object.values(scripts).map(line => /^node infra\/bootstrap\/run\.mjs (\S+)/.exec(line)?.[1])
  expect(known).toEqual(expect.arrayContaining(tasks))
})

test('a task without arguments refuses one before anything is done, and its help is none', () => {
  for (const name of ['build', 'dev', 'pictures']) {
    const refused = run([name, '--fast'])
    expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 64, stdout: '' })
    expect(refused.stderr).toContain(`npm run ${name} takes no arguments: --fast\n`)
    expect(run([name, '--help'])).toMatchObject({ status: 0, stdout: '' })
  }
})

test('a demo can be ended, and its help read, where the sources do not build', () => {
  for (const option of ['--stop', '--help'])
    expect(run(['demo', option], 'turbo').stderr).not.toContain('The build')
})
