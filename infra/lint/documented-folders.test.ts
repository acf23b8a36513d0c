import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

// docs/architecture.md is how somebody new finds the right file: it names every folder that there is.

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
const layout = /^## Layout\n+```\n([\s\S]*?)\n```/m.exec(text)?.[1] ?? ''
/** Of the two services: the first column of the table below their heading. */
const ownersOf = (heading: string) =>
  (text.split(/^## /m).find(section => section.startsWith(heading)) ?? '')
    .split('\n')
    .flatMap(line => /^\| (`.*?`) +\|/.exec(line)?.[1] ?? [])
    .join(' ')

test.each([
  ['apps', layout],
  ['packages', layout],
  ['infra', layout],
  ['test', layout],
  ['apps/broker/src', ownersOf('The broker')],
  ['apps/agent/src', ownersOf('The agent')],
])('each folder of %s is named with what it is for', (parent, named) => {
  const folders = readdirSync(join(root, parent), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => name)
  expect(folders.filter(name => !new RegExp(`(^|[\\s\`])${name}/`, 'm').test(named))).toEqual([])
  expect(folders.length).toBeGreaterThan(2)
})
