import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, type OdooComUser, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker({ BROKER_MONTHLY_CREDITS: '10' })
})
afterAll(() => broker.close())

const PAGE = 'https://odoo.customer.example/web/database/backups'

async function boundAgent(user: OdooComUser): Promise<BrokerClient> {
  const agent = brokerClient(broker.url, newUserKey())
  const { code } = await approve(
    new HttpBrowser(),
    (await agent.post('/v1/login-requests', { redirect: PAGE })).body.authLink,
    user,
  )
  expect((await agent.post('/v1/bind', { code })).status).toBe(200)
  return agent
}

/** Follows a one-time recharge link and buys the middle pack, as somebody in a browser would. */
async function buyCredit(rechargeLink: string, user: OdooComUser): Promise<string> {
  const browser = new HttpBrowser()
  const leading = await browser.open(rechargeLink)
  const creditUrl = /id="credit" href="([^"]*)"/.exec(leading.text)?.[1]?.replaceAll('&amp;', '&') ?? 'none'
  expect(new URL(creditUrl).searchParams.get('dbuuid')).toBe(sandboxEnvironment().oauthClientId)
  let page = await browser.open(creditUrl)
  page = await submit(browser, page, '/iap/1/login', { login: user.login, password: user.password })
  const bought = await submit(browser, page, '/iap/1/buy', { credit: '100' })
  expect(bought.status).toBe(200)
  // An account that could not pay is not tried again in the same moment.
  broker.advance(5)
  return new URL(creditUrl).searchParams.get('account_token') ?? ''
}

async function balance(token: string): Promise<{ balance: number; holds: unknown }> {
  const response = await fetch(`${sandboxEnvironment().iapUrl}/sandbox/accounts/${token}`)
  return (await response.json()) as { balance: number; holds: unknown }
}

test('without credit both calls say so and give a link that works once; with credit they go on, and pay once', async () => {
  const user = await newOdooComUser()
  const agent = await boundAgent(user)
  const old = await agent.cloudParams(PAGE, '1')
  expect(old.body.insufficient_credit_error).toMatch(
    /not enough credit.*<a href="http[^"]*\/recharge\/[\w-]{32}"/s,
  )
  const refused = await agent.post('/v1/credentials', { purpose: 'backup' })
  expect(refused).toMatchObject({ status: 402, body: { code: 'payment_required' } })
  expect(refused.body.rechargeLink).not.toContain(agent.userKey)

  const token = await buyCredit(refused.body.rechargeLink, user)
  const before = await balance(token)
  const answers = await Promise.all(
    ['backup', 'restore', 'rotate', 'backup'].map(purpose => agent.post('/v1/credentials', { purpose })),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect((await agent.cloudParams(PAGE, '1')).body).toHaveProperty(['odoo_backup_sh.aws_session_token'])
  const after = await balance(token)
  expect(before.balance - after.balance).toBe(10)
})

test('all instances of an account share one payment', async () => {
  const user = await newOdooComUser()
  const first = await boundAgent(user)
  const { rechargeLink } = (await first.post('/v1/credentials', { purpose: 'backup' })).body
  const token = await buyCredit(rechargeLink, user)
  const before = await balance(token)
  const second = await boundAgent(user)
  for (const agent of [first, second])
    expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  expect(before.balance - (await balance(token)).balance).toBe(10)
})
