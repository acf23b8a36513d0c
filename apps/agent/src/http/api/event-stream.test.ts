import { afterEach, expect, test } from '@jest/globals'
import { createLogger, createMetrics, type Listening, listen } from '@odoo-backup/service'
import express from 'express'
import { AgentInMemory } from '../../../../../test/fixtures/agent-in-memory.ts'
import { AgentError } from '../../errors.ts'
import type { StoredToken } from '../../operations.ts'
import { createAccess } from '../access/access.ts'
import { mintToken } from '../access/tokens.ts'
import { createAgentHttp } from '../index.ts'
import { sendEvents } from './event-stream.ts'

const closing: (() => Promise<void>)[] = []
afterEach(() => Promise.all(closing.splice(0).map(close => close())))

async function serving(handler: Parameters<typeof listen>[0]): Promise<Listening> {
  const server = await listen(handler, { port: 0 })
  closing.push(async () => {
    server.cut()
    await server.close()
  })
  return server
}

/** Tells one thing, then nothing until it is stopped. */
async function* silent(signal: AbortSignal) {
  yield { told: 1 }
  await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}

test('a stream ends when its reader may read no more, and does not say that it was all', async () => {
  let asked = 0
  const isWelcome = async () => ++asked < 3
  const app = express().get('/', (_request, response) =>
    sendEvents(response, {
      ...{ name: 'x', source: silent, isWelcome, checkEveryMs: 5 },
      ending: new AbortController().signal,
    }),
  )
  const { url } = await serving(app)
  expect(await (await fetch(url)).text()).toBe('event: x\ndata: {"told":1}\n\n')
  expect(asked).toBe(3)
})

test('a reader who leaves ends the source', async () => {
  let ended = () => {}
  const over = new Promise<void>(resolve => {
    ended = resolve
  })
  async function* source(signal: AbortSignal) {
    yield* silent(signal)
    ended()
  }
  const app = express().get('/', (_request, response) =>
    sendEvents(response, {
      name: 'x',
      source,
      isWelcome: async () => true,
      ending: new AbortController().signal,
    }),
  )
  const { url } = await serving(app)
  const leaving = new AbortController()
  const reader = (await fetch(url, { signal: leaving.signal })).body?.getReader()
  await reader?.read()
  leaving.abort()
  await reader?.read().catch(() => undefined)
  await over
})

test('the end of the service waits for no open stream', async () => {
  const agent = new AgentInMemory()
  agent.outcome = { state: 'active' }
  const id = await agent.startBackup({ database: 'shop' })
  const { token, stored } = mintToken({ name: 'x', role: 'look' }, new Date(0))
  agent.storedTokens.push(stored)
  const ending = new AbortController()
  const app = createAgentHttp({
    agent,
    ending: ending.signal,
    settings: () => ({ listDb: true, proxyMode: false, odooUrl: 'http://127.0.0.1:9' }),
    notices: { list: async () => [], test: async () => undefined, watchedSince: () => new Date() },
    metrics: createMetrics({ processFigures: false }),
    checks: {},
    uploadFolder: '/nonexistent',
    log: createLogger({ name: 'agent', level: 'silent' }),
  })
  const server = await serving(app)
  const headers = { authorization: `Bearer ${token}` }
  const streams = await Promise.all(
    ['/api/jobs/events', `/api/jobs/${id}/events`].map(path => fetch(server.url + path, { headers })),
  )
  const readers = streams.map(stream => stream.body?.getReader())
  for (const reader of readers) expect((await reader?.read())?.done).toBe(false)
  ending.abort()
  await server.close()
  for (const reader of readers) expect((await reader?.read())?.done).toBe(true)
})

test('whose token was removed may read no more; a configuration that cannot be read for the moment shuts nobody out', async () => {
  const { token, stored } = mintToken({ name: 'x', role: 'look' }, new Date(0))
  let tokens: () => Promise<StoredToken[]> = async () => [stored]
  const access = createAccess({
    operations: new AgentInMemory(),
    tokens: () => tokens(),
    settings: () => ({ listDb: true, proxyMode: false, odooUrl: 'http://127.0.0.1:9' }),
    clock: Date.now,
  })
  const app = express().get('/', async (request, response) => {
    response.json(await access.isWelcome(request))
  })
  const { url } = await serving(app)
  const welcome = async (headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
    (await fetch(url, { headers })).json()
  expect(await welcome()).toBe(true)
  tokens = () => Promise.reject(new AgentError('configuration_invalid', 'A fault.'))
  expect(await welcome()).toBe(true)
  tokens = async () => []
  expect(await welcome()).toBe(false)
  expect(await welcome({ cookie: 'odoo_backup_agent_session=none' })).toBe(false)
})
