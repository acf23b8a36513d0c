import { expect, test } from '@jest/globals'
import { healthPage } from './health-page.ts'
import { consoleWordsOf } from './messages/index.ts'

test('a check that failed is told in the operator’s language alone', () => {
  const none = { accounts: 0, suspended: 0, approved: 0, pending: 0, revoked: 0 }
  const page = healthPage(
    { role: 'viewer', words: consoleWordsOf('de') },
    {
      report: { state: 'failed', checks: { redis: { state: 'failed', detail: 'no answer in time' } } },
      overview: { ...none, lately: { events: 0, since: undefined, groups: [] } },
      pausedReason: undefined,
      stuckSince: undefined,
    },
  )
  expect(String(page)).toContain('antwortet nicht</dd>')
  expect(String(page)).not.toContain('no answer')
})
