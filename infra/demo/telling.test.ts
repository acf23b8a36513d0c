import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Telling } from './telling.ts'

test('each step is announced, told with its fact and its time, and stands in the summary', async () => {
  const lines: string[] = []
  const telling = new Telling(line => lines.push(line))
  expect(await telling.step('Back up', async () => ({ fact: '16 MB', result: 7 }))).toBe(7)
  await telling.step('List', async () => ({ fact: 'one backup', result: undefined }))
  expect(lines).toEqual([
    '\n▶ Back up',
    expect.stringMatching(/^ {2}✓ 16 MB \(\d+\.\d s\)$/),
    '\n▶ List',
    expect.stringMatching(/^ {2}✓ one backup \(\d+\.\d s\)$/),
  ])
  lines.length = 0
  telling.summary()
  expect(lines).toEqual([
    '\nSummary',
    expect.stringMatching(/^ {2}Back up {2} +\d+\.\d s {2}16 MB$/),
    expect.stringMatching(/^ {2}List {5} +\d+\.\d s {2}one backup$/),
  ])
})

test('a step that fails is announced and told as nothing else', async () => {
  const lines: string[] = []
  const telling = new Telling(line => lines.push(line))
  const failing = telling.step('Restore', async () => {
    throw new Error('no room')
  })
  await expect(failing).rejects.toThrow('no room')
  telling.summary()
  expect(lines).toEqual(['\n▶ Restore', '\nSummary'])
})

test('sizes are in decimal units, as the product tells them', () => {
  const sources = readdirSync(import.meta.dirname).filter(
    name => name.endsWith('.ts') && !name.includes('.test.'),
  )
  const binary = sources.filter(name =>
    /\b[KMGT]iB\b/.test(readFileSync(join(import.meta.dirname, name), 'utf8')),
  )
  expect(binary).toEqual([])
})
