import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'

const root = join(import.meta.dirname, '../..')
const PACKAGES = ['odoo', 'protocol', 'retention', 'storage']

/** Small files at the places of the real ones: the rules look at where a file is and what it imports. */
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dependency-rules-'))
  const dependencies = Object.fromEntries(PACKAGES.map(name => [`@odoo-backup/${name}`, '*']))
  const exports = { '.': { 'odoo-backup-source': './src/index.ts' } }
  mkdirSync(join(folder, 'node_modules/@odoo-backup'), { recursive: true })
  write(
    'package.json',
    JSON.stringify({
      name: 'all',
      workspaces: ['apps/*', 'packages/*'],
      devDependencies: { declared: '1.0.0' },
    }),
  )
  for (const name of ['declared', 'hoisted']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'dist/index.js' }))
    write(`node_modules/${name}/dist/index.js`, 'export const value = 1\n')
  }
  for (const name of PACKAGES) {
    const described = { name: `@odoo-backup/${name}`, exports, dependencies }
    write(`packages/${name}/package.json`, JSON.stringify(described))
    write(`packages/${name}/src/index.ts`, 'export const value = 1\n')
    write(`packages/${name}/src/inside.ts`, 'export const value = 1\n')
    symlinkSync(`../../packages/${name}`, join(folder, `node_modules/@odoo-backup/${name}`))
  }
  for (const name of ['agent', 'broker']) {
    write(`apps/${name}/package.json`, JSON.stringify({ name, dependencies }))
    write(`apps/${name}/src/main.ts`, 'export const value = 1\n')
  }
  for (const path of ['infra/sandbox/sandbox.ts', 'test/faults/waiting.ts'])
    write(path, 'export const value = 1\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function writeImport(file: string, imported: string): void {
  write(file, `import * as imported from '${imported}'\nexport const used = imported\n`)
}

function cruise() {
  const rules = join(root, 'infra/lint/dependency-rules.mjs')
  const program = join(root, 'node_modules/.bin/depcruise')
  const ran = spawnSync(program, ['--config', rules, 'apps', 'packages', 'infra', 'test'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status: ran.status, output: ran.stdout + ran.stderr }
}

test('imports in the right direction pass', () => {
  writeImport('apps/agent/src/backup.ts', '@odoo-backup/odoo')
  writeImport('apps/broker/src/answer.ts', '@odoo-backup/protocol')
  writeImport('packages/odoo/src/snapshot.ts', '@odoo-backup/protocol')
  for (const file of ['infra/sandbox/a.ts', 'test/faults/a.ts', 'apps/agent/src/a.test.ts'])
    writeImport(file, 'declared')
  expect(cruise().output).toContain('no dependency violations found')
})

test('a package that is there by hoisting alone is nobody’s to import, nor by what runs one for development', () => {
  const tools = ['infra/sandbox/a.ts', 'test/faults/a.ts', 'apps/agent/src/a.test.ts']
  for (const file of tools) writeImport(file, 'hoisted')
  writeImport('apps/agent/src/a.ts', 'hoisted')
  writeImport('apps/broker/src/a.ts', 'declared')
  const { output } = cruise()
  for (const file of tools)
    expect(output).toContain(`error no-undeclared-dependencies-of-tests-and-tools: ${file} `)
  for (const app of ['agent', 'broker'])
    expect(output).toContain(`error no-undeclared-dependencies: apps/${app}/src/a.ts `)
})

test('each import that goes against the direction is named with its rule', () => {
  const refused = [
    ['apps-are-islands', 'apps/broker/src/a.ts', '../../agent/src/main.ts'],
    ['broker-never-sees-backups', 'apps/broker/src/b.ts', '@odoo-backup/odoo'],
    ['only-the-public-face', 'apps/agent/src/a.ts', '../../../packages/odoo/src/inside.ts'],
    ['apps-do-not-know-development-tools', 'apps/agent/src/b.ts', '../../../infra/sandbox/sandbox.ts'],
    ['packages-do-not-know-apps', 'packages/odoo/src/a.ts', '../../../apps/agent/src/main.ts'],
    ['packages-know-protocol-only', 'packages/odoo/src/b.ts', '@odoo-backup/storage'],
    ['pure-packages-do-no-io', 'packages/retention/src/a.ts', 'node:fs'],
  ] as const
  for (const [, file, imported] of refused) writeImport(file, imported)
  writeImport('apps/agent/src/circle-one.ts', './circle-two.ts')
  writeImport('apps/agent/src/circle-two.ts', './circle-one.ts')
  const { status, output } = cruise()
  expect(status).toBeGreaterThan(0)
  for (const [rule, file] of refused) expect(output).toContain(`error ${rule}: ${file} `)
  expect(output).toContain('error no-circles: apps/agent/src/circle-')
})
