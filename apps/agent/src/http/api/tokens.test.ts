import { describe, expect, test } from '@jest/globals'
import { BACKUP, useAgentApi } from '../../../../../test/fixtures/agent-api.ts'
import { AgentError } from '../../errors.ts'

const api = useAgentApi()

describe('tokens', () => {
  test('are shown once, kept as hashes, and stop working when removed', async () => {
    const made = await api
      .call('post', '/tokens', api.tokens.administer)
      .send({ name: 'nightly', role: 'look' })
      .expect(201)
    const { token } = made.body
    expect(JSON.stringify(api.fixture.agent.storedTokens)).not.toContain(token)
    await api.call('get', '/backups', token).expect(200)
    const listed = await api.call('get', '/tokens', api.tokens.administer).expect(200)
    expect(JSON.stringify(listed.body)).not.toMatch(/sha256|obt_/)
    await api.call('delete', '/tokens/nightly', api.tokens.administer).expect(204)
    await api.call('get', '/backups', token).expect(401)
  })

  test.each([{ foreign: true }, { unclaimed: true }])(
    'a token limited to a database does not reach what this server neither made nor adopted (%j)',
    async whose => {
      const { name } = api.fixture.agent.keep('shop.2026-02-01_04-00-00.zip', 'shop', whose)
      const listed = async (token: string) =>
        (await api.call('get', '/backups', token).expect(200)).body.items.map(
          (backup: { name: string }) => backup.name,
        )
      expect(await listed(api.tokens.shopOnly)).not.toContain(name)
      expect(await listed(api.tokens.administer)).toContain(name)
      await api.call('get', `/backups/${name}`, api.tokens.shopOnly).expect(403)
      await api.call('get', `/backups/${name}/content`, api.tokens.shopOnly).expect(403)
      await api.call('delete', `/backups/${name}`, api.tokens.shopOnly).expect(403)
      const former = (token: string) =>
        api.fixture
          .script()
          .get(`/web/database/backup?backup_id=${name}`)
          .set('authorization', `Bearer ${token}`)
      await former(api.tokens.shopOnly).expect(403)
      await former(api.tokens.administer).expect(200)
    },
  )

  test('a token limited to a database sees and touches no other, and nothing of the whole server', async () => {
    const { body } = await api.call('get', '/databases', api.tokens.shopOnly).expect(200)
    expect(body.items.map((database: { name: string }) => database.name)).toEqual(['shop'])
    await api.call('get', '/backups/crm.2026-01-30_04-00-00.zip', api.tokens.shopOnly).expect(403)
    await api.call('post', '/backups', api.tokens.shopOnly).send({ database: 'crm' }).expect(403)
    await api
      .call('post', '/restores', api.tokens.shopOnly)
      .send({ source: { kind: 'stored', backup: BACKUP }, database: 'other' })
      .expect(403)
    for (const path of ['/tokens', '/settings', '/doctor'])
      await api.call('get', path, api.tokens.shopOnly).expect(403)
    for (const destination of [null, { kind: 'directory', folder: '/etc' }])
      await api
        .call('patch', '/databases/shop/settings', api.tokens.shopOnly)
        .send({ destination })
        .expect(403)
    expect(api.fixture.agent.restores).toEqual([])
    const jobs = [
      await api.fixture.agent.startBackup({ database: 'crm' }),
      await api.fixture.agent.startBackup({ database: 'shop' }),
    ]
    const seen = await api.call('get', '/jobs', api.tokens.shopOnly).expect(200)
    expect(seen.body.items.map((job: { id: string }) => job.id)).toEqual([jobs[1]])
    await api.call('delete', `/jobs/${jobs[0]}`, api.tokens.shopOnly).expect(403)
    await api.call('post', `/jobs/${jobs[0]}/try-again`, api.tokens.shopOnly).expect(403)
    await api.call('get', `/jobs/${jobs[0]}/events`, api.tokens.shopOnly).expect(403)
  })

  test('are needed by none but this machine for figures', async () => {
    await api.fixture.script().get('/metrics').expect(200)
    await api.fixture.script().get('/metrics').set('x-forwarded-for', '203.0.113.9').expect(401)
    await api.fixture
      .script()
      .get('/metrics')
      .set('x-forwarded-for', '203.0.113.9')
      .set('authorization', `Bearer ${api.tokens.look}`)
      .expect(200)
  })
})

test('the link of the log-in, which decides where backups go, is for administrators of the whole server alone; others are told who must log in', async () => {
  api.fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login/1' }
  for (const token of [api.tokens.look, api.tokens.operate, api.tokens.shopOnly]) {
    const { body, text } = await api.call('get', '/connection', token).expect(401)
    expect(body.detail).toContain('Whoever administers the whole server must log in.')
    expect(text).not.toContain('broker.example')
  }
  expect((await api.call('get', '/connection', api.tokens.administer).expect(200)).body.authLink).toBe(
    'https://broker.example/login/1',
  )
})

test('where backups lie is told to whoever answers for the whole server, and not to others', async () => {
  api.fixture.agent.connection = { state: 'connected', folder: 'f', place: 'the bucket mine, folder f' }
  const told = async (token: string) => (await api.call('get', '/connection', token).expect(200)).body.place
  expect(await told(api.tokens.look)).toBe('the bucket mine, folder f')
  expect(await told(api.tokens.shopOnly)).toBeUndefined()
})

test('the link to credit is for administrators of the whole server alone; others are told who can buy it', async () => {
  const rechargeLink = 'https://broker.example/recharge/1'
  api.fixture.agent.connection = { state: 'payment_required', message: 'Not enough credit.', rechargeLink }
  for (const token of [api.tokens.look, api.tokens.operate, api.tokens.shopOnly]) {
    const { body } = await api.call('get', '/connection', token).expect(200)
    expect(body).toEqual({
      state: 'payment_required',
      message: 'Not enough credit. Whoever administers the whole server can buy credit.',
    })
  }
  expect((await api.call('get', '/connection', api.tokens.administer).expect(200)).body).toMatchObject({
    message: 'Not enough credit.',
    rechargeLink,
  })
})

test('a refusal of any call gives its links to administrators of the whole server alone', async () => {
  const authLink = 'https://broker.example/login/1'
  const rechargeLink = 'https://broker.example/recharge/1'
  for (const [code, status] of [
    ['login_required', 401],
    ['payment_required', 402],
  ] as const) {
    api.fixture.agent.broken = new AgentError(code, 'Do this.', { authLink, rechargeLink })
    for (const token of [api.tokens.look, api.tokens.operate, api.tokens.shopOnly]) {
      const { body, text } = await api.call('get', '/backups', token).expect(status)
      expect(body.code).toBe(code)
      expect(body.detail).toContain('Whoever administers the whole server')
      expect(text).not.toContain('broker.example')
    }
    expect((await api.call('get', '/backups', api.tokens.administer).expect(status)).body).toMatchObject({
      detail: 'Do this.',
      authLink,
      rechargeLink,
    })
  }
})
