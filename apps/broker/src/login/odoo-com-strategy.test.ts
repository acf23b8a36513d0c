import { expect, test } from '@jest/globals'
import express from 'express'
import request from 'supertest'
import { createAuthenticator, type LoginProvider } from './authenticator.ts'
import { LoginFailure } from './login-failure.ts'
import { OdooComStrategy } from './odoo-com-strategy.ts'

const OURS = 'ac72605d-8ca0-4849-880b-c962b4358d94'

/** Logs in with an answer of odoo.com's tokeninfo; resolves with who it is, or with the refusal. */
async function logInWith(tokenInfo: unknown): Promise<unknown> {
  const strategy = new OdooComStrategy({
    authorizationUrl: 'https://accounts.example/auth',
    tokenInfoUrl: 'https://accounts.example/tokeninfo',
    clientId: OURS,
    scope: 'userinfo',
    callbackUrl: 'https://broker.example/auth/odoo/callback',
    states: {
      begin: async () => 'odoo.state',
      take: async () => ({ aim: { loginRequestId: 'asked' }, codeVerifier: undefined }),
    },
    fetch: async () => new Response(JSON.stringify(tokenInfo)),
  })
  const provider: LoginProvider = { id: 'odoo', label: 'Odoo.com', answersInFragment: true, strategy }
  const authenticator = createAuthenticator([provider])
  const app = express().use(express.urlencoded())
  app.post('/', async (asked, response) => {
    const outcome = await authenticator
      .finish(provider, new Uint8Array(32), asked, response)
      .catch((error: unknown) => {
        if (!(error instanceof LoginFailure)) throw error
        return { refused: error.code, aim: error.aim }
      })
    response.json(outcome)
  })
  const answer = await request(app)
    .post('/')
    .type('form')
    .send({ state: 'odoo.state', access_token: 'token' })
  return answer.body
}

test.each([
  [
    { user_id: 42, audience: OURS },
    { provider: 'odoo', subject: '42' },
  ],
  [
    { user_id: '42', audience: OURS, email: false, name: false },
    { provider: 'odoo', subject: '42' },
  ],
  [
    { user_id: 42, audience: OURS, email: 'a@example.com', name: 'A', expires_in: 3600, scope: 'userinfo' },
    { provider: 'odoo', subject: '42', email: 'a@example.com', name: 'A' },
  ],
  [
    { user_id: 42, audience: OURS, email: 'a@example.com\r\nBcc: b@example.com', name: 'A\u0000' },
    { provider: 'odoo', subject: '42' },
  ],
])('%j names its owner', async (tokenInfo, identity) => {
  expect(await logInWith(tokenInfo)).toEqual({ identity, aim: { loginRequestId: 'asked' } })
})

test.each([
  [{ user_id: 42, audience: 'b1b0c0de-0000-4000-8000-000000000000' }],
  [{ user_id: 42 }],
  [{ user_id: 42, audience: [OURS] }],
  [{ user_id: 42, client_id: OURS }],
  [{ user_id: 0, audience: OURS }],
  [{ user_id: false, audience: OURS }],
  [{ user_id: '', audience: OURS }],
  [{ user_id: '42/../7', audience: OURS }],
  [{ user_id: '007', audience: OURS }],
  [{ user_id: 4.2, audience: OURS }],
  [{ user_id: 42, audience: OURS, error: 'invalid_token' }],
  [[]],
  [null],
])('%j proves nothing', async tokenInfo => {
  expect(await logInWith(tokenInfo)).toEqual({ refused: 'token_refused', aim: { loginRequestId: 'asked' } })
})
