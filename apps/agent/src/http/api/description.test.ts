import { describe, expect, test } from '@jest/globals'
import { Problem } from '@odoo-backup/protocol'
import { BACKUP, type Method, useAgentApi } from '../../../../../test/fixtures/agent-api.ts'

const api = useAgentApi()

interface Operation {
  readonly security: readonly object[]
  readonly description?: string
  readonly responses: Record<string, unknown>
}
async function operations(): Promise<{ method: Method; path: string; operation: Operation }[]> {
  const { body } = await api.call('get', '/openapi.json').expect(200)
  const methods: Method[] = ['get', 'post', 'put', 'patch', 'delete']
  return Object.entries<Partial<Record<Method, Operation>>>(body.paths).flatMap(([path, item]) =>
    methods.flatMap(method => {
      const operation = item[method]
      return operation === undefined ? [] : [{ method, path, operation }]
    }),
  )
}

describe('the description of the API', () => {
  test('is OpenAPI 3.1 and describes every route with its role and its refusals', async () => {
    const { body } = await api.call('get', '/openapi.json').expect(200)
    expect(body.openapi).toBe('3.1.0')
    const described = await operations()
    expect(described.length).toBeGreaterThan(30)
    for (const { operation } of described) {
      if (operation.security.length === 0) continue
      expect(operation.description).toMatch(/^Needs the role "(look|operate|administer)"/)
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['400', '401', '403', '500']))
    }
  })

  test('every described route exists, and refuses strangers with a problem before it looks at anything', async () => {
    for (const { method, path, operation } of await operations()) {
      if (operation.security.length === 0) continue
      const answer = await api
        .call(method, path.replaceAll(/\{\w+\}/g, 'anything'))
        .send(method === 'get' ? undefined : {})
      expect({ path, status: answer.status }).toEqual({ path, status: 401 })
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(Problem.parse(answer.body).code).toBe('not_signed_in')
    }
  })

  test('a token of a lesser role is refused by every route that needs a greater one', async () => {
    const rank = { look: 0, operate: 1, administer: 2 }
    for (const { method, path, operation } of await operations()) {
      const needed = /^Needs the role "(look|operate|administer)"/.exec(operation.description ?? '')?.[1]
      if (needed !== 'operate' && needed !== 'administer') continue
      for (const role of ['look', 'operate'] as const) {
        if (rank[role] >= rank[needed]) continue
        const answer = await api
          .call(method, path.replaceAll(/\{\w+\}/g, 'shop'), api.tokens[role])
          .send(method === 'get' ? undefined : {})
        expect({ path, role, status: answer.status, code: answer.body.code }).toEqual({
          path,
          role,
          status: 403,
          code: 'not_permitted',
        })
      }
    }
  })

  test('what every GET answers is what it describes', async () => {
    const id = await api.fixture.agent.startBackup({ database: 'shop' })
    const names: Record<string, string> = { name: BACKUP, id, database: 'shop' }
    for (const { method, path, operation } of await operations()) {
      if (method !== 'get' || path.endsWith('/events')) continue
      const answer = await api.call(
        'get',
        path.replaceAll(/\{(\w+)\}/g, (_, name) => names[name] ?? ''),
        api.tokens.administer,
      )
      expect({ path, status: answer.status }).toEqual({ path, status: 200 })
      expect(operation.responses).toHaveProperty('200')
    }
  })
})

test('the API answers below the prefix of Odoo as well', async () => {
  await api.fixture
    .script()
    .get('/odoo_backup_sh/api/backups')
    .set('authorization', `Bearer ${api.tokens.look}`)
    .expect(200)
})
