import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type Answer, type BrokerClient, brokerClient } from '../fixtures/broker-client.ts'
import { type AtGate, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { gate } from '../fixtures/gate.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, type OdooComUser, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { type BoundInstance, bindInstance } from './vending-instance.ts'

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

/** A broker whose payment service answers when the test says so, and calls of an operator to it. */
async function brokerAtGate() {
  let stop: AtGate | undefined
  const proxy = await startFaultProxy(sandboxEnvironment().iapUrl, ({ path }) =>
    path === '/iap/1/authorize' ? stop : undefined,
  )
  const gated = await runBroker({ BROKER_MONTHLY_CREDITS: '10', BROKER_IAP_URL: proxy.url })
  const admin = await adminToken(gated, 'admin')
  return {
    broker: gated,
    /** Resolves to the answer of `call`, in the middle of whose payment `change` was made. */
    async meanwhile(call: () => Promise<Answer>, change: () => Promise<void>): Promise<Answer> {
      stop = { kind: 'gate', before: 'request', gate: gate() }
      const { reached, open } = stop.gate
      const answer = call()
      await reached
      stop = undefined
      await change()
      open()
      return await answer
    },
    async change(method: string, path: string, body = {}): Promise<void> {
      const response = await fetch(`${gated.url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
        body: JSON.stringify({ reason: 'a stolen server', ...body }),
      })
      expect(response.status).toBe(200)
    },
    async credit(accountId: string, credits: number): Promise<void> {
      const [account] = await gated.query<{ payment_token: string }>(
        'SELECT payment_token FROM account WHERE id = $1',
        [accountId],
      )
      const response = await fetch(
        `${sandboxEnvironment().iapUrl}/sandbox/accounts/${account?.payment_token}`,
        { method: 'PUT', body: JSON.stringify({ balance: credits }) },
      )
      expect(response.ok).toBe(true)
    },
    async close() {
      await gated.close()
      await proxy.close()
    },
  }
}

test('whoever loses the right while the payment service is asked gets nothing, by either call', async () => {
  const gated = await brokerAtGate()
  const changes = {
    revoked: ({ instanceId }: BoundInstance) => gated.change('POST', `/instances/${instanceId}/revoke`),
    suspended: ({ accountId }: BoundInstance) => gated.change('POST', `/accounts/${accountId}/suspend`),
    purpose_refused: ({ instanceId }: BoundInstance) =>
      gated.change('PUT', `/instances/${instanceId}/purposes`, { purposes: ['rotate'] }),
  }
  try {
    for (const [code, change] of Object.entries(changes))
      for (const credits of [100, 0]) {
        const byNew = await bindInstance(gated.broker)
        await gated.credit(byNew.accountId, credits)
        const refused = await gated.meanwhile(
          () => byNew.agent.post('/v1/credentials', { purpose: 'backup' }),
          () => change(byNew),
        )
        expect(refused.status).toBeGreaterThanOrEqual(402)
        if (credits > 0) expect(refused).toMatchObject({ status: 403, body: { code } })

        // Without credit the old call goes on to what is left, which is to restore.
        const byOld = await bindInstance(gated.broker)
        await gated.credit(byOld.accountId, credits)
        const old = await gated.meanwhile(
          () => byOld.agent.cloudParams(undefined, '1'),
          () => change(byOld),
        )
        expect(Object.keys(old.body)).toEqual(['insufficient_credit_error'])
      }
    expect(
      await gated.broker.query(
        "SELECT detail FROM audit_event WHERE action = 'credentials.vended' AND outcome = 'done'",
      ),
    ).toEqual([])
  } finally {
    await gated.close()
  }
})
