import { expect, test } from '@jest/globals'
import { clientSecretsIn, OAuthProviders } from './provider-settings.ts'

const provider = {
  id: 'north',
  label: 'North',
  authorizationUrl: 'https://north.example/authorize',
  tokenUrl: 'https://north.example/token',
  profileUrl: 'https://north.example/userinfo',
  clientId: 'client',
}

test('providers are read from JSON, with the usual names of OpenID Connect', () => {
  expect(OAuthProviders.parse(JSON.stringify([provider]))).toEqual([
    { ...provider, clientSecret: '', scope: 'openid email profile', subjectField: 'sub' },
  ])
})

test.each([
  ['no JSON', 'north'],
  ['the id of odoo.com', JSON.stringify([{ ...provider, id: 'odoo' }])],
  ['an id that is no path', JSON.stringify([{ ...provider, id: 'a/b' }])],
  ['one id twice', JSON.stringify([provider, provider])],
  ['a URL that runs a script', JSON.stringify([{ ...provider, tokenUrl: 'javascript:x' }])],
  ['a misspelt field', JSON.stringify([{ ...provider, secret: 'x' }])],
])('%s is a fault', (_name, text) => {
  expect(OAuthProviders.safeParse(text).success).toBe(false)
})

test('client secrets are found also beside a provider that is faulty, and none in what is no list', () => {
  const all = [{ ...provider, clientSecret: 'first "one"' }, 7, provider, { clientSecret: 'second' }]
  expect(clientSecretsIn(JSON.stringify(all)).filter(text => text !== '')).toEqual(['first "one"', 'second'])
  for (const text of ['', 'north', '{}', 'null']) expect(clientSecretsIn(text)).toEqual([])
})
