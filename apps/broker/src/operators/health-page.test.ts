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
      missingPlans: [],
    },
  )
  expect(String(page)).toContain('antwortet nicht</dd>')
  expect(String(page)).not.toContain('no answer')
})

test.each([
  ['en', 'Accounts on the plan larg, which is not in the settings: 3.'],
  ['de', 'Konten mit dem Tarif larg, der nicht in den Einstellungen steht: 3.'],
] as const)('a plan that is not in the settings is told, in %s', (language, told) => {
  const none = { accounts: 0, suspended: 0, approved: 0, pending: 0, revoked: 0 }
  const page = healthPage(
    { role: 'viewer', words: consoleWordsOf(language) },
    {
      report: { state: 'ok', checks: {} },
      overview: { ...none, lately: { events: 0, since: undefined, groups: [] } },
      pausedReason: undefined,
      stuckSince: undefined,
      missingPlans: [{ plan: 'larg', accounts: 3 }],
    },
  )
  expect(String(page)).toContain(told)
})
