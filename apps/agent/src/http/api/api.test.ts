import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Notice, Problem, RestorePlan } from '@odoo-backup/protocol'
import { type AgentHttpFixture, agentHttp } from '../../../../../test/fixtures/agent-http.ts'
import { AgentError } from '../../errors.ts'
import { mintToken } from '../access/tokens.ts'

const BACKUP = 'shop.2026-01-31_04-00-00.zip'
let folder: string
let fixture: AgentHttpFixture
let notices: Notice[]
let tokens: Record<'look' | 'operate' | 'administer' | 'shopOnly', string>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-api-'))
  notices = []
  fixture = agentHttp({ notices, uploadFolder: join(folder, 'uploads') })
  fixture.agent.know('shop')
  fixture.agent.know('crm')
  fixture.agent.keep(BACKUP, 'shop')
  fixture.agent.keep('crm.2026-01-30_04-00-00.zip', 'crm', { takenAt: '2026-01-30T04:00:00Z' })
  const mint = (name: string, role: 'look' | 'operate' | 'administer', database?: 'shop') => {
    const limited = fixture.agent.known.find(known => known.name === database)?.name
    const { token, stored } = mintToken(
      { name, role, ...(limited === undefined ? {} : { database: limited }) },
      new Date(0),
    )
    fixture.agent.storedTokens.push(stored)
    return token
  }
  tokens = {
    look: mint('look', 'look'),
    operate: mint('operate', 'operate'),
    administer: mint('administer', 'administer'),
    shopOnly: mint('shop-only', 'administer', 'shop'),
  }
})
afterEach(() => rm(folder, { recursive: true }))

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
const call = (method: Method, path: string, token?: string) => {
  const request = fixture.script()[method](`/api${path}`)
  return token === undefined ? request : request.set('authorization', `Bearer ${token}`)
}

interface Operation {
  readonly security: readonly object[]
  readonly description?: string
  readonly responses: Record<string, unknown>
}
async function operations(): Promise<{ method: Method; path: string; operation: Operation }[]> {
  const { body } = await call('get', '/openapi.json').expect(200)
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
    const { body } = await call('get', '/openapi.json').expect(200)
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
      const answer = await call(method, path.replaceAll(/\{\w+\}/g, 'anything')).send(
        method === 'get' ? undefined : {},
      )
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
        const answer = await call(method, path.replaceAll(/\{\w+\}/g, 'shop'), tokens[role]).send(
          method === 'get' ? undefined : {},
        )
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
    const id = await fixture.agent.startBackup({ database: 'shop' })
    const names: Record<string, string> = { name: BACKUP, id, database: 'shop' }
    for (const { method, path, operation } of await operations()) {
      if (method !== 'get' || path.endsWith('/events')) continue
      const answer = await call(
        'get',
        path.replaceAll(/\{(\w+)\}/g, (_, name) => names[name] ?? ''),
        tokens.administer,
      )
      expect({ path, status: answer.status }).toEqual({ path, status: 200 })
      expect(operation.responses).toHaveProperty('200')
    }
  })
})

