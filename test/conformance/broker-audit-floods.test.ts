import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { auditRowsOf } from '../fixtures/audit-rows.ts'
import { newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'

/** Requests that are too many have few rows, with their number. */

let broker: RunningBroker
beforeAll(async () => {
  broker = await runBroker()
})
afterAll(() => broker.close())

const rowsOf = (work: () => Promise<unknown>) => auditRowsOf(broker, work)

test('of requests that are too many, the first has its row before its answer, and a flood has few rows with their number', async () => {
  const narrow = await broker.replica({ BROKER_RATE_PER_ADDRESS: '5', BROKER_RATE_SECONDS: '3600' })
  const ask = async () => (await fetch(`${narrow.url}/login`, { redirect: 'manual' })).status
  for (let count = 0; count < 5; count += 1) expect(await ask()).not.toBe(429)
  const refused = (requests: number) =>
    expect.objectContaining({
      action: 'request.rate_limited',
      outcome: 'refused',
      reason: 'rate_limited',
      actor: 'unknown',
      address: '127.0.0.1',
      detail: { limit: 'address', requests },
    })
  expect(await rowsOf(async () => expect(await ask()).toBe(429))).toEqual([refused(1)])

  const rows = await rowsOf(async () => {
    for (let count = 0; count < 50; count += 1)
      expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set([429]))
    // Also written every minute; a broker that ends leaves nothing unwritten.
    await narrow.close()
  })
  expect(rows.reduce((sum, { detail }) => sum + Number(detail.requests), 0)).toBe(1000)
  expect(rows.length).toBeLessThan(10)
})

test('requests of one key that are too many are told of its instance, and those of another key have rows of their own', async () => {
  const narrow = await broker.replica({ BROKER_RATE_PER_KEY: '2', BROKER_RATE_SECONDS: '3600' })
  try {
    const { userKey, instanceId, accountId } = await bindInstance(broker)
    const waiting = newUserKey()
    const ask = async (key: string) =>
      (await fetch(`${narrow.url}/v1/account`, { headers: { authorization: `Bearer ${key}` } })).status
    for (const key of [userKey, userKey, waiting, waiting]) expect(await ask(key)).not.toBe(429)
    const limited = { action: 'request.rate_limited', detail: { limit: 'key', requests: 1 } }
    expect(
      await rowsOf(async () => {
        for (const key of [userKey, waiting, userKey]) expect(await ask(key)).toBe(429)
      }),
    ).toEqual([
      expect.objectContaining({
        ...limited,
        actor: `instance:${instanceId}`,
        instance_id: instanceId,
        account_id: accountId,
      }),
      expect.objectContaining({
        ...limited,
        actor: expect.stringMatching(/^instance:/),
        instance_id: expect.not.stringContaining(instanceId),
        account_id: null,
      }),
    ])
  } finally {
    await narrow.close()
  }
})

test.each([
  ['/v1/credentials', '{"purpose":"backup"}'],
  ['/v1/login-requests', '{}'],
])('%s for which too many log-ins wait has one row, not one for each try', async (path, body) => {
  const narrow = await broker.replica({ BROKER_PENDING_LOGINS_PER_ADDRESS: '1' })
  try {
    const ask = async () =>
      (
        await fetch(`${narrow.url}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${newUserKey()}`, 'content-type': 'application/json' },
          body,
        })
      ).status
    const rows = await rowsOf(async () => {
      // The first may be the one that has room.
      await ask()
      for (let count = 0; count < 3; count += 1) expect(await ask()).toBe(429)
    })
    expect(rows.filter(({ reason }) => reason === 'rate_limited')).toEqual([
      expect.objectContaining({
        action: 'request.rate_limited',
        detail: { limit: 'pending-log-ins', requests: 1 },
      }),
    ])
  } finally {
    await narrow.close()
  }
})

test('requests that are too many are refused though they cannot be written down, and are counted for later', async () => {
  const narrow = await broker.replica({ BROKER_RATE_PER_ADDRESS: '5', BROKER_RATE_SECONDS: '3600' })
  const ask = async () => (await fetch(`${narrow.url}/login`, { redirect: 'manual' })).status
  for (let count = 0; count < 5; count += 1) await ask()
  await broker.query('ALTER TABLE audit_event RENAME TO audit_event_away')
  try {
    expect([await ask(), await ask()]).toEqual([429, 429])
  } finally {
    await broker.query('ALTER TABLE audit_event_away RENAME TO audit_event')
  }
  const rows = await rowsOf(() => narrow.close())
  expect(rows.map(({ detail }) => detail)).toEqual([{ limit: 'address', requests: 2 }])
})
