import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Purpose } from '@odoo-backup/protocol'
import { policyText, sessionPolicy } from '../../apps/broker/src/vending/session-policy.ts'
import { freshFolder, sandbox, sandboxTokenService } from './vending-sandbox.ts'
import { type Keys, sendSigned } from './vending-signed-request.ts'

/** A credential tries to become more than it is, at every address that it can reach. */

const tokenService = sandboxTokenService()
const folder = freshFolder()
let keys: Keys
beforeAll(async () => {
  const policy = policyText(sessionPolicy({ bucket: sandbox.bucket, folder, purposes: Purpose.options }))
  keys = await tokenService.issue({ instanceId: 'climber', folder, policy })
})
afterAll(() => tokenService.close())

const everything = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})
const trustEveryone = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['sts:AssumeRole'] }],
})
const role = sandbox.roleArn.slice(sandbox.roleArn.lastIndexOf('/') + 1)
const broker = 'arn:aws:iam:::user/broker'

const ATTEMPTS: readonly (readonly [string, string, Record<string, string>])[] = [
  [
    'assume the role again without a policy',
    'sts',
    { Action: 'AssumeRole', RoleArn: sandbox.roleArn, RoleSessionName: 'climb' },
  ],
  [
    'assume the role again with a policy of everything',
    'sts',
    { Action: 'AssumeRole', RoleArn: sandbox.roleArn, RoleSessionName: 'climb', Policy: everything },
  ],
  [
    'assume another role',
    'sts',
    { Action: 'AssumeRole', RoleArn: 'arn:aws:iam:::role/admin', RoleSessionName: 'climb' },
  ],
  ['take a session token of its user', 'sts', { Action: 'GetSessionToken', DurationSeconds: '3600' }],
  ['take a federation token', 'sts', { Action: 'GetFederationToken', Name: 'climb', Policy: everything }],
  [
    'assume the role as a web identity',
    'sts',
    {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: sandbox.roleArn,
      RoleSessionName: 'climb',
      WebIdentityToken: 'e30.e30.e30',
    },
  ],
  ['ask who it is', 'sts', { Action: 'GetCallerIdentity' }],
  ['list roles', 'iam', { Action: 'ListRoles' }],
  ['read the role', 'iam', { Action: 'GetRole', RoleName: role }],
  [
    'make a role',
    'iam',
    { Action: 'CreateRole', RoleName: 'climb', AssumeRolePolicyDocument: trustEveryone },
  ],
  [
    'open the trust of the role',
    'iam',
    { Action: 'UpdateAssumeRolePolicy', RoleName: role, PolicyDocument: trustEveryone },
  ],
  [
    'widen the role',
    'iam',
    { Action: 'PutRolePolicy', RoleName: role, PolicyName: 'climb', PolicyDocument: everything },
  ],
  [
    'take a policy of the role away',
    'iam',
    { Action: 'DeleteRolePolicy', RoleName: role, PolicyName: 'objects' },
  ],
  ['list the policies of the role', 'iam', { Action: 'ListRolePolicies', RoleName: role }],
  ['delete the role', 'iam', { Action: 'DeleteRole', RoleName: role }],
  [
    'give the broker rights',
    'iam',
    { Action: 'PutUserPolicy', UserName: 'broker', PolicyName: 'climb', PolicyDocument: everything },
  ],
  ['make a user', 'iam', { Action: 'CreateUser', UserName: 'climb' }],
  ['make a lasting key', 'iam', { Action: 'CreateAccessKey', UserName: 'broker' }],
  [
    'make a topic that posts to an address',
    'sns',
    {
      Action: 'CreateTopic',
      Name: 'climb',
      'Attributes.entry.1.key': 'push-endpoint',
      'Attributes.entry.1.value': 'http://127.0.0.1:9/',
    },
  ],
  ['list topics', 'sns', { Action: 'ListTopics' }],
  ['delete a topic', 'sns', { Action: 'DeleteTopic', TopicArn: 'arn:aws:sns:default::climb' }],
]

const GATEWAYS = [
  ['the gateway of agents', sandbox.s3Endpoint],
  ['the gateway of the broker', sandbox.stsEndpoint],
  ['the gateway of short sessions', sandbox.shortStsEndpoint],
] as const

test.each(GATEWAYS)('a vended credential climbs nowhere at %s', async (_name, endpoint) => {
  const climbed: string[] = []
  for (const [attempt, service, parameters] of ATTEMPTS) {
    const form = new URLSearchParams({
      Version: service === 'iam' ? '2010-05-08' : '2011-06-15',
      ...parameters,
    }).toString()
    const answers = [
      await sendSigned(endpoint, sandbox.region, keys, {
        method: 'POST',
        path: '/',
        service,
        body: form,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
      await sendSigned(endpoint, sandbox.region, keys, {
        method: 'POST',
        path: '/',
        service,
        query: parameters,
      }),
      await sendSigned(endpoint, sandbox.region, keys, {
        method: 'GET',
        path: '/',
        service: 's3',
        query: parameters,
      }),
    ]
    for (const { status, text } of answers)
      if (![400, 403, 404, 405, 501].includes(status) || /<AccessKeyId>|<SessionToken>/.test(text))
        climbed.push(`${attempt}: ${status} ${text.slice(0, 300)}`)
  }
  expect(climbed).toEqual([])
})

test('what a vended credential writes is shown to nobody without one, whatever it asks for', async () => {
  const everyone = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
  for (const headers of [{ 'x-amz-acl': 'public-read' }, { 'x-amz-grant-read': everyone }]) {
    const path = `/${sandbox.bucket}/${folder}/${Object.keys(headers)[0]}`
    const call = { path, body: 'a backup', headers }
    await sendSigned(sandbox.s3Endpoint, sandbox.region, keys, { method: 'PUT', ...call })
    for (const [, endpoint] of GATEWAYS) {
      const answer = await fetch(`${endpoint}${path}`)
      expect([403, 404]).toContain(answer.status)
      expect(await answer.text()).not.toContain('a backup')
    }
    await sendSigned(sandbox.s3Endpoint, sandbox.region, keys, { method: 'DELETE', path })
  }
})

test('after all attempts the role is as narrow as before', async () => {
  const setup = { accessKeyId: sandbox.setupAccessKeyId, secretAccessKey: sandbox.setupSecretAccessKey }
  const ask = async (parameters: Record<string, string>) =>
    (
      await sendSigned(sandbox.stsEndpoint, sandbox.region, setup, {
        method: 'POST',
        path: '/',
        service: 'iam',
        query: parameters,
      })
    ).text
  expect(await ask({ Action: 'ListRolePolicies', RoleName: role })).not.toContain('climb')
  const trust = decodeURIComponent(await ask({ Action: 'GetRole', RoleName: role })).replaceAll('&quot;', '"')
  expect(trust).toContain(broker)
  expect(trust).toMatch(/"Deny"/)
})
