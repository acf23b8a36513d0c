import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sendRaw } from '../fixtures/attacked-broker.ts'
import { brokerClient } from '../fixtures/broker-client.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve, logIn } from '../fixtures/log-in.ts'
import { newOdooComUser, newUserKey, type RunningBroker, runBroker } from '../fixtures/running-broker.ts'

/** As operators run it: an https address, and a proxy with TLS before it, here the test itself. */

const PUBLIC_URL = 'https://backup.customer.example'
let broker: RunningBroker
let url: string
beforeAll(async () => {
  broker = await runBroker({
    // As people write it; browsers and agents are told the usual form.
    BROKER_PUBLIC_URL: 'HTTPS://Backup.Customer.Example:443/',
    BROKER_TRUSTED_PROXIES: '127.0.0.1',
    BROKER_RATE_PER_ADDRESS: '40',
    BROKER_RATE_SECONDS: '3600',
  })
  url = broker.url
})
afterAll(() => broker.close())

/** A browser somewhere on the internet. */
function browserAt(address: string): HttpBrowser {
  return new HttpBrowser({ 'x-forwarded-for': address, 'x-forwarded-proto': 'https' }, { [PUBLIC_URL]: url })
}

test('links name the public address, and cookies are Secure with the prefix by which no other host sets them', async () => {
  const user = await newOdooComUser()
  const link = (await brokerClient(url, newUserKey()).post('/v1/login-requests')).body.authLink
  expect(link).toMatch(/^https:\/\/backup\.customer\.example\/login\/[\w-]{32}$/)
  const browser = browserAt('192.0.2.10')
  expect((await approve(browser, link, user)).code).toBeDefined()
  expect([...browser.cookies(PUBLIC_URL).keys()].sort()).toEqual([
    '__Host-odoo_backup_browser',
    '__Host-odoo_backup_session',
  ])

  const begin = await fetch(`${url}/auth/odoo`, { redirect: 'manual' })
  expect(begin.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-odoo_backup_browser=[\w-]{32}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
  ])
  expect(begin.headers.get('strict-transport-security')).toMatch(/^max-age=\d+/)
  expect(new URL(begin.headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(
    `${PUBLIC_URL}/auth/odoo/callback`,
  )
})

test('what the proxy says of the client stands in the audit log, and is what is counted', async () => {
  await logIn(browserAt('192.0.2.77'), `${PUBLIC_URL}/login`, await newOdooComUser())
  expect(await broker.query("SELECT action FROM audit_event WHERE address = '192.0.2.77'")).toEqual([
    { action: 'login' },
  ])
  const ask = async (address: string) =>
    (await fetch(`${url}/login`, { redirect: 'manual', headers: { 'x-forwarded-for': address } })).status
  let last = 0
  for (let count = 0; count < 41; count += 1) last = await ask('192.0.2.99')
  expect(last).toBe(429)
  expect(await ask('192.0.2.98')).toBe(303)
})

test('an address that a gateway writes with its port is counted without it', async () => {
  const ask = async (address: string) =>
    (await fetch(`${url}/login`, { redirect: 'manual', headers: { 'x-forwarded-for': address } })).status
  let last = 0
  for (let count = 0; count < 41; count += 1) last = await ask(`192.0.2.66:${4000 + count}`)
  expect(last).toBe(429)
  expect(await ask('192.0.2.67:4000')).toBe(303)
  for (let count = 0; count < 41; count += 1) last = await ask(`[2001:db8:9:1::1]:${4000 + count}`)
  expect(last).toBe(429)
  expect(await ask('[2001:db8:9:2::1]:4000')).toBe(303)
})

test('thousands of headers do not hide the address that the proxy adds after them', async () => {
  const headers = ['x-forwarded-for: 192.0.2.55', 'authorization: Bearer oba_made-up', 'connection: close']
  const many = Array.from({ length: 2500 }, () => 'a:b')
  const answer = await sendRaw(
    url,
    ['GET /admin/v1/accounts HTTP/1.1', 'host: x', ...many, ...headers, '', ''].join('\r\n'),
  )
  expect(answer).toMatch(/^HTTP\/1\.1 401/)
  expect(await broker.query("SELECT action FROM audit_event WHERE address = '192.0.2.55'")).toEqual([
    { action: 'admin.entered' },
  ])
})

test('addresses of one IPv6 network are counted as one', async () => {
  const ask = async (address: string) =>
    (await fetch(`${url}/login`, { redirect: 'manual', headers: { 'x-forwarded-for': address } })).status
  let last = 0
  for (let count = 0; count < 41; count += 1) last = await ask(`2001:db8:1:2::${count.toString(16)}`)
  expect(last).toBe(429)
  expect(await ask('2001:db8:1:3::1')).toBe(303)
})

test.each(['https://backup.example.com/broker', 'ftp://backup.example.com'])(
  'a public address at which no link would work is refused at start: %s',
  async address => {
    await expect(broker.replica({ BROKER_PUBLIC_URL: address })).rejects.toThrow('BROKER_PUBLIC_URL')
  },
)
