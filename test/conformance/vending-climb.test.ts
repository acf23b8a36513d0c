import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Purpose } from '@odoo-backup/protocol'
import { type RunningBroker, runBroker } from '../fixtures/running-broker.ts'
import { bindInstance } from './vending-instance.ts'
import { sandbox } from './vending-sandbox.ts'
import { type Answer, type Keys, type SignedCall, sendSigned } from './vending-signed-request.ts'

/** A credential tries to become more than it is, at every address that it can reach. */

let broker: RunningBroker
let folder: string
/** One credential for each purpose, and the one of all purposes that the old call gives. */
let credentials: [string, Keys][]
let keys: Keys
beforeAll(async () => {
  broker = await runBroker()
  const instance = await bindInstance(broker)
  folder = instance.folder
  const { body } = await instance.agent.cloudParams(undefined, '1')
  keys = {
    accessKeyId: body['odoo_backup_sh.aws_access_key_id'],
    secretAccessKey: body['odoo_backup_sh.aws_secret_access_key'],
    sessionToken: body['odoo_backup_sh.aws_session_token'],
  }
  credentials = [['all purposes', keys]]
  for (const purpose of Purpose.options)
    credentials.push([purpose, (await instance.agent.post('/v1/credentials', { purpose })).body])
})
afterAll(() => broker.close())

const everything = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})
const trustEveryone = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['sts:AssumeRole'] }],
})
const role = sandbox.roleArn.slice(sandbox.roleArn.lastIndexOf('/') + 1)
const brokersUser = 'arn:aws:iam:::user/broker'

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

/** One attempt in the three ways in which a store may read it. */
async function attempt(
  endpoint: string,
  asked: Keys,
  [, service, parameters]: (typeof ATTEMPTS)[number],
): Promise<Answer[]> {
  const Version = service === 'iam' ? '2010-05-08' : '2011-06-15'
  const send = (call: SignedCall) => sendSigned(endpoint, sandbox.region, asked, call)
  return [
    await send({
      method: 'POST',
      path: '/',
      service,
      body: new URLSearchParams({ Version, ...parameters }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    await send({ method: 'POST', path: '/', service, query: parameters }),
    await send({ method: 'GET', path: '/', service: 's3', query: parameters }),
  ]
}

test.each(GATEWAYS)('no vended credential climbs anywhere at %s', async (_name, endpoint) => {
  const climbed: string[] = []
  for (const [purpose, asked] of credentials)
    for (const tried of ATTEMPTS)
      for (const { status, text } of await attempt(endpoint, asked, tried))
        if (![400, 403, 404, 405, 501].includes(status) || /<AccessKeyId>|<SessionToken>/.test(text))
          climbed.push(`${purpose}: ${tried[0]}: ${status} ${text.slice(0, 300)}`)
  expect(climbed).toEqual([])
})

/** What others may do with the very same requests: else an attempt that nobody could make would prove nothing. */
test.each([
  [
    'the broker',
    sandbox.brokerAccessKeyId,
    sandbox.brokerSecretAccessKey,
    ['assume the role again without a policy'],
  ],
  [
    'the operator of the store',
    sandbox.setupAccessKeyId,
    sandbox.setupSecretAccessKey,
    ['list roles', 'read the role', 'list the policies of the role'],
  ],
])(
  '%s gets by the same requests what is refused to vended credentials',
  async (_name, accessKeyId, secretAccessKey, names) => {
    for (const name of names) {
      const tried = ATTEMPTS.find(([known]) => known === name)
      if (tried === undefined) throw new Error(`No attempt is called ${name}.`)
      const answers = await attempt(sandbox.stsEndpoint, { accessKeyId, secretAccessKey }, tried)
      expect([name, ...answers.map(({ status }) => status)]).toContain(200)
    }
  },
)

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
  expect(trust).toContain(brokersUser)
  expect(trust).toMatch(/"Deny"/)
})
