import { expect, test } from '@jest/globals'
import { checkHealth } from './health.ts'

test('the whole is as well as its worst part', async () => {
  expect(await checkHealth({ checks: {} })).toEqual({ state: 'ok', checks: {} })
  expect((await checkHealth({ checks: { a: () => 'ok', b: () => 'degraded' } })).state).toBe('degraded')
  const report = await checkHealth({
    checks: { a: () => 'degraded', b: async () => ({ state: 'failed', detail: 'no disk' }), c: () => 'ok' },
  })
  expect(report).toEqual({
    state: 'failed',
    checks: { a: { state: 'degraded' }, b: { state: 'failed', detail: 'no disk' }, c: { state: 'ok' } },
  })
})

test('a check that throws or never answers has failed, and its error is not shown', async () => {
  const report = await checkHealth({
    timeoutSeconds: 0.02,
    checks: {
      throws: () => {
        throw new Error('canary')
      },
      rejects: () => Promise.reject(new Error('canary')),
      hangs: () => new Promise(() => undefined),
    },
  })
  expect(Object.values(report.checks).map(check => check.state)).toEqual(['failed', 'failed', 'failed'])
  expect(JSON.stringify(report)).not.toContain('canary')
})
