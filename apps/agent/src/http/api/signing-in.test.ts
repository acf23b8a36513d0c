import { describe, expect, test } from '@jest/globals'
import { useAgentApi } from '../../../../../test/fixtures/agent-api.ts'

const api = useAgentApi()

describe('signing in', () => {
  test('with the master password opens a session for all databases', async () => {
    const answer = await api.fixture.browser
      .post('/api/session')
      .send({ masterPassword: 'master secret' })
      .expect(201)
    expect(answer.body).toMatchObject({ role: 'administer', name: 'master password' })
    expect((await api.fixture.browser.get('/api/session').expect(200)).body.csrfToken).toBe(
      answer.body.csrfToken,
    )
    await api.fixture.browser.delete('/api/session').expect(204)
    await api.fixture.browser.get('/api/session').expect(401)
  })

  test('with a wrong password fails with 403, and after too many with 429', async () => {
    for (let guess = 0; guess < 10; guess += 1)
      await api.fixture.browser
        .post('/api/session')
        .send({ masterPassword: `guess ${guess}` })
        .expect(403)
    const answer = await api.fixture.browser
      .post('/api/session')
      .send({ masterPassword: 'master secret' })
      .expect(429)
    expect(answer.body.code).toBe('too_many_attempts')
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('a page that nobody attends to does not keep its session, one that is used does', async () => {
    await api.fixture.browser.post('/api/session').send({ masterPassword: 'master secret' }).expect(201)
    const id = await api.fixture.agent.startBackup({ database: 'shop' })
    const minutes = (count: number) => {
      api.fixture.now += count * 60_000
    }
    minutes(20)
    await api.fixture.browser.get('/api/overview').expect(200)
    minutes(20)
    await api.fixture.browser.get('/api/overview').set('x-unattended', '1').expect(200)
    await api.fixture.browser.get(`/api/jobs/${id}/events`).set('accept', 'text/event-stream').expect(200)
    minutes(11)
    await api.fixture.browser.get('/api/overview').expect(401)
  })

  test('a session is not used from another site', async () => {
    await api.fixture.browser.post('/api/session').send({ masterPassword: 'master secret' }).expect(201)
    const post = () => api.fixture.browser.post('/api/backups').send({ database: 'shop' })
    expect((await post().set('sec-fetch-site', 'cross-site').expect(403)).body.code).toBe('cross_site')
    expect(
      (await post().unset('sec-fetch-site').set('origin', 'https://evil.example').expect(403)).body.code,
    ).toBe('cross_site')
    await post().unset('sec-fetch-site').expect(403)
    expect(api.fixture.agent.jobsMade).toEqual([])
    await post().expect(202)
  })
})
