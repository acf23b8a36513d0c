import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { RestorePlan } from '@odoo-backup/protocol'
import { BACKUP, useAgentApi } from '../../../../../test/fixtures/agent-api.ts'

const api = useAgentApi()

describe('restoring', () => {
  const stored = { source: { kind: 'stored', backup: BACKUP }, database: 'shop2' }

  test('starts a job; the encryption password goes with it and is nowhere else', async () => {
    const answer = await api
      .call('post', '/restores', api.tokens.administer)
      .send({ ...stored, encryptionPassword: 'hunter2hunter2' })
      .expect(202)
    expect(answer.body).toMatchObject({ kind: 'restore', database: 'shop2' })
    expect(api.fixture.agent.restores[0]?.encryptionPassword).toBe('hunter2hunter2')
    expect(JSON.stringify(answer.body) + api.fixture.logged()).not.toContain('hunter2hunter2')
  })

  test('asks a session for the master password again, since its page may have been left open', async () => {
    await api.fixture.browser.post('/api/session').send({ masterPassword: 'master secret' }).expect(201)
    const restore = (more: object) => api.fixture.browser.post('/api/restores').send({ ...stored, ...more })
    expect((await restore({}).expect(403)).body.code).toBe('master_password_required')
    expect((await restore({ masterPassword: 'wrong' }).expect(403)).body.code).toBe('wrong_master_password')
    expect(api.fixture.agent.restores).toEqual([])
    await restore({ masterPassword: 'master secret' }).expect(202)
    expect(api.fixture.logged()).not.toContain('master secret')
  })

  test('never reads a path of the server', async () => {
    const source = { kind: 'file', path: '/etc/passwd' }
    await api
      .call('post', '/restores', api.tokens.administer)
      .send({ ...stored, source })
      .expect(400)
    for (const upload of ['../../etc/passwd', '..%2f..%2fetc', 'x'.repeat(36)])
      await api
        .call('post', '/restores', api.tokens.administer)
        .send({ ...stored, source: { kind: 'upload', upload } })
        .expect(404)
    expect(api.fixture.agent.restores).toEqual([])
  })

  test('takes an upload, private to the agent, and restores it', async () => {
    const sent = await api
      .call('post', '/uploads?type=zip', api.tokens.administer)
      .set('content-type', 'application/octet-stream')
      .send(Buffer.from('an archive'))
      .expect(201)
    const source = { kind: 'upload', upload: sent.body.id, name: 'shop.2026-01-31_04-00-00.zip' }
    await api
      .call('post', '/restores', api.tokens.administer)
      .send({ ...stored, source })
      .expect(202)
    const restored = api.fixture.agent.restores[0]?.request.source
    expect(restored).toMatchObject({ removeAfter: true, name: source.name })
    expect(restored?.kind === 'file' ? await readFile(restored.path, 'utf8') : undefined).toBe('an archive')
    await api.call('delete', `/uploads/${sent.body.id}`, api.tokens.administer).expect(204)
    expect(await readdir(join(api.folder, 'uploads'))).toEqual([])
  })

  test('is planned first, without anything being begun, and by administrators of the whole server alone', async () => {
    const asked = { source: stored.source, encryptionPassword: 'hunter2hunter2' }
    const answer = await api.call('post', '/restores/plan', api.tokens.administer).send(asked).expect(200)
    expect(RestorePlan.parse(answer.body)).toMatchObject({ copy: true, neutralise: true, ready: true })
    expect(JSON.stringify(answer.body) + api.fixture.logged()).not.toContain('hunter2hunter2')
    await api.call('post', '/restores/plan', api.tokens.operate).send(asked).expect(403)
    await api.call('post', '/restores/plan', api.tokens.shopOnly).send(asked).expect(403)
    await api
      .call('post', '/restores/plan', api.tokens.administer)
      .send({ source: { kind: 'file', path: '/etc/passwd' } })
      .expect(400)
    expect(api.fixture.agent.jobsMade).toEqual([])
  })

  test('an upload that cannot be kept says which folder must be made writable', async () => {
    await writeFile(join(api.folder, 'uploads'), 'a file in the place of the folder')
    const { body } = await api
      .call('post', '/uploads?type=zip', api.tokens.administer)
      .set('content-type', 'application/octet-stream')
      .send(Buffer.from('an archive'))
      .expect(422)
    expect(body).toMatchObject({
      code: 'file_unwritable',
      detail: expect.stringContaining(join(api.folder, 'uploads')),
    })
  })

  test('an upload without its length or type is refused', async () => {
    await api.call('post', '/uploads', api.tokens.administer).send({ a: 1 }).expect(400)
    expect((await api.call('post', '/uploads?type=exe', api.tokens.administer).expect(400)).body.code).toBe(
      'invalid_request',
    )
  })

  test('an existing database is 409 and nothing is begun', async () => {
    expect(
      (
        await api
          .call('post', '/restores', api.tokens.administer)
          .send({ ...stored, database: 'crm' })
          .expect(409)
      ).body.code,
    ).toBe('database_exists')
    expect(api.fixture.agent.jobsMade).toEqual([])
  })
})
