import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { adminToken } from '../conformance/vending-admin-token.ts'
import { type AgentInstance, agentInstance, NO_BUCKET } from '../fixtures/agent-instance.ts'
import { type AgentSurface, agentSurface, wordsOf } from '../fixtures/agent-surface.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

// A real agent whose account has no credit, and then has some.

let broker: RunningBroker
let instance: AgentInstance
let opened: OpenedAgent
let surface: AgentSurface
let database: string
beforeAll(async () => {
  broker = await runBroker({
    BROKER_PAYMENT: 'prepaid',
    BROKER_MONTHLY_CREDITS: '10',
    BROKER_STRIPE_PAYMENT_LINK: 'https://buy.example/credit',
  })
  instance = await agentInstance({ ...NO_BUCKET, broker_url: broker.url })
  database = await instance.odoo.createSample()
  opened = await instance.open()
  surface = await agentSurface(instance, opened)
})
afterAll(async () => {
  await surface.close()
  await instance.close()
  await broker.close()
})

const schedules = [{ kind: 'cron' as const, expression: '*/1 * * * *', timeZone: 'UTC' }]
const isRecharge = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/recharge\/[A-Za-z0-9_-]{32}$/)

test('without credit the agent says so with the link in page, API and command line, keeps its schedule, and goes on by itself once paid', async () => {
  const user = await newOdooComUser()
  const first = await surface.page()
  const link = /<a class="button" href="([^"]+)"/.exec(first.text)?.[1] ?? ''
  const { leadsTo } = await approve(surface.browser, link, user)
  const page = await surface.browser.open(leadsTo ?? '')
  expect(page.status).toBe(402)
  expect(wordsOf(page)).toContain('10 credits are due')
  expect(/href="([^"]*)"[^>]*>Buy credit</.exec(page.text)?.[1]).toEqual(isRecharge)

  const api = await surface.api('GET', '/connection')
  expect(api.body).toMatchObject({
    state: 'payment_required',
    message: expect.stringContaining('10 credits are due'),
    rechargeLink: isRecharge,
  })
  const cli = await surface.cli('login', '--json')
  expect(cli.status).toBe(77)
  expect(JSON.parse(cli.stderr)).toMatchObject({
    code: 'payment_required',
    message: expect.stringContaining('10 credits are due'),
    rechargeLink: isRecharge,
  })

  const buying = await surface.browser.open(JSON.parse(cli.stderr).rechargeLink)
  expect(buying.text).toContain('https://buy.example/credit?client_reference_id=')

  await opened.agent.changeDatabaseSettings(database, { schedules })
  const { body: job } = await surface.api('POST', '/backups', { database })
  const events = await surface.events(`/jobs/${job.id}/events`)
  expect(events.filter(({ event }) => event === 'job').at(-1)?.data).toMatchObject({
    state: 'failed',
    failure: { code: 'payment_required' },
  })
  const [kept] = (await opened.agent.databaseSettings()).filter(known => known.database === database)
  expect(kept?.schedules).toEqual(schedules)

  const [account] = await broker.query<{ id: string }>('SELECT id FROM account WHERE folder = $1', [user.id])
  const paid = await fetch(`${broker.url}/admin/v1/accounts/${account?.id}/billing/grant`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await adminToken(broker, 'billing')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ credits: 10, reference: 'paid', reason: 'a test' }),
  })
  expect(paid.status).toBe(200)
  // Nobody touches the agent: the minute of its schedule comes.
  for (;;) {
    const jobs = await opened.agent.jobs()
    if (jobs.some(({ kind, state }) => kind === 'backup' && state === 'completed')) break
    await wait(250)
  }
  expect((await surface.api('GET', '/connection')).body.state).toBe('connected')
  expect(wordsOf(await surface.page())).toContain('1 backup ')
})
