import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type OdooCom, startOdooCom } from './odoo-com.ts'

let now = Date.parse('2026-01-01T00:00:00Z')
let odooCom: OdooCom
beforeAll(async () => {
  odooCom = await startOdooCom({ serviceKey: 'service', clock: () => now })
})
afterAll(() => odooCom.close())

const request = {
  response_type: 'token',
  client_id: 'd7f5a0c2-0000-11ef-8000-000000000001',
  redirect_uri: 'http://127.0.0.1:1/auth/odoo/callback',
  scope: 'userinfo',
  state: 'opaque & odd',
}

function get(path: string, headers: Record<string, string> = {}) {
  return fetch(odooCom.accountsUrl + path, { headers, redirect: 'manual' })
}
function post(path: string, form: Record<string, string>, cookie = '') {
  const body = new URLSearchParams(form)
  return fetch(odooCom.accountsUrl + path, { method: 'POST', body, headers: { cookie }, redirect: 'manual' })
}
async function logIn(login = 'administrator@example.com', password = 'sandbox') {
  const answer = await post('/oauth2/login', { ...request, login, password })
  return { answer, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
}
async function decide(decision: string, cookie: string) {
  const answer = await post('/oauth2/decision', { ...request, decision }, cookie)
  const [page, fragment] = (answer.headers.get('location') ?? '').split('#')
  return { status: answer.status, page, values: Object.fromEntries(new URLSearchParams(fragment)) }
}

test('a stranger meets the log-in form, a user the question whether to allow', async () => {
  const path = `/oauth2/auth?${new URLSearchParams(request)}`
  expect(await (await get(path)).text()).toContain('name="password"')
  const { cookie } = await logIn()
  const consent = await (await get(path, { cookie })).text()
  expect(consent).toContain('value="approve"')
  expect(consent).toContain('value="deny"')
  expect(consent).toContain('127.0.0.1:1')
})

test('a wrong password shows the form again with status 401', async () => {
  const { answer } = await logIn('administrator@example.com', 'wrong')
  expect(answer.status).toBe(401)
  expect(await answer.text()).toContain('Wrong login or password')
})

test('approval answers in the fragment with a token, its life and the state as it was sent', async () => {
  const { cookie } = await logIn()
  const { page, values } = await decide('approve', cookie)
  expect(page).toBe(request.redirect_uri)
  expect(values).toMatchObject({
    token_type: 'Bearer',
    expires_in: '3600',
    scope: 'userinfo',
    state: request.state,
  })
  expect(values.access_token).toMatch(/^[0-9a-f]{40}$/)
})

test('tokeninfo says who, and for whom the token was made', async () => {
  const { cookie } = await logIn('accountant@example.com')
  const { values } = await decide('approve', cookie)
  const expected = {
    user_id: 420,
    email: 'accountant@example.com',
    name: 'Accountant',
    audience: request.client_id,
  }
  const byParameter = await get(`/oauth2/tokeninfo?access_token=${values.access_token}`)
  expect(await byParameter.json()).toMatchObject(expected)
  const byHeader = await get('/oauth2/tokeninfo', { authorization: `Bearer ${values.access_token}` })
  expect(await byHeader.json()).toMatchObject(expected)
})

test('a token of another making, or one past its life, is an error', async () => {
  const unknown = await get('/oauth2/tokeninfo?access_token=foreign')
  expect(unknown.status).toBe(401)
  expect(unknown.headers.get('www-authenticate')).toContain('invalid_token')
  expect(await unknown.json()).toMatchObject({ error: 'invalid_token' })
  const { cookie } = await logIn()
  const { values } = await decide('approve', cookie)
  now += 3_600_000
  expect(await (await get(`/oauth2/tokeninfo?access_token=${values.access_token}`)).json()).toHaveProperty(
    'error',
  )
})

test('denial answers access_denied in the fragment and makes no token', async () => {
  const { cookie } = await logIn()
  const { values } = await decide('deny', cookie)
  expect(values).toMatchObject({ error: 'access_denied', state: request.state })
  expect(values).not.toHaveProperty('access_token')
})

test.each([
  ['response_type', 'code'],
  ['client_id', ''],
  ['redirect_uri', 'javascript:alert(1)'],
])('a request with a wrong %s goes nowhere', async (name, value) => {
  const answer = await get(`/oauth2/auth?${new URLSearchParams({ ...request, [name]: value })}`)
  expect(answer.status).toBe(400)
})

test('nobody approves who is not logged in', async () => {
  const { status, page } = await decide('approve', '')
  expect([status, page]).toEqual([200, ''])
})

test('a test registers users of its own', async () => {
  const user = { id: 9001, login: 'new@example.com', password: 'own' }
  await fetch(`${odooCom.accountsUrl}/sandbox/users`, { method: 'POST', body: JSON.stringify(user) })
  const { cookie } = await logIn('new@example.com', 'own')
  const { values } = await decide('approve', cookie)
  const info = await get(`/oauth2/tokeninfo?access_token=${values.access_token}`)
  expect(await info.json()).toMatchObject({ user_id: 9001 })
})

test('a fault ordered for tokeninfo meets the named token alone, once', async () => {
  const order = { path: '/oauth2/tokeninfo', fault: 'html', containing: 'wanted' }
  await fetch(`${odooCom.accountsUrl}/sandbox/faults`, { method: 'POST', body: JSON.stringify(order) })
  const kind = async (token: string) =>
    (await get(`/oauth2/tokeninfo?access_token=${token}`)).headers.get('content-type')
  expect(await kind('other')).toContain('json')
  expect(await kind('wanted')).toContain('html')
  expect(await kind('wanted')).toContain('json')
})
