import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { auditRowsOf } from '../fixtures/audit-rows.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { logIn } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

/** What works for whoever has it stands in no log. */

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

const rowsOf = (work: () => Promise<unknown>) => auditRowsOf(broker, work)

test('links that work for whoever has them do not stand in the log of requests', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const { authLink } = (await agent.post('/v1/login-requests', {})).body
  const before = broker.logged.length
  await fetch(authLink, { redirect: 'manual' })
  const id = new URL(authLink).pathname.split('/').at(-1)
  const lines = broker.logged.slice(before).join('')
  expect(lines).toContain('"path":"/login/…"')
  expect(lines).not.toContain(id)
})

/** The last segment of an address with its first character encoded, as no browser writes it: it leads to the same. */
function encoded(address: string): { address: string; rest: string } {
  const [, before = '', first = '', rest = ''] = /^(.*\/)(.)(.*)$/.exec(address) ?? []
  return { address: `${before}%${first.charCodeAt(0).toString(16)}${rest}`, rest }
}

test('links that work, written in another way, stand neither in the log of requests nor in the audit log', async () => {
  const agent = brokerClient(broker.url, newUserKey())
  const { authLink } = (await agent.post('/v1/login-requests', {})).body
  const link = encoded(authLink)
  const before = broker.logged.length
  expect((await fetch(link.address, { redirect: 'manual' })).status).toBe(303)
  expect(broker.logged.slice(before).join('')).toContain('"path":"/login/…"')

  const browser = new HttpBrowser()
  const consent = await logIn(browser, authLink, await newOdooComUser())
  const question = encoded(new URL(consent.url).pathname)
  const form = { action: question.address, method: 'post', fields: [] }
  expect(await rowsOf(() => browser.submit(consent, form, { decision: 'approve' }))).toEqual([
    expect.objectContaining({ action: 'form.sent', detail: { form: '/consent/…' } }),
  ])
  const lines = broker.logged.join('')
  for (const { rest } of [link, question]) expect(lines).not.toContain(rest)
})

test('a request that cannot be read is not quoted in the log of an operator who wants to know all', async () => {
  const telling = await broker.replica({ BROKER_LOG_LEVEL: 'debug' })
  try {
    const userKey = newUserKey()
    const answer = await fetch(`${telling.url}/fetch_notifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"params":{"user_key":"${userKey}"`,
    })
    expect(answer.status).toBe(400)
    const lines = broker.logged.join('')
    expect(lines).toContain('entity.parse.failed')
    expect(lines).not.toContain(userKey)
  } finally {
    await telling.close()
  }
})
