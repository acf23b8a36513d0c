import { expect, test } from '@jest/globals'
import { readServiceArguments } from './service-arguments.ts'

test('the service runs with the file that is named, or the usual one', () => {
  expect(readServiceArguments([])).toEqual({ kind: 'run', configurationFile: undefined })
  for (const args of [['--config', '/etc/a.conf'], ['--config=/etc/a.conf'], ['-c', '/etc/a.conf']])
    expect(readServiceArguments(args)).toEqual({ kind: 'run', configurationFile: '/etc/a.conf' })
})

test('help, version and what is misspelt start nothing', () => {
  expect(readServiceArguments(['--help'])).toEqual({ kind: 'help' })
  expect(readServiceArguments(['--version'])).toEqual({ kind: 'version' })
  for (const args of [['--confg', 'x'], ['status'], ['--config']])
    expect(readServiceArguments(args).kind).toBe('fault')
})
