import { expect, test } from '@jest/globals'
import { callProvider } from './provider-call.ts'

const url = new URL('https://provider.example/userinfo')
const answering = (body: string | null, init?: ResponseInit) => async () => new Response(body, init)

test('JSON of a provider is read', async () => {
  expect(await callProvider(answering('{"sub":"1"}'), url)).toEqual({ sub: '1' })
})

test.each([
  ['HTML', answering('<html>')],
  ['nothing', answering(null)],
  ['a fault of its own', answering('{}', { status: 502 })],
  ['100 kB', answering(`"${'x'.repeat(100_000)}"`)],
  [
    'a broken connection',
    async () => {
      throw new TypeError('fetch failed')
    },
  ],
])('%s is no answer', async (_name, fetch) => {
  await expect(callProvider(fetch, url)).rejects.toMatchObject({ code: 'provider_unavailable', status: 503 })
})

test('a refusal is a refusal', async () => {
  await expect(callProvider(answering('{}', { status: 401 }), url)).rejects.toMatchObject({
    code: 'token_refused',
  })
})

test('redirects are not followed, and there is a time-out', async () => {
  let seen: RequestInit | undefined
  await callProvider(async (_url, init) => {
    seen = init
    return new Response('1')
  }, url)
  expect(seen).toMatchObject({ redirect: 'error', signal: expect.any(AbortSignal) })
})
