import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { isPublicAddress, lookupPublic } from './public-address.ts'
import { sendHttp } from './send-http.ts'

describe('a receiver on this machine', () => {
  let server: Server
  let url: string
  let received: { method: string | undefined; url: string | undefined; body: string }[]
  let answer: { status: number; location?: string }
  beforeEach(async () => {
    received = []
    answer = { status: 200 }
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', chunk => chunks.push(chunk))
      request.on('end', () => {
        received.push({ method: request.method, url: request.url, body: Buffer.concat(chunks).toString() })
        response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location })
        response.end('x'.repeat(100))
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret`
  })
  afterEach(() => new Promise(resolve => server.close(resolve)))

  test('gets nothing unless private addresses are allowed, by number or by name', async () => {
    await expect(sendHttp({ url, allowPrivateAddresses: false })).rejects.toThrow('private network')
    const named = url.replace('127.0.0.1', 'localhost')
    await expect(sendHttp({ url: named, allowPrivateAddresses: false })).rejects.toThrow('private network')
    expect(received).toEqual([])
  })

  test('gets JSON by POST, or a GET', async () => {
    await sendHttp({ url, json: { text: 'Grüße' }, allowPrivateAddresses: true })
    await sendHttp({ url, allowPrivateAddresses: true })
    expect(received).toEqual([
      { method: 'POST', url: '/hook/secret', body: '{"text":"Grüße"}' },
      { method: 'GET', url: '/hook/secret', body: '' },
    ])
  })

  test('cannot send us elsewhere by a redirect', async () => {
    answer = { status: 307, location: url.replace('/hook/secret', '/inner') }
    await expect(sendHttp({ url, json: {}, allowPrivateAddresses: true })).rejects.toThrow('redirect')
    expect(received.map(request => request.url)).toEqual(['/hook/secret'])
  })

  test('that refuses is an error which does not hold the address', async () => {
    answer = { status: 500 }
    const sending = sendHttp({ url, json: {}, allowPrivateAddresses: true })
    await expect(sending).rejects.toThrow('The receiver answered 500. Check the address that was entered.')
    await expect(sending).rejects.not.toThrow('secret')
  })
})

test.each([
  '127.0.0.1',
  '127.9.9.9',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
])('%s is no public address', address => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '64:ff9b::7f00:1',
  'ff02::1',
  '2002:7f00:1::',
])('%s is no public address', address => {
  expect(isPublicAddress(address)).toBe(false)
})

test('addresses of the open internet are public', () => {
  expect(['8.8.8.8', '2606:4700::1111'].map(isPublicAddress)).toEqual([true, true])
})

test.each([{ all: true }, { all: false }, {}])(
  'a name that leads to this machine is refused by the look-up (%j)',
  async options => {
    const error = await new Promise(resolve => lookupPublic('localhost', options, resolve))
    expect(error).toMatchObject({ name: 'PrivateAddressError' })
  },
)