describe('signing in', () => {
  test('with the master password opens a session for all databases', async () => {
    const answer = await fixture.browser
      .post('/api/session')
      .send({ masterPassword: 'master secret' })
      .expect(201)
    expect(answer.body).toMatchObject({ role: 'administer', name: 'master password' })
    expect((await fixture.browser.get('/api/session').expect(200)).body.csrfToken).toBe(answer.body.csrfToken)
    await fixture.browser.delete('/api/session').expect(204)
    await fixture.browser.get('/api/session').expect(401)
  })

  test('with a wrong password fails with 403, and after too many with 429', async () => {
    for (let guess = 0; guess < 10; guess += 1)
      await fixture.browser
        .post('/api/session')
        .send({ masterPassword: `guess ${guess}` })
        .expect(403)
    const answer = await fixture.browser
      .post('/api/session')
      .send({ masterPassword: 'master secret' })
      .expect(429)
    expect(answer.body.code).toBe('too_many_attempts')
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('a page that nobody attends to does not keep its session, one that is used does', async () => {
    await fixture.browser.post('/api/session').send({ masterPassword: 'master secret' }).expect(201)
    const id = await fixture.agent.startBackup({ database: 'shop' })
    const minutes = (count: number) => {
      fixture.now += count * 60_000
    }
    minutes(20)
    await fixture.browser.get('/api/overview').expect(200)
    minutes(20)
    await fixture.browser.get('/api/overview').set('x-unattended', '1').expect(200)
    await fixture.browser.get(`/api/jobs/${id}/events`).set('accept', 'text/event-stream').expect(200)
    minutes(11)
    await fixture.browser.get('/api/overview').expect(401)
  })

  test('a session is not used from another site', async () => {
    await fixture.browser.post('/api/session').send({ masterPassword: 'master secret' }).expect(201)
    const post = () => fixture.browser.post('/api/backups').send({ database: 'shop' })
    expect((await post().set('sec-fetch-site', 'cross-site').expect(403)).body.code).toBe('cross_site')
    expect(
      (await post().unset('sec-fetch-site').set('origin', 'https://evil.example').expect(403)).body.code,
    ).toBe('cross_site')
    await post().unset('sec-fetch-site').expect(403)
    expect(fixture.agent.jobsMade).toEqual([])
    await post().expect(202)
  })
})

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
    fixture.settings.odooUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    close = () => new Promise(resolve => server.close(resolve))
  })
  afterEach(() => close())
  const signIn = () =>
    fixture.browser
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
    const listed = await fixture.browser.get('/api/backups').expect(200)
    expect(listed.body.items.map((backup: { name: string }) => backup.name)).toEqual([BACKUP])
    await fixture.browser.get('/api/settings').expect(403)
  })

  test('an internal user without those rights may look, a portal user nothing', async () => {
    result({ uid: 3, is_system: false, is_internal_user: true })
    expect((await signIn().expect(201)).body.role).toBe('look')
    result({ uid: 4, is_system: false })
    expect((await signIn().expect(403)).body.code).toBe('not_permitted')
  })

  test('HTTP 200 with uid null means two factors: refused, and said so', async () => {
    result({ uid: null })
    const { body } = await signIn().expect(403)
    expect(body).toMatchObject({ code: 'two_factor_unsupported' })
    expect(body.detail).toContain('second factor')
  })

  test('a wrong log-in is 403 and counts for the lock-out', async () => {
    failure('odoo.exceptions.AccessDenied', 'Access Denied')
    for (let guess = 0; guess < 10; guess += 1)
      expect((await signIn().expect(403)).body.code).toBe('wrong_login')
    await signIn().expect(429)
    expect(asked).toHaveLength(10)
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

describe('tokens', () => {
  test('are shown once, kept as hashes, and stop working when removed', async () => {
    const made = await call('post', '/tokens', tokens.administer)
      .send({ name: 'nightly', role: 'look' })
      .expect(201)
    const { token } = made.body
    expect(JSON.stringify(fixture.agent.storedTokens)).not.toContain(token)
    await call('get', '/backups', token).expect(200)
    const listed = await call('get', '/tokens', tokens.administer).expect(200)
    expect(JSON.stringify(listed.body)).not.toMatch(/sha256|obt_/)
    await call('delete', '/tokens/nightly', tokens.administer).expect(204)
    await call('get', '/backups', token).expect(401)
  })

  test('a token limited to a database does not reach what another server made of a database of that name', async () => {
    const { name } = fixture.agent.keep('shop.2026-02-01_04-00-00.zip', 'shop', { foreign: true })
    const listed = async (token: string) =>
      (await call('get', '/backups', token).expect(200)).body.items.map(
        (backup: { name: string }) => backup.name,
      )
    expect(await listed(tokens.shopOnly)).not.toContain(name)
    expect(await listed(tokens.administer)).toContain(name)
    await call('get', `/backups/${name}`, tokens.shopOnly).expect(403)
    await call('get', `/backups/${name}/content`, tokens.shopOnly).expect(403)
    await call('delete', `/backups/${name}`, tokens.shopOnly).expect(403)
  })

  test('a token limited to a database sees and touches no other, and nothing of the whole server', async () => {
    const { body } = await call('get', '/databases', tokens.shopOnly).expect(200)
    expect(body.items.map((database: { name: string }) => database.name)).toEqual(['shop'])
    await call('get', '/backups/crm.2026-01-30_04-00-00.zip', tokens.shopOnly).expect(403)
    await call('post', '/backups', tokens.shopOnly).send({ database: 'crm' }).expect(403)
    await call('post', '/restores', tokens.shopOnly)
      .send({ source: { kind: 'stored', backup: BACKUP }, database: 'other' })
      .expect(403)
    for (const path of ['/tokens', '/settings', '/doctor'])
      await call('get', path, tokens.shopOnly).expect(403)
    for (const destination of [null, { kind: 'directory', folder: '/etc' }])
      await call('patch', '/databases/shop/settings', tokens.shopOnly).send({ destination }).expect(403)
    expect(fixture.agent.restores).toEqual([])
    const jobs = [
      await fixture.agent.startBackup({ database: 'crm' }),
      await fixture.agent.startBackup({ database: 'shop' }),
    ]
    const seen = await call('get', '/jobs', tokens.shopOnly).expect(200)
    expect(seen.body.items.map((job: { id: string }) => job.id)).toEqual([jobs[1]])
    await call('delete', `/jobs/${jobs[0]}`, tokens.shopOnly).expect(403)
    await call('get', `/jobs/${jobs[0]}/events`, tokens.shopOnly).expect(403)
  })

  test('are needed by none but this machine for figures', async () => {
    await fixture.script().get('/metrics').expect(200)
    await fixture.script().get('/metrics').set('x-forwarded-for', '203.0.113.9').expect(401)
    await fixture
      .script()
      .get('/metrics')
      .set('x-forwarded-for', '203.0.113.9')
      .set('authorization', `Bearer ${tokens.look}`)
      .expect(200)
  })
})

describe('backups', () => {
  test('say how many files were missing, on the page that is shown', async () => {
    fixture.agent.missingFiles.set(BACKUP, 3)
    const { body } = await call('get', '/backups', tokens.look).query({ database: 'shop' }).expect(200)
    expect(body.items).toMatchObject([{ name: BACKUP, missingFiles: 3 }])
  })

  test('are listed with archives without .info where these are asked for, all on the same pages', async () => {
    fixture.agent.keep('shop.half.zip', 'shop', { takenAt: '2026-01-30T12:00:00Z', lone: true })
    const { kept, halves } = fixture.agent
    const list = async (query: object) =>
      (await call('get', '/backups', tokens.look).query(query).expect(200)).body
    expect((await list({})).total).toBe(kept.length)
    const all = await list({ all: 'true', pageSize: 1, page: 2 })
    const inOrder = [...kept, ...halves].sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1))
    expect(all).toMatchObject({ total: kept.length + 1, items: [{ name: inOrder[1]?.name }] })
    expect((await list({ all: 'true', search: 'half' })).items).toMatchObject([{ lone: true }])
  })

  test("can be deleted by administrators, archives without .info too, other databases' and servers' not", async () => {
    fixture.agent.keep('shop.half.zip', 'shop', { lone: true })
    fixture.agent.keep('shop.theirs.zip', 'shop', { lone: true, foreign: true })
    fixture.agent.keep('crm.half.zip', 'crm', { lone: true })
    const remove = (name: string, token: string) => call('delete', `/backups/${name}`, token)
    await remove('shop.half.zip', tokens.operate).expect(403)
    await remove('shop.theirs.zip', tokens.shopOnly).expect(403)
    await remove('crm.half.zip', tokens.shopOnly).expect(403)
    expect(fixture.agent.deleted).toEqual([])
    await remove('shop.half.zip', tokens.shopOnly).expect(202)
    await remove('crm.half.zip', tokens.administer).expect(202)
    await remove('none.zip', tokens.administer).expect(404)
    expect(fixture.agent.deleted).toEqual(['shop.half.zip', 'crm.half.zip'])
  })

  test('are told by place where they lie in several, to those who answer for the server', async () => {
    const { inventory } = fixture.agent
    fixture.agent.inventory = async () => ({
      ...(await inventory.call(fixture.agent)),
      placeOf: name => (name.startsWith('shop') ? 'the folder /mnt/nas' : 'the bucket b'),
    })
    const { body } = await call('get', '/overview', tokens.look).expect(200)
    expect(body.places.map(({ place }: { place: string }) => place).toSorted()).toEqual([
      'the bucket b',
      'the folder /mnt/nas',
    ])
    const sum = (of: 'backups' | 'storedBytes') =>
      body.places.reduce((all: number, place: Record<typeof of, number>) => all + place[of], 0)
    expect([sum('backups'), sum('storedBytes')]).toEqual([body.backups, body.storedBytes])
    const limited = await call('get', '/overview', tokens.shopOnly).expect(200)
    expect(limited.text).not.toContain('/mnt/nas')
  })

  test('are not told by place where there is but one', async () => {
    expect((await call('get', '/overview', tokens.look).expect(200)).body.places).toBeUndefined()
  })

  test('go on while one place does not answer, which is named to those who answer for the server', async () => {
    const message = 'It does not answer.'
    fixture.agent.unreachable = [
      {
        place: 'the folder /mnt/nas',
        error: new AgentError('storage_unreachable', message),
        keeps: database => database === 'crm',
      },
    ]
    for (const path of ['/backups', '/overview', '/usage', '/calendar']) {
      const { body } = await call('get', path, tokens.look).expect(200)
      expect(body.unreachable).toEqual([{ place: 'the folder /mnt/nas', message }])
      const limited = await call('get', path, tokens.shopOnly).expect(200)
      expect(limited.body.unreachable).toHaveLength(1)
      expect(limited.text).not.toContain('/mnt/nas')
    }
    const { verdict, databases } = (await call('get', '/overview', tokens.look).expect(200)).body
    expect(verdict).toMatchObject({ unknown: ['storage'], tone: expect.not.stringContaining('good') })
    expect(
      databases.map((item: { database: string; worry?: string }) => [item.database, item.worry]),
    ).toContainEqual(['crm', 'unseen'])
  })

  test('are an error where no place answers', async () => {
    const error = new AgentError('storage_unreachable', 'It does not answer.')
    fixture.agent.inventory = async () => ({
      ...{ backups: [], loneArchives: [], placeOf: () => undefined, answered: 0 },
      unreachable: [{ place: 'the bucket b', error, keeps: () => true }],
    })
    for (const path of ['/backups', '/overview', '/usage', '/calendar'])
      expect((await call('get', path, tokens.look).expect(503)).body.code).toBe('storage_unreachable')
  })

  test('are paged, filtered and sorted', async () => {
    for (let day = 10; day < 30; day += 1)
      fixture.agent.keep(`shop.day-${day}.zip`, 'shop', {
        takenAt: `2025-12-${day}T04:00:00Z`,
        sizeBytes: day,
        encrypted: day % 2 === 0,
      })
    const list = async (query: object) =>
      (await call('get', '/backups', tokens.look).query(query).expect(200)).body
    const page = await list({
      database: 'shop',
      search: 'DAY-1',
      encrypted: 'true',
      sort: 'sizeBytes',
      order: 'asc',
      pageSize: 2,
      page: 2,
    })
    expect(page).toMatchObject({ total: 5, page: 2, pageSize: 2 })
    expect(page.items.map((backup: { sizeBytes: number }) => backup.sizeBytes)).toEqual([14, 16])
    expect((await list({ from: '2026-01-31T00:00:00Z' })).items).toHaveLength(1)
    await call('get', '/backups', tokens.look).query({ pageSize: 100_000 }).expect(400)
  })

  test('are downloaded as they were stored, by administrators alone', async () => {
    const answer = await call('get', `/backups/${BACKUP}/content`, tokens.administer).buffer(true).expect(200)
    expect(answer.headers['content-disposition']).toBe(`attachment; filename=${BACKUP}`)
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length)
    expect(answer.body.toString()).toBe(`content of ${BACKUP}`)
    await call('get', `/backups/${BACKUP}/content`, tokens.operate).expect(403)
  })

  test('an unknown one is 404 on every path', async () => {
    for (const [method, path] of [
      ['get', ''],
      ['delete', ''],
      ['put', '/pin'],
      ['get', '/content'],
      ['post', '/verification'],
    ] as const)
      expect(
        (await call(method, `/backups/none.zip${path}`, tokens.administer).send({}).expect(404)).body.code,
      ).toBe('backup_unknown')
  })

  test.each([
    ['broker_unreachable', 503],
    ['storage_refused', 502],
    ['postgres_unreachable', 503],
    ['access_revoked', 403],
  ] as const)('a failure %s is the problem of its status %i, with its message', async (code, status) => {
    fixture.agent.broken = new AgentError(code, 'Do this.')
    const { body } = await call('get', '/backups', tokens.look).expect(status)
    expect(body).toMatchObject({ code, status, detail: 'Do this.' })
  })

  test('a log-in that is needed comes with its link', async () => {
    const authLink = 'https://broker.example/login/1'
    fixture.agent.broken = new AgentError('login_required', 'Log in.', { authLink })
    expect((await call('get', '/backups', tokens.look).expect(401)).body).toMatchObject({
      code: 'login_required',
      authLink,
    })
  })
})

