import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { consoleWordsOf } from '../../apps/broker/src/operators/messages/index.ts'
import { timeText } from '../../apps/broker/src/pages/time.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { usageSettings } from '../../infra/services/broker-surroundings.ts'
import { bindInstance } from '../conformance/vending-instance.ts'
import { newAccount, runBrokerWithOperators } from '../fixtures/broker-operators.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { logIn } from '../fixtures/log-in.ts'
import type { RunningBroker } from '../fixtures/running-broker.ts'

/** How the broker's own work goes is seen by who runs it, and takes no broker out of service. */

const { health } = consoleWordsOf('en')
const DAY = 86_400_000
let broker: RunningBroker
let viewer: HttpBrowser
beforeAll(async () => {
  const run = await runBrokerWithOperators(usageSettings(sandboxEnvironment()))
  broker = run.broker
  viewer = new HttpBrowser({ accept: 'text/html', 'accept-language': 'en' })
  await logIn(viewer, `${broker.url}/login`, run.operators.viewer)
})
afterAll(() => broker.close())
beforeEach(async () => {
  await broker.query('DELETE FROM scheduled_work')
  await broker.query('DELETE FROM usage_sample')
  await broker.query('DELETE FROM usage_run')
  // Nobody but those whom a test makes came long ago.
  await broker.query('UPDATE account SET created_at = now()')
})

