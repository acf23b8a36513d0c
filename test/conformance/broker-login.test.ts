import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { answerConsent, approve, logIn } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

const PAGE = 'https://odoo.customer.example/web/database/backups'

test('an unknown key is led to log in, is approved, and gets credentials for the folder of its account', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const first = await agent.cloudParams(PAGE, '1')
  expect(first.status).toBe(200)
  expect(Object.keys(first.body)).toEqual(['auth_link'])

  const browser = new HttpBrowser()
  const consent = await logIn(browser, first.body.auth_link, user)
  expect(consent.text).toContain('https://odoo.customer.example')
  expect(consent.text).toContain(user.login)
  const { leadsTo } = await answerConsent(browser, consent, 'approve')
  expect(leadsTo).toMatch(
    /^https:\/\/odoo\.customer\.example\/web\/database\/backups\?odoo_backup_code=[\w-]{32}$/,
  )

  const second = await agent.cloudParams(leadsTo, '1')
  expect(second.body).toMatchObject({
    'odoo_backup_sh.odoo_oauth_uid': user.id,
    'odoo_backup_sh.aws_session_token': expect.stringMatching(/.+/),
    'odoo_backup_sh.aws_expiration': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  })
  expect((await agent.get('/v1/account')).body).toMatchObject({
    folder: user.id,
    provider: 'odoo',
    maskedEmail: 'u••••@example.com',
    purposes: ['backup', 'restore', 'rotate'],
  })
})

test('a key without a page is bound by the code that its holder types', async () => {
  const user = await newOdooComUser()
  const agent = brokerClient(broker.url, newUserKey())
  const refused = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(refused).toMatchObject({ status: 401, body: { code: 'login_required' } })
  const { code, page } = await approve(new HttpBrowser(), refused.body.authLink, user)
  expect(page.text).toContain('odoo-backup login --code')
  expect(await agent.post('/v1/bind', { code })).toMatchObject({ status: 200, body: { folder: user.id } })
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
})