describe('restoring', () => {
  const stored = { source: { kind: 'stored', backup: BACKUP }, database: 'shop2' }

  test('starts a job; the encryption password goes with it and is nowhere else', async () => {
    const answer = await call('post', '/restores', tokens.administer)
      .send({ ...stored, encryptionPassword: 'hunter2hunter2' })
      .expect(202)
    expect(answer.body).toMatchObject({ kind: 'restore', database: 'shop2' })
    expect(fixture.agent.restores[0]?.encryptionPassword).toBe('hunter2hunter2')
    expect(JSON.stringify(answer.body) + fixture.logged()).not.toContain('hunter2hunter2')
  })

  test('asks a session for the master password again, since its page may have been left open', async () => {
    await fixture.browser.post('/api/session').send({ masterPassword: 'master secret' }).expect(201)
    const restore = (more: object) => fixture.browser.post('/api/restores').send({ ...stored, ...more })
    expect((await restore({}).expect(403)).body.code).toBe('master_password_required')
    expect((await restore({ masterPassword: 'wrong' }).expect(403)).body.code).toBe('wrong_master_password')
    expect(fixture.agent.restores).toEqual([])
    await restore({ masterPassword: 'master secret' }).expect(202)
    expect(fixture.logged()).not.toContain('master secret')
  })

  test('never reads a path of the server', async () => {
    const source = { kind: 'file', path: '/etc/passwd' }
    await call('post', '/restores', tokens.administer)
      .send({ ...stored, source })
      .expect(400)
    for (const upload of ['../../etc/passwd', '..%2f..%2fetc', 'x'.repeat(36)])
      await call('post', '/restores', tokens.administer)
        .send({ ...stored, source: { kind: 'upload', upload } })
        .expect(404)
    expect(fixture.agent.restores).toEqual([])
  })

  test('takes an upload, private to the agent, and restores it', async () => {
    const sent = await call('post', '/uploads?type=zip', tokens.administer)
      .set('content-type', 'application/octet-stream')
      .send(Buffer.from('an archive'))
      .expect(201)
    const source = { kind: 'upload', upload: sent.body.id }
    await call('post', '/restores', tokens.administer)
      .send({ ...stored, source })
      .expect(202)
    const restored = fixture.agent.restores[0]?.request.source
    expect(restored?.kind === 'file' ? await readFile(restored.path, 'utf8') : undefined).toBe('an archive')
    await call('delete', `/uploads/${sent.body.id}`, tokens.administer).expect(204)
    expect(await readdir(join(folder, 'uploads'))).toEqual([])
  })

  test('is planned first, without anything being begun, and by administrators of the whole server alone', async () => {
    const asked = { source: stored.source, encryptionPassword: 'hunter2hunter2' }
    const answer = await call('post', '/restores/plan', tokens.administer).send(asked).expect(200)
    expect(RestorePlan.parse(answer.body)).toMatchObject({ copy: true, neutralise: true, ready: true })
    expect(JSON.stringify(answer.body) + fixture.logged()).not.toContain('hunter2hunter2')
    await call('post', '/restores/plan', tokens.operate).send(asked).expect(403)
    await call('post', '/restores/plan', tokens.shopOnly).send(asked).expect(403)
    await call('post', '/restores/plan', tokens.administer)
      .send({ source: { kind: 'file', path: '/etc/passwd' } })
      .expect(400)
    expect(fixture.agent.jobsMade).toEqual([])
  })

  test('an upload without its length or type is refused', async () => {
    await call('post', '/uploads', tokens.administer).send({ a: 1 }).expect(400)
    expect((await call('post', '/uploads?type=exe', tokens.administer).expect(400)).body.code).toBe(
      'invalid_request',
    )
  })

  test('an existing database is 409 and nothing is begun', async () => {
    expect(
      (
        await call('post', '/restores', tokens.administer)
          .send({ ...stored, database: 'crm' })
          .expect(409)
      ).body.code,
    ).toBe('database_exists')
    expect(fixture.agent.jobsMade).toEqual([])
  })
})

