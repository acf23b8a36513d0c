import { beforeEach, describe, expect, test } from '@jest/globals'
import { type AgentHttpFixture, agentHttp, signIn } from '../../../../../test/fixtures/agent-http.ts'

const PAGE = '/web/database/backups'
let fixture: AgentHttpFixture
beforeEach(() => {
  fixture = agentHttp()
})

describe('the one-time code', () => {
  const withCode = `${PAGE}?odoo_backup_code=the-one-time-code`

  test('a visitor who was sent for it brings it to the broker and comes to the page without it', async () => {
    await signIn(fixture)
    fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/' }
    await fixture.browser.get(PAGE).expect(200)
    const answer = await fixture.browser.get(withCode).expect(303)
    expect(answer.headers.location).toBe(PAGE)
    expect(fixture.agent.codes).toEqual(['the-one-time-code'])
  })

  test('a visitor who was lured by a link with a code is asked first, and another site cannot answer for them', async () => {
    await signIn(fixture)
    const page = await fixture.browser.get(withCode).expect(200)
    expect(page.text).toContain('Go on only if you yourself')
    const bind = () =>
      fixture.browser
        .post('/odoo_backup_sh/bind')
        .type('form')
        .send({ odoo_backup_code: 'the-one-time-code' })
    await bind().set('sec-fetch-site', 'cross-site').expect(403)
    expect(fixture.agent.codes).toEqual([])
    await bind().expect(303)
    expect(fixture.agent.codes).toEqual(['the-one-time-code'])
  })

  test('an anonymous visitor binds nothing; the code waits for the master password', async () => {
    const { text } = await fixture.browser.get(withCode).expect(200)
    expect(fixture.agent.codes).toEqual([])
    expect(text).toContain('name="odoo_backup_code" value="the-one-time-code"')
    const form = { master_pwd: 'wrong', odoo_backup_code: 'the-one-time-code' }
    await fixture.browser.post('/odoo_backup_sh/sign_in').type('form').send(form).expect(403)
    expect(fixture.agent.codes).toEqual([])
    await fixture.browser
      .post('/odoo_backup_sh/sign_in')
      .type('form')
      .send({ ...form, master_pwd: fixture.agent.masterPassword })
      .expect(303)
    expect(fixture.agent.codes).toEqual(['the-one-time-code'])
  })

  test('it is never logged', async () => {
    await signIn(fixture)
    await fixture.browser.get(withCode)
    await fixture.browser
      .post('/odoo_backup_sh/bind')
      .type('form')
      .send({ odoo_backup_code: 'the-one-time-code' })
    expect(fixture.logged()).not.toContain('the-one-time-code')
  })
})

describe('get_s3_credentials', () => {
  const path = '/odoo_backup_sh/get_s3_credentials'
  const go = (redirect: string) => fixture.browser.get(path).query({ redirect })

  test('asks strangers for the master password first', async () => {
    const answer = await go('/web').expect(200)
    expect(answer.text).toContain('name="master_pwd"')
    expect(fixture.agent.redirects).toEqual([])
  })

  test('leads to the log-in, which leads back here, and in the end to where the visitor wanted', async () => {
    await signIn(fixture)
    fixture.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
    expect((await go('/web#menu').expect(302)).headers.location).toBe('https://broker.example/login')
    expect(fixture.agent.redirects.at(-1)).toMatch(/get_s3_credentials\?redirect=%2Fweb%23menu$/)
    fixture.agent.connection = { state: 'connected', folder: '42' }
    expect((await go('/web').expect(302)).headers.location).toBe('/web')
  })

  test.each(['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)'])(
    'is no open redirect: %s leads to the backups',
    async target => {
      await signIn(fixture)
      expect((await go(target).expect(302)).headers.location).toBe(PAGE)
    },
  )
})
