import { expect, test } from '@jest/globals'
import { loadFault } from './load-fault.ts'

const ended = (said: string) => loadFault({ status: 3, signal: null, stderr: `psql:<stdin>:7: ${said}\n` })

test.each([
  ['ERROR:  57014: canceling statement due to user request', 'statement_ended', true],
  ['ERROR:  57014: canceling statement due to statement timeout', 'statement_ended', true],
  ['FATAL:  57P01: terminating connection due to administrator command', 'postgres_unreachable', true],
  ['ERROR:  53100: could not extend file', 'disk_full', false],
  ['ERROR:  42601: syntax error at or near "x"', 'load_failed', false],
])('what psql ends with is told as what it is: %s', (said, code, retryable) => {
  expect(ended(said)).toMatchObject({ code, retryable })
})
