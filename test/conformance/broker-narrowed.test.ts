import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, logIn, type OdooComUser } from '../fixtures/log-in.ts'
import { newOdooComUser, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { adminToken } from './vending-admin-token.ts'
import { type BoundInstance, bindInstance } from './vending-instance.ts'

/** Purposes that were taken away stay so, though an approval from before is completed afterwards. */

const NEW_NAME = 'https://other.customer.example/web/database/backups'
const ALL = ['backup', 'restore', 'rotate']

let broker: RunningBroker
let user: OdooComUser & { id: string }
let instance: BoundInstance
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())
beforeEach(async () => {
  user = await newOdooComUser()
  instance = await bindInstance(broker, user)
})

/** An approval of the instance at another address, whose code is still to be brought. */
async function approvedAt(redirect: string, purposes = ALL) {
  const { authLink } = (await instance.agent.post('/v1/login-requests', { redirect })).body
  const { leadsTo = '', code = '' } = await approve(new HttpBrowser(), authLink, user, purposes)
  return { leadsTo, code }
}

async function byOperator(purposes: readonly string[]): Promise<void> {
  const answer = await fetch(`${broker.url}/admin/v1/instances/${instance.instanceId}/purposes`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${await adminToken(broker, 'admin')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reason: 'asked for', purposes }),
  })
  expect(answer.status).toBe(200)
}

/** By the form of the account's page, for the own instance or, forged, for another. */
async function byAccount(purposes: readonly string[], whose = user): Promise<void> {
  const browser = new HttpBrowser()
  const page = await logIn(browser, `${broker.url}/login`, whose)
  const action = `/account/instances/${instance.instanceId}`
  const own = page.forms.find(form => form.action === action)
  const fields = own?.fields ?? page.forms[0]?.fields ?? []
  await browser.submit(page, { action, method: 'post', fields }, { purposes, name: 'The shop' })
}

async function mayNow(): Promise<string[]> {
  return (await instance.agent.get('/v1/account')).body.purposes
}

test.each([
  ['an operator', byOperator],
  ['the account', byAccount],
])(
  'a code from before %s took purposes away brings none of them back, by old and new calls',
  async (_who, narrow) => {
    const [first, second] = [await approvedAt(NEW_NAME), await approvedAt(`${NEW_NAME}/again`)]
    await narrow(['backup'])
    expect(await instance.agent.post('/v1/bind', { code: first.code })).toMatchObject({
      status: 403,
      body: { code: 'code_refused', detail: expect.stringContaining('taken back') },
    })
    expect(Object.keys((await instance.agent.cloudParams(second.leadsTo, '1')).body)).toEqual(['auth_link'])
    expect(await mayNow()).toEqual(['backup'])
    const rows = await broker.query<{ action: string }>(
      `SELECT action, detail->'withdrawnApprovals' AS withdrawn, reason FROM audit_event
      WHERE instance_id = $1 AND (action = 'instance.purposes_changed' OR reason = 'unknown_code') ORDER BY id`,
      [instance.instanceId],
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'instance.purposes_changed',
      'instance.bound',
      'instance.bound',
    ])
    expect(rows[0]).toMatchObject({ withdrawn: 2 })
  },
)

test('a code that goes no further than what is left is good', async () => {
  const { code } = await approvedAt(NEW_NAME, ['backup'])
  await byOperator(['backup', 'restore'])
  expect((await instance.agent.post('/v1/bind', { code })).status).toBe(200)
  expect(await mayNow()).toEqual(['backup'])
})

test('where nothing is taken away, as by a new name, codes stay good', async () => {
  await byOperator(['backup'])
  const { code } = await approvedAt(NEW_NAME, ['backup', 'restore'])
  await byAccount(['backup'])
  expect((await instance.agent.post('/v1/bind', { code })).status).toBe(200)
  expect(await mayNow()).toEqual(['backup', 'restore'])
})

test('the question asked afterwards proposes what is left, and its answer counts as the later word', async () => {
  await byOperator(['backup'])
  const { authLink } = (await instance.agent.post('/v1/login-requests', { redirect: NEW_NAME })).body
  const consent = await logIn(new HttpBrowser(), authLink, user)
  const ticked = consent.forms[0]?.fields.filter(([name]) => name === 'purposes').map(([, value]) => value)
  expect(ticked).toEqual(['backup'])
  const { code } = await approve(new HttpBrowser(), authLink, user, ['backup', 'rotate'])
  expect((await instance.agent.post('/v1/bind', { code })).status).toBe(200)
  expect(await mayNow()).toEqual(['backup', 'rotate'])
})

test('somebody else takes no code away by naming the instance', async () => {
  const { code } = await approvedAt(NEW_NAME)
  const other = await newOdooComUser()
  await bindInstance(broker, other)
  await byAccount(['backup'], other)
  expect((await instance.agent.post('/v1/bind', { code })).status).toBe(200)
  expect(await mayNow()).toEqual(ALL)
})

test('an approval of another instance is left as it is', async () => {
  const { code } = await approvedAt(NEW_NAME)
  const narrowed = instance
  instance = await bindInstance(broker, user)
  await byOperator(['backup'])
  expect((await narrowed.agent.post('/v1/bind', { code })).status).toBe(200)
})
