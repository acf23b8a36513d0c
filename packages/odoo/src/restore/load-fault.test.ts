import { expect, test } from '@jest/globals'
import { loadFault } from './load-fault.ts'

const said = (state: string, words = 'something went wrong') =>
  loadFault({
    status: 3,
    signal: null,
    stderr: `psql:<stdin>:42: ERROR:  ${state}: ${words}\nLOCATION:  f, x.c:1\n`,
  })

test.each([
  ['25006', 'cannot execute COPY FROM in a read-only transaction'],
  ['40P01', 'deadlock detected'],
  ['53200', 'out of memory'],
  ['53400', 'temporary file size exceeds temp_file_limit'],
  ['55P03', 'canceling statement due to lock timeout'],
  ['58030', 'could not write to file "base/1/2": Input/output error'],
  ['XX000', 'could not read block 7'],
  ['XX001', 'invalid page in block 7'],
])('%s (%s) is a fault of the server: it may be tried again, and is none of the backup', (state, words) => {
  expect(said(state, words)).toMatchObject({
    code: 'load_failed',
    retryable: true,
    message: `PostgreSQL met a fault while it loaded the dump, which says nothing of the backup: ${words}`,
  })
})

test.each([
  ['53100', 'disk_full', false],
  ['57014', 'statement_ended', true],
  ['57P01', 'postgres_unreachable', true],
  ['08006', 'postgres_unreachable', true],
  ['42501', 'role_lacks_right', false],
])('%s is %s', (state, code, retryable) => {
  expect(said(state)).toMatchObject({ code, retryable })
})

test.each(['42601', '22P02', '23505', '42P01'])('%s is the dump’s own, and no other try helps', state => {
  expect(said(state)).toMatchObject({ code: 'load_failed', retryable: false })
})

test('psql that fails without a word of the server says nothing of the backup', () => {
  const stderr = 'out of memory'
  expect(loadFault({ status: 1, signal: null, stderr })).toMatchObject({
    code: 'load_failed',
    retryable: true,
  })
  expect(loadFault({ status: null, signal: 'SIGKILL', stderr: '' })).toMatchObject({ retryable: true })
})

test.each([
  ['FEHLER', '23505', 'load_failed', false],
  ['ERREUR', '57014', 'statement_ended', true],
  ['ОШИБКА', '53100', 'disk_full', false],
])(
  'a server that speaks another language (%s) is understood by its codes (%s)',
  (severity, state, code, retryable) => {
    const stderr =
      `psql:<stdin>:7: WARNUNG:  01000: etwas anderes\nLOCATION:  f, x.c:1\n` +
      `psql:<stdin>:42: ${severity}:  ${state}: etwas ging schief\nLOCATION:  f, x.c:1\n`
    expect(loadFault({ status: 3, signal: null, stderr })).toMatchObject({ code, retryable })
  },
)
