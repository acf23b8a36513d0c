import { randomBytes } from 'node:crypto'
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Purpose } from '@odoo-backup/protocol'
import { policyText, sessionPolicy } from '../../apps/broker/src/vending/session-policy.ts'
import { allows, allowsWithin } from './aws-policy-evaluation.ts'
import { tryStoreKey } from './store-keys.ts'
import { tryMatrix } from './vending-matrix.ts'
import { freshFolder, ownerClient, sandbox, sandboxAccess, sandboxTokenService } from './vending-sandbox.ts'
import { sendSigned } from './vending-signed-request.ts'
import { BOUNDARY_ARN, readTemplate } from './vending-template.ts'

/** The template for AWS, its bucket, role and policies made on the real store here, and tried. */

const id = randomBytes(6).toString('hex')
const names = {
  bucket: `test-template-${id}`,
  role: `test-template-${id}`,
  brokerArn: 'arn:aws:iam:::user/broker',
}
const roleArn = `arn:aws:iam:::role/${names.role}`
const template = readTemplate(names)
const role = template.AgentRole.Properties
const owner = ownerClient()
const iam = new IAMClient({
  endpoint: sandbox.stsEndpoint,
  region: sandbox.region,
  credentials: { accessKeyId: sandbox.setupAccessKeyId, secretAccessKey: sandbox.setupSecretAccessKey },
})
const access = sandboxAccess({ bucket: names.bucket, roleArn })
const tokenService = sandboxTokenService(access)

beforeAll(async () => {
  await owner.send(new CreateBucketCommand({ Bucket: names.bucket }))
  const { Status } = template.Bucket.Properties.VersioningConfiguration
  expect(Status).toBe('Enabled')
  await owner.send(
    new PutBucketVersioningCommand({ Bucket: names.bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  const AssumeRolePolicyDocument = JSON.stringify(forCeph(role.AssumeRolePolicyDocument))
  await iam.send(new CreateRoleCommand({ RoleName: role.RoleName, AssumeRolePolicyDocument }))
  for (const { PolicyName, PolicyDocument } of role.Policies)
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: role.RoleName,
        PolicyName,
        PolicyDocument: JSON.stringify(PolicyDocument),
      }),
    )
})
afterAll(async () => {
  for (const { PolicyName } of role.Policies)
    await iam.send(new DeleteRolePolicyCommand({ RoleName: role.RoleName, PolicyName }))
  await iam.send(new DeleteRoleCommand({ RoleName: role.RoleName }))
  await owner.send(new DeleteBucketCommand({ Bucket: names.bucket }))
  tokenService.close()
  iam.destroy()
  owner.destroy()
})

/**
 * AWS refuses a trust policy that names a role which does not exist yet, so the template denies by a condition on
 * the caller; Ceph knows no such condition, and takes the role's name as the principal.
 */
function forCeph({ Version, Statement }: typeof role.AssumeRolePolicyDocument) {
  return {
    Version,
    Statement: Statement.map(statement => {
      if (statement.Effect === 'Allow') return statement
      expect(statement.Condition).toEqual({ ArnEquals: { 'aws:PrincipalArn': roleArn } })
      return { Effect: 'Deny', Action: statement.Action, Principal: { AWS: [roleArn] } }
    }),
  }
}

test.each([['backup'], ['restore'], ['rotate']] satisfies [Purpose][])(
  'with the policies of the template a credential for %s does what it needs and nothing else',
  async purpose => {
    const folder = freshFolder()
    const policy = policyText(sessionPolicy({ bucket: names.bucket, folder, purposes: [purpose] }))
    const keys = await tokenService.issue({ instanceId: 'template', folder, policy })
    const store = { bucket: names.bucket, region: sandbox.region, endpoints: [sandbox.stsEndpoint], owner }
    expect(await tryMatrix(store, { folder, purposes: [purpose], keys })).toEqual([])
  },
)

test('a credential of the template cannot assume the role again, with or without a policy', async () => {
  const folder = freshFolder()
  const policy = policyText(sessionPolicy({ bucket: names.bucket, folder, purposes: Purpose.options }))
  const keys = await tokenService.issue({ instanceId: 'template', folder, policy })
  for (const further of [{}, { Policy: policy }]) {
    const query = { Action: 'AssumeRole', RoleArn: roleArn, RoleSessionName: 'again', ...further }
    const { status } = await sendSigned(sandbox.stsEndpoint, sandbox.region, keys, {
      method: 'POST',
      path: '/',
      service: 'sts',
      query,
    })
    expect(status).toBe(403)
  }
})

/**
 * Ceph has no policies of users here, so the bucket says the same of the sandbox's two users; and a right on the bucket
 * itself, which Amazon does not ask for, comes first where a list of versions is deleted.
 */
async function allowByBucket(): Promise<void> {
  const of = (user: string, { Statement }: { Statement: readonly object[] }) =>
    Statement.map(statement => ({ ...statement, Principal: { AWS: [`arn:aws:iam:::user/${user}`] } }))
  const [counting] = template.Usage.Properties.Policies
  if (counting === undefined) throw new Error('The template gives the key for counting no rights.')
  const statements = [
    ...of('usage', counting.PolicyDocument),
    ...of('removal', template.RemovalOperators.Properties.PolicyDocument),
    ...of('removal', {
      Statement: [{ Effect: 'Allow', Action: 's3:DeleteObject', Resource: `arn:aws:s3:::${names.bucket}` }],
    }),
  ]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: statements })
  await owner.send(new PutBucketPolicyCommand({ Bucket: names.bucket, Policy }))
}

