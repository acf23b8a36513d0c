import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { BACKUP, useAgentApi } from '../../../../../test/fixtures/agent-api.ts'
import { AgentError } from '../../errors.ts'

const api = useAgentApi()

describe('signing in with an Odoo user', () => {
  let close: () => Promise<unknown>
  let asked: unknown[]
  let answer: { status: number; body: unknown }
  beforeEach(async () => {
    asked = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', chunk => {
        body += chunk
      })
      request.on('end', () => {
        asked.push(request.url === '/web/session/authenticate' ? JSON.parse(body) : request.url)
        response.writeHead(answer.status, {
          'content-type': 'application/json',
          'set-cookie': 'session_id=abc; Path=/',
        })
        response.end(JSON.stringify(answer.body))
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    api.fixture.settings.odooUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    close = () => new Promise(resolve => server.close(resolve))
  })
  afterEach(() => close())
  const signIn = () =>
    api.fixture.browser
      .post('/api/session')
      .send({ database: 'shop', login: 'admin', password: 'their password' })
  const failure = (name: string, message: string) => {
    const error = { code: 200, message: 'Odoo Server Error', data: { name, message } }
    answer = { status: 200, body: { jsonrpc: '2.0', id: null, error } }
  }
  const result = (fields: object) => {
    answer = { status: 200, body: { jsonrpc: '2.0', id: null, result: fields } }
  }

  test('a user with Settings rights administers that database alone, and no session stays in Odoo', async () => {
    result({ uid: 2, is_system: true })
    const { body } = await signIn().expect(201)
    expect(body).toMatchObject({ role: 'administer', database: 'shop', name: 'admin' })
    expect(asked).toEqual([
      { jsonrpc: '2.0', method: 'call', params: { db: 'shop', login: 'admin', password: 'their password' } },
      '/web/session/logout',
    ])
    const listed = await api.fixture.browser.get('/api/backups').expect(200)
    expect(listed.body.items.map((backup: { name: string }) => backup.name)).toEqual([BACKUP])
    await api.fixture.browser.get('/api/settings').expect(403)
  })

  test('whose restore under another name is done comes to Odoo, and not to a page that refuses them', async () => {
    result({ uid: 2, is_system: true })
    await signIn().expect(201)
    api.fixture.agent.outcome = {
      state: 'completed',
      neutralised: { modules: [], statements: [{ what: 'webhooks emptied', rows: 3 }], notCovered: [] },
    }
    const restored = (name: string) =>
      api.fixture.browser
        .post('/web/database/restore_via_odoo_backup_sh')
        .type('form')
        .send({ master_pwd: 'master secret', backup_file_name: BACKUP, name, copy: 'true' })
        .expect(303)
    expect((await restored('shop-copy')).headers.location).toBe('/web/database/manager')
  })

  test('an internal user without those rights may look, a portal user nothing', async () => {
    result({ uid: 3, is_system: false, is_internal_user: true })
    expect((await signIn().expect(201)).body.role).toBe('look')
    result({ uid: 4, is_system: false })
    expect((await signIn().expect(403)).body.code).toBe('not_permitted')
  })

  test.each([true, false])(
    'whose log-in is for one database (manager: %s) is told on the pages who must log in or pay, without the links',
    async manager => {
      result({ uid: 2, is_system: manager, is_internal_user: true })
      await signIn().expect(201)
      const links = {
        authLink: 'https://broker.example/login/1',
        rechargeLink: 'https://broker.example/recharge/1',
      }
      const pages = [
        ['/web/database/backups', 401, 402],
        [`/web/database/backup?backup_id=${BACKUP}`, manager ? 401 : 403, manager ? 402 : 403],
        ['/odoo_backup_sh/get_s3_credentials', 403, 403],
      ] as const
      const ask = async (path: string, status: number) => {
        const { text } = await api.fixture.browser.get(path).expect(status)
        expect(text).not.toContain('broker.example')
        if (status !== 403) expect(text).toContain('Whoever administers the whole server')
      }
      for (const [path, toLogIn, toPay] of pages) {
        api.fixture.agent.broken = path.includes('backup_id')
          ? new AgentError('login_required', 'Log in.', links)
          : undefined
        api.fixture.agent.connection = { state: 'login_required', ...links }
        await ask(path, toLogIn)
        if (path.includes('backup_id'))
          api.fixture.agent.broken = new AgentError('payment_required', 'Pay.', links)
        api.fixture.agent.connection = { state: 'payment_required', message: 'Pay.', ...links }
        await ask(path, toPay)
      }
      await api.fixture.browser.get('/web/database/backups?odoo_backup_code=of-a-stranger').expect(403)
      expect(api.fixture.agent.codes).toEqual([])
    },
  )

  test('HTTP 200 with uid null means two factors: refused, and said so, and no session stays in Odoo', async () => {
    result({ uid: null })
    const { body } = await signIn().expect(403)
    expect(body).toMatchObject({ code: 'two_factor_unsupported' })
    expect(body.detail).toContain('second factor')
    expect(asked.at(-1)).toBe('/web/session/logout')
  })

  test('a wrong log-in is 403 and counts for the lock-out', async () => {
    failure('odoo.exceptions.AccessDenied', 'Access Denied')
    for (let guess = 0; guess < 10; guess += 1)
      expect((await signIn().expect(403)).body.code).toBe('wrong_login')
    await signIn().expect(429)
    expect(asked).toHaveLength(10)
  })

  test('right ones forgive neither guesses at another log-in nor at the master password', async () => {
    const guessMaster = () => api.fixture.browser.post('/api/session').send({ masterPassword: 'a guess' })
    for (let guess = 0; guess < 9; guess += 1) {
      failure('odoo.exceptions.AccessDenied', 'Access Denied')
      await signIn().expect(403)
      await guessMaster().expect(403)
      result({ uid: 2, is_system: true })
      await signIn().expect(201)
    }
    await guessMaster().expect(403)
    await guessMaster().expect(429)
    failure('odoo.exceptions.AccessDenied', 'Access Denied')
    await signIn().expect(403)
    await signIn().expect(429)
  })

  test.each([
    ['odoo.exceptions.AccessError', 'Database not found.', 404, 'database_unknown'],
    ['psycopg2.OperationalError', 'FATAL:  database "shop" does not exist', 404, 'database_unknown'],
    ['odoo.exceptions.AccessDeniedOfAnotherKind', '', 503, 'odoo_unreachable'],
    ['psycopg2.OperationalError', 'could not connect to server', 503, 'odoo_unreachable'],
  ])('%s (%s) is no wrong password: nobody is locked out by it', async (name, message, status, code) => {
    failure(name, message)
    for (let turn = 0; turn < 12; turn += 1) expect((await signIn().expect(status)).body.code).toBe(code)
  })

  test.each([
    [500, {}],
    [200, 'not what Odoo says'],
  ])(
    'an Odoo that answers %i with %j is not believed: 503, and no attempt is counted',
    async (status, body) => {
      answer = { status, body }
      for (let turn = 0; turn < 12; turn += 1)
        expect((await signIn().expect(503)).body.code).toBe('odoo_unreachable')
    },
  )
})
