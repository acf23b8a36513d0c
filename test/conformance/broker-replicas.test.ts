import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Redis } from 'ioredis'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, submit } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

const prefix = `test-${randomBytes(4).toString('hex')}:`
let one: RunningBroker
let two: { url: string; close(): Promise<void> }
beforeAll(async () => {
  const { redisUrl } = sandboxEnvironment()
  one = await runBroker({ BROKER_REDIS_URL: redisUrl, BROKER_REDIS_PREFIX: prefix })
  two = await one.replica()
})
afterAll(async () => {
  await two.close()
  await one.close()
  const redis = new Redis(sandboxEnvironment().redisUrl)
  for await (const keys of redis.scanStream({ match: `${prefix}*` }))
    if (keys.length > 0) await redis.del(...keys)
  await redis.quit()
})

const PAGE = 'https://odoo.customer.example/web/database/backups'
const elsewhere = (link: string) => link.replace(one.url, two.url)

test('a log-in begun at one broker is finished at the other, and its code brought to the first', async () => {
  const user = await newOdooComUser()
  const key = newUserKey()
  const link = (await brokerClient(one.url, key).post('/v1/login-requests', { redirect: PAGE })).body.authLink
  const { code } = await approve(new HttpBrowser(), elsewhere(link), user)
  expect((await brokerClient(one.url, key).post('/v1/bind', { code })).status).toBe(200)
  expect((await brokerClient(two.url, key).post('/v1/credentials', { purpose: 'backup' })).body.folder).toBe(
    user.id,
  )
})

test('a code brought to both at the same moment binds once', async () => {
  const key = newUserKey()
  const link = (await brokerClient(one.url, key).post('/v1/login-requests', {})).body.authLink
  const { code } = await approve(new HttpBrowser(), link, await newOdooComUser())
  const answers = await Promise.all(
    [one.url, two.url].map(url => brokerClient(url, key).post('/v1/bind', { code })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
})

test('what is revoked at one broker is refused by the other within a second, though it had just vended', async () => {
  const user = await newOdooComUser()
  const key = newUserKey()
  const browser = new HttpBrowser()
  const link = (await brokerClient(one.url, key).post('/v1/login-requests', { redirect: PAGE })).body.authLink
  const { code } = await approve(browser, link, user)
  await brokerClient(one.url, key).post('/v1/bind', { code })
  expect((await brokerClient(two.url, key).post('/v1/credentials', { purpose: 'backup' })).status).toBe(200)
  const page = await browser.open(`${one.url}/account`)
  const revoke = page.forms.find(({ action }) => action.endsWith('/revoke'))?.action ?? 'none'
  await submit(browser, page, revoke)
  const begun = Date.now()
  // What counts is when the last one that was served was asked for, however long an answer takes here.
  let lastServed = begun
  let answer: Awaited<ReturnType<ReturnType<typeof brokerClient>['post']>>
  do {
    const askedAt = Date.now()
    answer = await brokerClient(two.url, key).post('/v1/credentials', { purpose: 'backup' })
    if (answer.status === 200) lastServed = askedAt
  } while (answer.status === 200 && lastServed - begun < 1000)
  expect(answer.body.code).toBe('revoked')
})

test('a broker says that it is ready, and what it stands on', async () => {
  const ready = await fetch(`${one.url}/readyz`)
  expect(ready.status).toBe(200)
  expect(await ready.json()).toMatchObject({
    state: 'ok',
    checks: { database: { state: 'ok' }, redis: { state: 'ok' } },
  })
})