test('with the rights of the template the keys for counting and for removal do their work and nothing else', async () => {
  await allowByBucket()
  const store = { bucket: names.bucket, region: sandbox.region, endpoint: sandbox.stsEndpoint, owner }
  const usage = { accessKeyId: sandbox.usageAccessKeyId, secretAccessKey: sandbox.usageSecretAccessKey }
  expect(await tryStoreKey(store, { keys: usage, folder: freshFolder(), may: 'count' })).toEqual([])
  const removal = { accessKeyId: sandbox.removalAccessKeyId, secretAccessKey: sandbox.removalSecretAccessKey }
  expect(await tryStoreKey(store, { keys: removal, folder: freshFolder(), may: 'remove' })).toEqual([])
})

test('the bucket keeps old versions for a time, ends forgotten uploads after two days and is never public', () => {
  const { LifecycleConfiguration, PublicAccessBlockConfiguration } = template.Bucket.Properties
  expect(LifecycleConfiguration.Rules).toEqual([
    expect.objectContaining({ Status: 'Enabled', NoncurrentVersionExpiration: expect.anything() }),
    expect.objectContaining({
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    }),
  ])
  expect(Object.values(PublicAccessBlockConfiguration)).toEqual([true, true, true, true])
})

test('the broker may assume that role and nothing else; only the operators of cut-off may change its inline policies, while it has its boundary', () => {
  const statements = template.Broker.Properties.Policies.flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  )
  expect(statements).toEqual([{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleArn }])
  const { PolicyDocument } = template.CutOffOperators.Properties
  const may = (action: string, resource: string, boundary?: string) =>
    allows(PolicyDocument, {
      action,
      resource,
      context: boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary },
    })
  const within = BOUNDARY_ARN
  for (const action of ['GetRole', 'GetRolePolicy', 'ListRolePolicies', 'DeleteRolePolicy', 'PutRolePolicy'])
    expect([action, may(`iam:${action}`, roleArn, within)]).toEqual([action, true])
  for (const boundary of [undefined, 'arn:aws:iam:::policy/wider'])
    expect(may('iam:PutRolePolicy', roleArn, boundary)).toBe(false)
  for (const action of [
    'PutRolePermissionsBoundary',
    'DeleteRolePermissionsBoundary',
    'AttachRolePolicy',
    'UpdateAssumeRolePolicy',
    'UpdateRole',
    'PassRole',
    'CreatePolicyVersion',
    'SetDefaultPolicyVersion',
  ])
    for (const resource of [roleArn, within])
      expect([action, may(`iam:${action}`, resource, within)]).toEqual([action, false])
  expect(may('iam:PutRolePolicy', `${roleArn}-other`, within)).toBe(false)
})

test('by the documents alone, since Ceph evaluates no boundaries: whatever the policies of the role say, it reaches objects below folders and nothing else', () => {
  expect(role.PermissionsBoundary).toBe(BOUNDARY_ARN)
  const boundary = template.AgentBoundary.Properties.PolicyDocument
  // As tight as the role's own policy, which is tried on the real store above.
  expect(boundary.Statement).toEqual(role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement))
  const everything = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }],
  }
  const bucket = `arn:aws:s3:::${names.bucket}`
  const may = (action: string, resource: string, prefix?: string) =>
    allowsWithin(everything, boundary, {
      action,
      resource,
      ...(prefix === undefined ? {} : { context: { 's3:prefix': prefix } }),
    })
  const ofObjects = [
    's3:GetObject',
    's3:PutObject',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
  ]
  for (const action of ofObjects) {
    expect([action, may(action, `${bucket}/42/db.zip`)]).toEqual([action, true])
    for (const elsewhere of [`${bucket}/db.zip`, `${bucket}//db.zip`, `${bucket}-other/42/db.zip`, bucket])
      expect([action, elsewhere, may(action, elsewhere)]).toEqual([action, elsewhere, false])
  }
  expect(may('s3:ListBucket', bucket, '42/')).toBe(true)
  for (const prefix of [undefined, '', '4', '42', '/'])
    expect([prefix, may('s3:ListBucket', bucket, prefix)]).toEqual([prefix, false])
  expect(may('s3:ListBucket', `${bucket}-other`, '42/')).toBe(false)
  for (const action of [
    's3:GetObjectVersion',
    's3:DeleteObjectVersion',
    's3:ListBucketVersions',
    's3:ListBucketMultipartUploads',
    's3:PutObjectAcl',
    's3:PutObjectTagging',
    's3:PutBucketPolicy',
    's3:PutBucketNotification',
    's3:PutLifecycleConfiguration',
    's3:BypassGovernanceRetention',
    's3:DeleteBucket',
    's3:ListAllMyBuckets',
    'sts:AssumeRole',
    'sts:GetSessionToken',
    'iam:PutRolePolicy',
    'iam:DeleteRolePermissionsBoundary',
    'sns:CreateTopic',
  ])
    for (const resource of [`${bucket}/42/db.zip`, bucket, roleArn, '*'])
      expect([action, resource, may(action, resource, '42/')]).toEqual([action, resource, false])
})
