import { afterEach, expect, jest, test } from '@jest/globals'
import { createLogger } from '../log/logger.ts'
import { HttpProblem } from '../problem/http-problem.ts'
import { listen } from '../shutdown/listen.ts'
import { createHttpApp, finishHttpApp } from './app.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

test('an answer that fails after it began is cut, and why stands in the log alone', async () => {
  const besides = jest.spyOn(console, 'error').mockImplementation(() => undefined)
  const lines: string[] = []
  const log = createLogger({
    name: 'test',
    level: 'debug',
    destination: { write: line => void lines.push(line) },
  })
  const app = createHttpApp({ log })
  // Express itself prints what it is handed, except where tests run.
  app.set('env', 'production')
  app.get('/half', async (_request, response) => {
    await new Promise(resolve => response.write('half', resolve))
    throw new HttpProblem({ status: 503, code: 'queue_unreachable', cause: new Error('why it failed') })
  })
  const server = await listen(finishHttpApp(app, { log }), { port: 0 })
  const answer = await fetch(`${server.url}/half`)
  expect(answer.status).toBe(200)
  await expect(answer.text()).rejects.toThrow()
  await server.close()
  expect(lines.filter(line => line.includes('why it failed'))).toHaveLength(1)
  expect(besides).not.toHaveBeenCalled()
})