describe('jobs live', () => {
  test('a job is told at each change and its end is told', async () => {
    const id = await fixture.agent.startBackup({ database: 'shop' })
    const answer = await call('get', `/jobs/${id}/events`, tokens.look)
      .buffer(true)
      .parse((response, done) => {
        let text = ''
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () => done(null, text))
      })
    expect(answer.headers['content-type']).toContain('text/event-stream')
    expect(answer.headers['x-accel-buffering']).toBe('no')
    const events = String(answer.body).trim().split('\n\n')
    expect(events[0]).toMatch(/^event: job\ndata: \{/)
    expect(JSON.parse(events[0]?.split('data: ')[1] ?? '')).toMatchObject({ id, state: 'completed' })
    expect(events.at(-1)).toBe('event: end\ndata: {}')
  })

  test('all jobs: those that have not ended to begin with, then whatever changes', async () => {
    await fixture.agent.startBackup({ database: 'shop' })
    fixture.agent.outcome = { state: 'active' }
    const running = await fixture.agent.startBackup({ database: 'shop' })
    const foreign = await fixture.agent.startBackup({ database: 'crm' })
    const told: { id: string; state: string }[] = []
    const request = call('get', '/jobs/events', tokens.shopOnly)
    await request
      .buffer(true)
      .parse((response, done) => {
        let text = ''
        response.on('data', chunk => {
          text += chunk
          const events = text.split('\n\n')
          text = events.pop() ?? ''
          for (const event of events) {
            const { id, state } = JSON.parse(event.split('data: ')[1] ?? '')
            told.push({ id, state })
            if (state === 'active') void fixture.agent.cancel(running)
            else request.abort()
          }
        })
        response.on('close', () => done(null, ''))
      })
      .catch(() => undefined)
    expect(told).toEqual([
      { id: running, state: 'active' },
      { id: running, state: 'cancelled' },
    ])
    expect(told.map(({ id }) => id)).not.toContain(foreign)
  })

  test('a job has a log, for those alone who may see the job', async () => {
    const id = await fixture.agent.startBackup({ database: 'crm' })
    const { body } = await call('get', `/jobs/${id}/log`, tokens.look).expect(200)
    expect(body).toMatchObject({ lines: [{ text: 'The job begins.' }], full: false })
    await call('get', `/jobs/${id}/log`, tokens.shopOnly).expect(403)
    await call('get', '/jobs/none/log', tokens.look).expect(404)
  })

  test('a queue that is away is a problem, not an empty stream', async () => {
    fixture.agent.recentJobs = () => Promise.reject(new AgentError('queue_unreachable', 'No queue.'))
    await call('get', '/jobs/events', tokens.look).expect(503)
  })

  test('an unknown job is a problem, not an empty stream', async () => {
    const answer = await call('get', '/jobs/none/events', tokens.look).expect(404)
    expect(answer.body.code).toBe('job_unknown')
  })

  test('cancelling answers with the job', async () => {
    fixture.agent.outcome = { state: 'active' }
    const id = await fixture.agent.startBackup({ database: 'shop' })
    expect((await call('delete', `/jobs/${id}`, tokens.operate).expect(202)).body.state).toBe('cancelled')
  })
})