async function figures(of: { readonly url: string }, name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${of.url}/metrics`)).text()
  const lines = text.matchAll(new RegExp(`^${name}\\{[a-z]+="(.*)"\\} (.*)$`, 'gm'))
  return Object.fromEntries([...lines].map(([, label, figure]) => [label, Number(figure)]))
}

async function readiness(): Promise<{
  status: number
  state: string
  checks: Record<string, { state: string }>
}> {
  const response = await fetch(`${broker.url}/readyz`)
  return { status: response.status, ...JSON.parse(await response.text()) }
}

/** The page of health as it is read: without its marks. */
const shown = async () =>
  (await viewer.open(`${broker.url}/operator`)).text.replaceAll(/<[^>]*>/g, '').replaceAll('&quot;', '"')
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds)

test('the store is not said to work before it was asked', async () => {
  const { agent } = await bindInstance(broker)
  expect(await readiness()).toMatchObject({
    status: 200,
    state: 'ok',
    checks: { sts: { state: 'unknown' } },
  })
  const before = await shown()
  expect(before).toContain(health.sentences.unknown)
  expect(before).toContain(`${health.checks.sts}${health.checkStates.unknown}`)
  expect((await agent.post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  const after = await shown()
  expect(after).toContain(health.sentences.ok)
  expect(after).toContain(`${health.checks.sts}${health.checkStates.ok}`)
})

test('work that fails, and work that does not come, is told with since when, and in figures', async () => {
  expect(await figures(broker, 'scheduled_work_late')).toEqual({
    'resume open payments': 0,
    'renew accounts': 0,
    'sample usage': 0,
    'read balances': 0,
    forecast: 0,
  })
  expect(await figures(broker, 'scheduled_work_done_seconds')).toEqual({})
  const [failed, done] = [ago(60_000), ago(3 * DAY)]
  await broker.query(
    `INSERT INTO scheduled_work (name, known_at, begun_at, done_at, failed_at, failures)
     VALUES ('resume open payments', $1, $2, $1, $2, 7), ('renew accounts', $1, $1, $1, NULL, 0),
       ('forecast', $1, $2, $2, NULL, 0), ('mail notices', $1, $1, $1, NULL, 0)`,
    [done, failed],
  )
  expect(await figures(broker, 'scheduled_work_failures')).toMatchObject({
    'resume open payments': 7,
    forecast: 0,
  })
  expect(await figures(broker, 'scheduled_work_late')).toEqual({
    'resume open payments': 0,
    'renew accounts': 1,
    'sample usage': 0,
    'read balances': 0,
    forecast: 0,
  })
  const seconds = await figures(broker, 'scheduled_work_done_seconds')
  expect(Object.keys(seconds).toSorted()).toEqual(['forecast', 'renew accounts', 'resume open payments'])
  expect(seconds['renew accounts']).toBeGreaterThanOrEqual((3 * DAY) / 1000)

  const page = await shown()
  const { work } = health
  expect(page).toContain(health.sentences.behind)
  expect(page).toMatch(
    new RegExp(
      `the last 7 runs failed, the latest ${timeText(failed)}\\. It was last done ${timeText(done)}`,
    ),
  )
  expect(page).toContain(work.whatToDo['resume open payments'])
  expect(page).toContain(`${work.names['renew accounts']}: no run has ended since ${timeText(done)}`)
  expect(page).not.toContain(`${work.names.forecast}: no run`)
  // Mail is not set up here.
  expect(page).not.toContain(work.names['mail notices'])
  expect(await readiness()).toMatchObject({ status: 200, state: 'ok' })
})

test('accounts that are not counted in time are told, and no others', async () => {
  const none = { before: 0, never: 0 }
  const sampled = async (account: string, at: Date) => {
    await broker.query(
      `INSERT INTO usage_sample (account_id, day, current_bytes, current_objects, old_bytes, old_objects,
         upload_bytes, uploads, sampled_at) VALUES ($1, ($2::timestamptz AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 0, 0, $2)`,
      [account, at],
    )
  }
  const came = async (at: Date) => {
    const account = await newAccount(broker)
    await broker.query('UPDATE account SET created_at = $2 WHERE id = $1', [account, at])
    return account
  }
  const long = ago(30 * DAY)
  // Yesterday, and also if midnight passes meanwhile.
  await sampled(await came(long), ago(DAY - 300_000))
  await sampled(await came(long), ago(0))
  // Counting begins now: it may take a while until all of them were counted.
  await came(long)
  await broker.query('INSERT INTO usage_run (day) VALUES (current_date)')
  expect(await figures(broker, 'late_samples')).toEqual(none)
  expect(await figures(broker, 'late_sample_oldest_seconds')).toEqual(none)
  expect(await shown()).not.toContain(health.work.samplesFollow)

  const [day, last] = [ago(9 * DAY), ago(5 * DAY)]
  await broker.query("INSERT INTO usage_run (day) VALUES (($1::timestamptz AT TIME ZONE 'UTC')::date)", [day])
  const late = await came(long)
  await sampled(late, ago(6 * DAY))
  await sampled(late, last)
  await sampled(await came(long), ago(3 * DAY))
  await came(ago(60_000))
  expect(await figures(broker, 'late_samples')).toEqual({ before: 2, never: 1 })
  const oldest = await figures(broker, 'late_sample_oldest_seconds')
  expect(oldest.before).toBeGreaterThanOrEqual((5 * DAY) / 1000)
  expect(oldest.before).toBeLessThan((6 * DAY) / 1000)
  expect(oldest.never).toBeGreaterThanOrEqual((9 * DAY) / 1000)
  expect(oldest.never).toBeLessThan((11 * DAY) / 1000)
  const page = await shown()
  expect(page).toContain(health.sentences.behind)
  expect(page).toContain(`2; the one that waits longest was last counted ${timeText(last)}`)
  const due = `${day.toISOString().slice(0, 10)} 00:00 UTC`
  expect(page).toContain(`1; the one that waits longest has been due since ${due}`)
  expect(await readiness()).toMatchObject({ status: 200, state: 'ok' })
})

test('where storage is not counted, none of it is late', async () => {
  await broker.query("UPDATE account SET created_at = now() - INTERVAL '1 month'")
  await broker.query('INSERT INTO usage_run (day) VALUES (current_date - 20)')
  expect((await figures(broker, 'late_samples')).never).toBeGreaterThan(0)
  const other = await broker.replica({ BROKER_USAGE_ACCESS_KEY_ID: '', BROKER_USAGE_SECRET_ACCESS_KEY: '' })
  try {
    expect(await figures(other, 'late_samples')).toEqual({ before: 0, never: 0 })
    expect(Object.keys(await figures(other, 'scheduled_work_late'))).not.toContain('sample usage')
  } finally {
    await other.close()
  }
})
