import { randomBytes } from 'node:crypto'
import { sandbox } from './vending-sandbox.ts'
import { type Answer, type Keys, type SignedCall, sendSigned } from './vending-signed-request.ts'

const everything = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})
const trustEveryone = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['sts:AssumeRole'] }],
})
/** One that only a control makes, which trusts the broker. */
export const OTHER_ROLE = `climb-${randomBytes(6).toString('hex')}`
export const ROLE = sandbox.roleArn.slice(sandbox.roleArn.lastIndexOf('/') + 1)

/** What is tried, of which service, with which parameters. */
export type Attempt = readonly [name: string, service: string, parameters: Readonly<Record<string, string>>]

/** What a vended credential tries to become more than it is, with the role that is vended and another one. */
export const ATTEMPTS: readonly Attempt[] = [
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
    { Action: 'AssumeRole', RoleArn: `arn:aws:iam:::role/${OTHER_ROLE}`, RoleSessionName: 'climb' },
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
  ['read the role', 'iam', { Action: 'GetRole', RoleName: ROLE }],
  [
    'make a role',
    'iam',
    { Action: 'CreateRole', RoleName: OTHER_ROLE, AssumeRolePolicyDocument: trustEveryone },
  ],
  [
    'open the trust of the role',
    'iam',
    { Action: 'UpdateAssumeRolePolicy', RoleName: ROLE, PolicyDocument: trustEveryone },
  ],
  [
    'widen the role',
    'iam',
    { Action: 'PutRolePolicy', RoleName: ROLE, PolicyName: 'climb', PolicyDocument: everything },
  ],
  [
    'take a policy of the role away',
    'iam',
    { Action: 'DeleteRolePolicy', RoleName: ROLE, PolicyName: 'objects' },
  ],
  ['list the policies of the role', 'iam', { Action: 'ListRolePolicies', RoleName: ROLE }],
  ['delete the role', 'iam', { Action: 'DeleteRole', RoleName: ROLE }],
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

/** One attempt in the three ways in which a store may read it. */
export async function attempt(
  endpoint: string,
  asked: Keys,
  [, service, parameters]: Attempt,
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

/** Those ways in which the attempt was let through; a list of buckets, which the third may be taken for, is none. */
export function letThrough(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ status, text }) => status === 200 && !text.includes('<ListAllMyBucketsResult'))
}