test('the link of the log-in, which decides where backups go, is for administrators of the whole server alone', async () => {
  fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login/1' }
  for (const token of [tokens.look, tokens.operate, tokens.shopOnly])
    expect((await call('get', '/connection', token).expect(403)).text).not.toContain('broker.example')
  expect((await call('get', '/connection', tokens.administer).expect(200)).body.authLink).toBe(
    'https://broker.example/login/1',
  )
})

test('the dashboard data has its old shape and none of the secrets', async () => {
  fixture.now = Date.parse('2026-01-31T12:00:00Z')
  const ask = (token?: string) => {
    const request = fixture
      .script()
      .post('/odoo_backup_sh/fetch_dashboard_data')
      .send({ jsonrpc: '2.0', id: 5, params: {} })
    return token === undefined ? request : request.set('authorization', `Bearer ${token}`)
  }
  expect((await ask().expect(200)).body).toMatchObject({ id: 5, error: { code: 100 } })
  fixture.agent.rechargeLink = async () => 'https://broker.example/credit/once'
  fixture.agent.keep('shop.2026-01-31_05-00-00.zip', 'shop', { foreign: true })
  notices.push(
    ...[
      { id: 'backup_failed:shop', database: 'shop', message: 'The last backup failed.' },
      { id: 'postgres_down', message: 'It was down.', clearedAt: '2026-01-31T10:00:00Z' },
    ].map(notice =>
      Notice.parse({ kind: 'backup_failed', severity: 'error', raisedAt: '2026-01-31T09:00:00Z', ...notice }),
    ),
  )
  const { body } = await ask(tokens.administer).expect(200)
  const { result } = body
  expect(result.remote_storage_usage_graph_values[0].key).toBe('Remote Storage Usage')
  expect(result.remote_storage_usage_graph_values[0].values).toHaveLength(30)
  expect(result.remote_storage_usage_graph_values[0].values.at(-1)).toEqual({ 0: '2026-01-31', 1: 4 })
  const shop = result.configs.find((config: { database: string }) => config.database === 'shop')
  expect(shop).toMatchObject({ active: true, storage_service: 'odoo_backup_sh', backups_number: 1 })
  expect(shop.graph[0]).toMatchObject({ key: 'Backups of Last 7 Days' })
  expect(shop.graph[0].values).toHaveLength(7)
  expect(shop.graph[0].values.at(-1)).toEqual({ label: 'Today', value: 1 })
  expect(shop.graph[0].values[5].label).toBe('30 Jan')
  expect(Object.keys(result.services_storage_usage_graph_values)).toEqual([
    'odoo_backup_sh',
    'dropbox',
    'google_drive',
  ])
  for (const service of ['dropbox', 'google_drive'])
    expect(result.services_storage_usage_graph_values[service][0].values).toHaveLength(30)
  expect(result.notifications).toEqual([
    { id: 1, date_create: '2026-01-31 09:00:00', message: 'The last backup failed.' },
  ])
  expect(result.modules).toMatchObject({
    odoo_backup_sh: { installed: true, configured: true, configured_iap: true },
    odoo_backup_sh_dropbox: { url: 'https://apps.odoo.com/apps/modules/16.0/odoo_backup_sh_dropbox/' },
    odoo_backup_sh_google_disk: { installed: false },
  })
  expect(result.cloud_params).toEqual({ 'odoo_backup_sh.odoo_oauth_uid': '42' })
  expect(result.up_balance_url).toBe('https://broker.example/credit/once')
  expect((await ask(tokens.look).expect(200)).body.result).not.toHaveProperty('up_balance_url')
  const limited = (await ask(tokens.shopOnly).expect(200)).body.result
  expect(limited.cloud_params).toEqual({})
  expect(limited.configs).toHaveLength(1)
  expect(JSON.stringify(result)).not.toMatch(/user_key|secret|access_key/)
})

test('the API answers below the prefix of Odoo as well', async () => {
  await fixture
    .script()
    .get('/odoo_backup_sh/api/backups')
    .set('authorization', `Bearer ${tokens.look}`)
    .expect(200)
})
