import { createServer, request as forward, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createTokenService } from '../../apps/broker/src/vending/token-service.ts'
import { brokerCredentials, freshFolder, sandbox, sandboxAccess } from './vending-sandbox.ts'

/** What is asked of the token service, read on its way to the real one, which ignores part of it. */
let proxy: Server
let proxyUrl: string
let asked: URLSearchParams[] = []
beforeAll(async () => {
  const { hostname, port } = new URL(sandbox.stsEndpoint)
  proxy = createServer(async (request, response) => {
    const body = await buffer(request)
    asked.push(new URLSearchParams(body.toString()))
    const { method, url: path, headers } = request
    forward({ hostname, port, method, path, headers, agent: false }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }).end(body)
  })
  await new Promise<void>(done => proxy.listen(0, '127.0.0.1', done))
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
})
beforeEach(() => {
  asked = []
})
afterAll(() => void proxy.close())

const instanceId = '5d3f2f0a-7c7b-4a53-9d4e-2f6f1c0b9a11'
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: `arn:aws:s3:::${sandbox.bucket}/1/*` }],
})

async function ask(changes: Parameters<typeof sandboxAccess>[0]): Promise<Record<string, string>> {
  const access = sandboxAccess({ stsEndpoint: proxyUrl, ...changes })
  const tokenService = createTokenService({ access, credentials: brokerCredentials, now: Date.now })
  try {
    await tokenService.issue({ instanceId, folder, policy })
  } finally {
    tokenService.close()
  }
  expect(asked).toHaveLength(1)
  return Object.fromEntries(asked[0] ?? [])
}

const folder = freshFolder()

test('the request names role, life, policy and, as the session, the instance; nothing else by default', async () => {
  expect(await ask({ ttlSeconds: 1200 })).toEqual({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: sandbox.roleArn,
    RoleSessionName: `instance-${instanceId}`,
    DurationSeconds: '1200',
    Policy: policy,
  })
})

test('the external id and the session tags of account and instance travel where they are configured', async () => {
  expect(await ask({ externalId: 'agreed-with-the-other-account', sessionTags: true })).toMatchObject({
    ExternalId: 'agreed-with-the-other-account',
    'Tags.member.1.Key': 'account',
    'Tags.member.1.Value': folder,
    'Tags.member.2.Key': 'instance',
    'Tags.member.2.Value': instanceId,
  })
})
