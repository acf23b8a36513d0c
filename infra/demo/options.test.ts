import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { readOptions } from './options.ts'

const file = fileURLToPath(import.meta.url)

test('without options the demo makes its own database and goes on running', () => {
  expect(readOptions([])).toEqual({ once: false, from: undefined, stop: false })
})

test('options are read, a file with its full path', () => {
  expect(readOptions(['--once', '--from', file])).toEqual({ once: true, from: file, stop: false })
})

test('a file that is not there and an unknown option are said before anything begins', () => {
  expect(readOptions(['--from', '/nowhere/backup.zip'])).toEqual({
    fault: 'There is no file /nowhere/backup.zip.',
  })
  expect(readOptions(['--onse'])).toHaveProperty('fault')
})

test('help is asked for in words', () => {
  expect(readOptions(['--help'])).toBe('help')
})
