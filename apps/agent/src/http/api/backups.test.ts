import { describe, expect, test } from '@jest/globals'
import { BACKUP, useAgentApi } from '../../../../../test/fixtures/agent-api.ts'
import { AgentError } from '../../errors.ts'

const api = useAgentApi()

describe('backups', () => {
  test('say how many files were missing, on the page that is shown', async () => {
    api.fixture.agent.missingFiles.set(BACKUP, 3)
    const { body } = await api
      .call('get', '/backups', api.tokens.look)
      .query({ database: 'shop' })
      .expect(200)
    expect(body.items).toMatchObject([{ name: BACKUP, missingFiles: 3 }])
  })

  test('are listed with archives without .info where these are asked for, all on the same pages', async () => {
    api.fixture.agent.keep('shop.half.zip', 'shop', { takenAt: '2026-01-30T12:00:00Z', lone: true })
    const { kept, halves } = api.fixture.agent
    const list = async (query: object) =>
      (await api.call('get', '/backups', api.tokens.look).query(query).expect(200)).body
    expect((await list({})).total).toBe(kept.length)
    const all = await list({ all: 'true', pageSize: 1, page: 2 })
    const inOrder = [...kept, ...halves].sort((a, b) => (a.takenAt < b.takenAt ? 1 : -1))
    expect(all).toMatchObject({ total: kept.length + 1, items: [{ name: inOrder[1]?.name }] })
    expect((await list({ all: 'true', search: 'half' })).items).toMatchObject([{ lone: true }])
  })

  test("can be deleted by administrators, archives without .info too, other databases' and servers' not", async () => {
    api.fixture.agent.keep('shop.half.zip', 'shop', { lone: true })
    api.fixture.agent.keep('shop.theirs.zip', 'shop', { lone: true, foreign: true })
    api.fixture.agent.keep('crm.half.zip', 'crm', { lone: true })
    const remove = (name: string, token: string) => api.call('delete', `/backups/${name}`, token)
    await remove('shop.half.zip', api.tokens.operate).expect(403)
    await remove('shop.theirs.zip', api.tokens.shopOnly).expect(403)
    await remove('crm.half.zip', api.tokens.shopOnly).expect(403)
    expect(api.fixture.agent.deleted).toEqual([])
    await remove('shop.half.zip', api.tokens.shopOnly).expect(202)
    await remove('crm.half.zip', api.tokens.administer).expect(202)
    await remove('none.zip', api.tokens.administer).expect(404)
    expect(api.fixture.agent.deleted).toEqual(['shop.half.zip', 'crm.half.zip'])
  })

  test('are told by place where they lie in several, to those who answer for the server', async () => {
    const { inventory } = api.fixture.agent
    api.fixture.agent.inventory = async () => ({
      ...(await inventory.call(api.fixture.agent)),
      placeOf: name =>
        name.startsWith('shop') ? { kind: 'folder', path: '/mnt/nas' } : { kind: 'bucket', name: 'b' },
    })
    const { body } = await api.call('get', '/overview', api.tokens.look).expect(200)
    expect(body.places.map(({ place }: { place: string }) => place).toSorted()).toEqual([
      'the bucket b',
      'the folder /mnt/nas',
    ])
    const sum = (of: 'backups' | 'storedBytes') =>
      body.places.reduce((all: number, place: Record<typeof of, number>) => all + place[of], 0)
    expect([sum('backups'), sum('storedBytes')]).toEqual([body.backups, body.storedBytes])
    const limited = await api.call('get', '/overview', api.tokens.shopOnly).expect(200)
    expect(limited.text).not.toContain('/mnt/nas')
  })

  test('are not told by place where there is but one', async () => {
    expect((await api.call('get', '/overview', api.tokens.look).expect(200)).body.places).toBeUndefined()
  })

  test('go on while one place does not answer, which is named to those who answer for the server', async () => {
    const message = 'It does not answer.'
    api.fixture.agent.unreachable = [
      {
        place: 'the folder /mnt/nas',
        at: { kind: 'folder', path: '/mnt/nas' },
        error: new AgentError('storage_unreachable', message),
        keeps: database => database === 'crm',
      },
    ]
    for (const path of ['/backups', '/overview', '/usage', '/calendar']) {
      const { body } = await api.call('get', path, api.tokens.look).expect(200)
      expect(body.unreachable).toEqual([
        {
          place: 'the folder /mnt/nas',
          at: { kind: 'folder', path: '/mnt/nas' },
          code: 'storage_unreachable',
          message,
        },
      ])
      const limited = await api.call('get', path, api.tokens.shopOnly).expect(200)
      expect(limited.body.unreachable).toHaveLength(1)
      expect(limited.text).not.toContain('/mnt/nas')
    }
    const { verdict, databases } = (await api.call('get', '/overview', api.tokens.look).expect(200)).body
    expect(verdict).toMatchObject({ unknown: ['storage'], tone: expect.not.stringContaining('good') })
    expect(
      databases.map((item: { database: string; worry?: string }) => [item.database, item.worry]),
    ).toContainEqual(['crm', 'unseen'])
  })

  test('are an error where no place answers', async () => {
    const error = new AgentError('storage_unreachable', 'It does not answer.')
    api.fixture.agent.inventory = async () => ({
      ...{ backups: [], loneArchives: [], placeOf: () => undefined, answered: 0 },
      unreachable: [{ place: 'the bucket b', at: { kind: 'bucket', name: 'b' }, error, keeps: () => true }],
    })
    for (const path of ['/backups', '/overview', '/usage', '/calendar'])
      expect((await api.call('get', path, api.tokens.look).expect(503)).body.code).toBe('storage_unreachable')
  })

  test('are paged, filtered and sorted', async () => {
    for (let day = 10; day < 30; day += 1)
      api.fixture.agent.keep(`shop.day-${day}.zip`, 'shop', {
        takenAt: `2025-12-${day}T04:00:00Z`,
        sizeBytes: day,
        encrypted: day % 2 === 0,
      })
    const list = async (query: object) =>
      (await api.call('get', '/backups', api.tokens.look).query(query).expect(200)).body
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
    await api.call('get', '/backups', api.tokens.look).query({ pageSize: 100_000 }).expect(400)
  })

  test('are downloaded as they were stored, by administrators alone', async () => {
    const answer = await api
      .call('get', `/backups/${BACKUP}/content`, api.tokens.administer)
      .buffer(true)
      .expect(200)
    expect(answer.headers['content-disposition']).toBe(`attachment; filename=${BACKUP}`)
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length)
    expect(answer.body.toString()).toBe(`content of ${BACKUP}`)
    await api.call('get', `/backups/${BACKUP}/content`, api.tokens.operate).expect(403)
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
        (await api.call(method, `/backups/none.zip${path}`, api.tokens.administer).send({}).expect(404)).body
          .code,
      ).toBe('backup_unknown')
  })

  test.each([
    ['broker_unreachable', 503],
    ['storage_refused', 502],
    ['postgres_unreachable', 503],
    ['access_revoked', 403],
  ] as const)('a failure %s is the problem of its status %i, with its message', async (code, status) => {
    api.fixture.agent.broken = new AgentError(code, 'Do this.')
    const { body } = await api.call('get', '/backups', api.tokens.look).expect(status)
    expect(body).toMatchObject({ code, status, detail: 'Do this.' })
  })

  test('a log-in that is needed comes with its link for the administrator', async () => {
    const authLink = 'https://broker.example/login/1'
    api.fixture.agent.broken = new AgentError('login_required', 'Log in.', { authLink })
    expect((await api.call('get', '/backups', api.tokens.administer).expect(401)).body).toMatchObject({
      code: 'login_required',
      authLink,
    })
  })
})
