import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OdooCom, startOdooCom } from './odoo-com.ts'

const HOUR = 3_600_000
const key = 'the service key'
const folder = mkdtempSync(join(tmpdir(), 'iap-'))
const stateFile = join(folder, 'state.json')
let now = Date.parse('2026-01-01T00:00:00Z')
let iap: OdooCom
beforeAll(async () => {
  iap = await startOdooCom({ serviceKey: key, stateFile, clock: () => now })
})
afterAll(async () => {
  await iap.close()
  rmSync(folder, { recursive: true })
})

async function call(operation: string, params: Record<string, unknown>) {
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', params, id: 'the id' })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${iap.iapUrl}/iap/1/${operation}`, { method: 'POST', headers, body })
  return {
    status: answer.status,
    ...((await answer.json()) as { id: string; result?: unknown; error?: RpcFault }),
  }
}
type RpcFault = {
  code: number
  message: string
  data: { name: string; message: string; arguments: string[] }
}

const admin = (method: string, path: string, body?: unknown) =>
  fetch(`${iap.iapUrl}/sandbox/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
async function account(balance?: number) {
  const token = randomUUID().replaceAll('-', '')
  if (balance !== undefined) await admin('PUT', `accounts/${token}`, { balance })
  return token
}
const standing = async (token: string) => (await (await admin('GET', `accounts/${token}`)).json()) as Standing
type Standing = {
  balance: number
  available: number
  registered: boolean
  holds: { state: string; captured: number }[]
}

test('a hold makes credit unavailable, capture takes it, once', async () => {
  const token = await account(10)
  const {
    result: transaction,
    id,
    status,
  } = await call('authorize', { key, account_token: token, credit: 4 })
  expect([status, id, typeof transaction]).toEqual([200, 'the id', 'string'])
  expect(await standing(token)).toMatchObject({ balance: 10, available: 6 })
  expect((await call('authorize', { key, account_token: token, credit: 6.5 })).error).toBeDefined()
  for (let again = 0; again < 2; again += 1)
    expect((await call('capture', { key, token: transaction })).error).toBeUndefined()
  expect(await standing(token)).toMatchObject({
    balance: 6,
    available: 6,
    holds: [{ state: 'captured', captured: 4 }],
  })
})

test('a smaller amount may be captured, a falsy one means all, a greater one is refused', async () => {
  const token = await account(100)
  const authorize = async () => (await call('authorize', { key, account_token: token, credit: 10 })).result
  await call('capture', { key, token: await authorize(), credit_to_capture: 2.5 })
  expect(await standing(token)).toMatchObject({ balance: 97.5 })
  await call('capture', { key, token: await authorize(), credit_to_capture: 0 })
  expect(await standing(token)).toMatchObject({ balance: 87.5 })
  const { error } = await call('capture', { key, token: await authorize(), credit_to_capture: 11 })
  expect(error?.data.name).toBe('odoo.exceptions.AccessError')
})

test('cancel gives the hold back, any number of times, and nothing can be captured after it', async () => {
  const token = await account(5)
  const { result: transaction } = await call('authorize', { key, account_token: token, credit: 5 })
  for (let again = 0; again < 2; again += 1)
    expect((await call('cancel', { key, token: transaction })).error).toBeUndefined()
  expect(await standing(token)).toMatchObject({ balance: 5, available: 5 })
  expect((await call('capture', { key, token: transaction })).error?.data.name).toMatch(/AccessError$/)
})

test.each([
  ['refused', 'odoo.exceptions.AccessError'],
  ['ignored', undefined],
])('to cancel what was captured is %s, and the money stays taken', async (answer, error) => {
  await admin('PUT', 'cancel-after-capture', { answer })
  const token = await account(5)
  const { result: transaction } = await call('authorize', { key, account_token: token, credit: 5 })
  await call('capture', { key, token: transaction })
  expect((await call('cancel', { key, token: transaction })).error?.data.name).toBe(error)
  expect(await standing(token)).toMatchObject({ balance: 0, holds: [{ state: 'captured' }] })
})

test('a hold that outlives its ttl, in hours, is cancelled by itself', async () => {
  const token = await account(5)
  const { result: transaction } = await call('authorize', { key, account_token: token, credit: 5, ttl: 2 })
  now += 2 * HOUR - 1
  expect(await standing(token)).toMatchObject({ available: 0 })
  now += 1
  expect(await standing(token)).toMatchObject({ available: 5 })
  expect((await call('capture', { key, token: transaction })).error).toBeDefined()
})

test('too little credit is told in the shape from which Odoo makes its dialog', async () => {
  const { status, error } = await call('authorize', { key, account_token: await account(), credit: 1 })
  expect(status).toBe(200)
  expect(error).toMatchObject({ code: 200, message: 'Odoo Server Error' })
  expect(error?.data.name).toBe('odoo.addons.iap.tools.iap_tools.InsufficientCreditError')
  expect(JSON.parse(error?.data.message ?? '')).toEqual({
    title: 'Insufficient Balance',
    message: "You don't have an IAP account registered for this service.",
    base_url: `${iap.iapUrl}/iap/1/credit/`,
    service_name: 'odoo_backup_sh',
    credit: 1,
    trial: false,
  })
  const poor = await call('authorize', { key, account_token: await account(1), credit: 2 })
  expect(JSON.parse(poor.error?.data.message ?? '{}').message).toMatch(/enough credits/)
})

test('a wrong service key, an unknown transaction and a credit that is no number are refused', async () => {
  const token = await account(5)
  const wrongKey = await call('authorize', { key: 'other', account_token: token, credit: 1 })
  expect(wrongKey.error?.data.name).toBe('odoo.exceptions.AccessError')
  expect((await call('capture', { key, token: 'unknown' })).error?.data.name).toMatch(/AccessError$/)
  const noNumber = await call('authorize', { key, account_token: token, credit: '1' })
  expect(noNumber.error?.data.name).toMatch(/TypeError$/)
})

test('the documented tokens answer the same whatever the key', async () => {
  const authorize = (account_token: string) => call('authorize', { key: 'any', account_token, credit: 1 })
  expect((await authorize('000000')).error?.data.name).toMatch(/InsufficientCreditError$/)
  expect((await authorize('000111')).error?.data.name).toMatch(/InsufficientCreditError$/)
  const { result: token } = await authorize('111111')
  expect((await call('capture', { key: 'any', token })).error).toBeUndefined()
  expect((await call('cancel', { key: 'any', token })).error).toBeUndefined()
})

test('trial credits come with the first hold of a database that may have them', async () => {
  const dbuuid = randomUUID()
  await admin('PUT', `trials/${dbuuid}`, { credits: 3 })
  const token = await account()
  const { result } = await call('authorize', { key, account_token: token, credit: 2, dbuuid })
  expect(typeof result).toBe('string')
  expect(await standing(token)).toMatchObject({ balance: 3, available: 1 })
})

test('a database sees its balance; the token of a neutralised one has none', async () => {
  const token = await account(7)
  const params = { dbuuid: 'any', service_name: 'odoo_backup_sh' }
  expect((await call('balance', { ...params, account_token: token })).result).toBe(7)
  expect((await call('balance', { ...params, account_token: `${token}+disabled` })).result).toBe(0)
  const { result } = await call('get-accounts-information', { iap_accounts: [{ token, service: 'x' }] })
  expect(result).toMatchObject({ [token]: { balance: 7, registered: true } })
})

test.each(['as it is', 'hashed'])('a logged-in buyer adds credit by a link with the token %s', async form => {
  const token = await account()
  const hash = createHash('sha1').update(token).digest('hex')
  const old = { account_token: token, credit: '25', dbuuid: 'd', service_name: 'odoo_backup_sh' }
  const query = form === 'hashed' ? { account_token: hash, hashed: '1' } : old
  const next = `/iap/1/credit?${new URLSearchParams(query)}`
  const post = (path: string, values: Record<string, string>, cookie = '') =>
    fetch(iap.iapUrl + path, {
      method: 'POST',
      body: new URLSearchParams(values),
      headers: { cookie },
      redirect: 'manual',
    })
  expect(await (await fetch(iap.iapUrl + next)).text()).toContain('name="password"')
  const login = await post('/iap/1/login', { login: 'auditor@example.com', password: 'sandbox', next })
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const page = await (await fetch(iap.iapUrl + next, { headers: { cookie } })).text()
  expect(page).toContain('Buy 100 credits')
  const shown = /name="account" value="([^"]+)"/.exec(page)?.[1] ?? ''
  await post('/iap/1/buy', { account: shown, credit: '25' }, cookie)
  expect(await standing(token)).toMatchObject({ registered: true, balance: 25 })
})

test('nothing but JSON sent as JSON is understood', async () => {
  const post = (type: string, body: string) =>
    fetch(`${iap.iapUrl}/iap/1/balance`, { method: 'POST', headers: { 'content-type': type }, body })
  expect((await post('application/json', '{')).status).toBe(400)
  expect((await post('text/plain', '{"params":{}}')).status).toBe(400)
})

test('an answer that is lost comes after the work was done', async () => {
  const token = await account(10)
  await admin('POST', 'faults', { path: '/iap/1/authorize', fault: 'lost', containing: token })
  await expect(call('authorize', { key, account_token: token, credit: 4 })).rejects.toThrow()
  expect(await standing(token)).toMatchObject({ available: 6 })
})

test('a refused connection comes before the work, an error and a status 500 in its stead', async () => {
  const token = await account(10)
  const order = (fault: string) =>
    admin('POST', 'faults', { path: '/iap/1/authorize', fault, containing: token })
  await order('refused')
  await expect(call('authorize', { key, account_token: token, credit: 4 })).rejects.toThrow()
  await order('error')
  expect((await call('authorize', { key, account_token: token, credit: 4 })).error?.data.name).toMatch(
    /UserError$/,
  )
  await order('500')
  await expect(call('authorize', { key, account_token: token, credit: 4 })).rejects.toThrow()
  expect(await standing(token)).toMatchObject({ available: 10, holds: [] })
})

test('a hanging answer never ends', async () => {
  const token = await account(10)
  await admin('POST', 'faults', { path: '/iap/1/balance', fault: 'hang', containing: token })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ params: { account_token: token } })
  const signal = AbortSignal.timeout(300)
  const asking = fetch(`${iap.iapUrl}/iap/1/balance`, { method: 'POST', headers, body, signal })
  await expect(asking).rejects.toMatchObject({ name: 'TimeoutError' })
})

test('the clock is moved, and everything outlives a restart', async () => {
  const token = await account(10)
  await call('authorize', { key, account_token: token, credit: 4, ttl: 1 })
  await admin('POST', 'clock', { advanceSeconds: 1_800 })
  await iap.close()
  iap = await startOdooCom({ serviceKey: key, stateFile, clock: () => now })
  expect(await standing(token)).toMatchObject({ available: 6 })
  await admin('POST', 'clock', { advanceSeconds: 1_800 })
  expect(await standing(token)).toMatchObject({ available: 10 })
})
