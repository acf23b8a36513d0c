import { expect, test } from '@jest/globals'
import { Memory } from './memory.ts'

const notice = {
  id: 'backup_failed:shop',
  kind: 'backup_failed',
  severity: 'error',
  database: 'shop',
  message: 'The last backup failed.',
  raisedAt: '2026-03-10T12:00:00.000Z',
  waiting: [],
}

test.each([
  ['an older agent, without a code', {}],
  ['a newer agent, with a code that this one does not know', { text: { code: 'of_tomorrow', lines: 3 } }],
])('a notice of %s is remembered by its message', (_who, more) => {
  const lastGood = { shop: '2026-03-09T12:00:00.000Z' }
  const remembered = Memory.parse({ notices: [{ ...notice, ...more }], lastGood })
  expect(remembered).toMatchObject({ notices: [{ message: notice.message }], lastGood })
  expect(remembered.notices[0]?.text).toBeUndefined()
})
