import { expect, test } from '@jest/globals'
import { createHttpApp, finishHttpApp } from '../http/app.ts'
import { routerOf } from '../http/router.ts'
import { createLogger } from '../log/logger.ts'
import { listen } from '../shutdown/listen.ts'
import { checkHealth, healthRoutes } from './health.ts'

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

test('what was not asked yet counts neither way', async () => {
  const unknown = () => 'unknown' as const
  expect(await checkHealth({ checks: { a: unknown } })).toEqual({
    state: 'ok',
    checks: { a: { state: 'unknown' } },
  })
  expect((await checkHealth({ checks: { a: unknown, b: () => 'degraded' } })).state).toBe('degraded')
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

test('however many ask within a second, each thing is looked at once', async () => {
  let looks = 0
  let now = 0
  const log = createLogger({ name: 'health', level: 'silent' })
  const app = createHttpApp({ log })
  const database = async () => {
    looks += 1
    return 'ok' as const
  }
  app.use(routerOf(healthRoutes({ checks: { database }, now: () => now })))
  const server = await listen(finishHttpApp(app, { log }), { port: 0 })
  try {
    const ask = () => fetch(`${server.url}/readyz`)
    const answers = await Promise.all(Array.from({ length: 50 }, ask))
    now = 999
    answers.push(await ask())
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(looks).toBe(1)
    now = 1000
    await ask()
    expect(looks).toBe(2)
  } finally {
    await server.close()
  }
})
