import { expect, test } from '@jest/globals'
import { AccountFolder, Purpose } from '@odoo-backup/protocol'
import fc from 'fast-check'
import { cutOffPolicy } from './cut-off.ts'
import { EVERY_RIGHTS, rightsName } from './rights-name.ts'
import {
  canonicalPurposes,
  MAX_POLICY_CHARACTERS,
  partitionOf,
  policyText,
  sessionPolicy,
} from './session-policy.ts'

const bucket = 'backups'
const folder = AccountFolder.parse('42')
const purposes = fc.subarray([...Purpose.options], { minLength: 1 })
const folders = fc
  .oneof(fc.stringMatching(/^[0-9]{1,20}$/), fc.stringMatching(/^u-[a-z0-9]{8,40}$/))
  .map(text => AccountFolder.parse(text))

function actionsOf(wanted: Purpose[]): string[] {
  return sessionPolicy({ bucket, folder, purposes: wanted }).Statement.flatMap(({ Action }) => Action)
}

test('each purpose lists its folder and does the one thing that its job needs', () => {
  expect(actionsOf(['backup'])).toEqual([
    's3:ListBucket',
    's3:PutObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
  ])
  expect(actionsOf(['restore'])).toEqual(['s3:ListBucket', 's3:GetObject'])
  expect(actionsOf(['rotate'])).toEqual(['s3:ListBucket', 's3:DeleteObject'])
})

test('a policy names only its own folder, with the slash, and grants no versions, uploads of others or wildcards', () => {
  fc.assert(
    fc.property(folders, purposes, (anyFolder, wanted) => {
      const policy = sessionPolicy({ bucket, folder: anyFolder, purposes: wanted })
      const [listing, objects] = policy.Statement
      expect(listing).toEqual({
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringLike: { 's3:prefix': `${anyFolder}/*` } },
      })
      expect(objects?.Resource).toBe(`arn:aws:s3:::${bucket}/${anyFolder}/*`)
      expect(policy.Statement).toHaveLength(2)
      const text = policyText(policy)
      expect(text).not.toMatch(
        /IfExists|ForAllValues|ForAnyValue|"Null"|Version"?:?"?s3|Versions|ListBucketMultipart|s3:\*|Acl|Tagging/,
      )
      expect(text.length).toBeLessThan(MAX_POLICY_CHARACTERS)
    }),
  )
})

test('purposes in any order, or named twice, give the same policy and the same name', () => {
  fc.assert(
    fc.property(purposes, wanted => {
      const shuffled = [...wanted].reverse().concat(wanted)
      expect(sessionPolicy({ bucket, folder, purposes: shuffled })).toEqual(
        sessionPolicy({ bucket, folder, purposes: wanted }),
      )
      expect(rightsName(shuffled)).toBe(rightsName(wanted))
      expect(EVERY_RIGHTS).toContain(rightsName(wanted))
      expect(canonicalPurposes(shuffled)).toHaveLength(wanted.length)
    }),
  )
})

test('there are seven sets of purposes and none is empty', () => {
  expect(new Set(EVERY_RIGHTS).size).toBe(7)
  expect(EVERY_RIGHTS).not.toContain('')
})

test('no purpose is refused, since an empty policy means the whole role', () => {
  expect(() => sessionPolicy({ bucket, folder, purposes: [] })).toThrow(
    expect.objectContaining({ code: 'invalid_rights' }),
  )
  expect(() => policyText({ Version: '2012-10-17', Statement: [] })).toThrow(
    expect.objectContaining({ code: 'invalid_rights' }),
  )
  expect(() =>
    policyText({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: [], Resource: 'arn' }] }),
  ).toThrow(expect.objectContaining({ code: 'invalid_rights' }))
})

test('an over-long policy is refused before it is sent', () => {
  const Resource = `arn:aws:s3:::${'b'.repeat(MAX_POLICY_CHARACTERS)}`
  expect(() =>
    policyText({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource }],
    }),
  ).toThrow(expect.objectContaining({ code: 'invalid_rights' }))
})

test.each([
  '',
  '*',
  '4?',
  '42/../43',
  '..',
  '42/',
  '/42',
  '42\n',
  '42\u0000',
  '42*',
  `$\{aws:username}`,
  '%2e%2e',
  '42","Resource":"*',
  '٤٢',
  'u-',
  'u-ABCDEFGH',
  '123456789012345678901',
])('the folder %j, which could break out of a policy, is refused', hostile => {
  expect(() => sessionPolicy({ bucket, folder: hostile, purposes: ['backup'] })).toThrow(
    expect.objectContaining({ code: 'invalid_rights' }),
  )
})

test.each(['', 'b', 'backups/*', 'back*ups', 'Backups', 'backups"', 'a'.repeat(64)])(
  'the bucket %j, which could break out of a policy, is refused',
  hostile => {
    expect(() => sessionPolicy({ bucket: hostile, folder, purposes: ['backup'] })).toThrow(
      expect.objectContaining({ code: 'invalid_rights' }),
    )
  },
)

test.each(['aws', 'aws-cn', 'aws-us-gov'])(
  'policies name the bucket in the partition of the role: %s',
  partition => {
    const roleArn = `arn:${partition}:iam::123456789012:role/vended`
    expect(partitionOf(roleArn)).toBe(partition)
    const arns = [
      sessionPolicy({ bucket, folder, purposes: ['backup'], partition: partitionOf(roleArn) }),
      cutOffPolicy(folder, { roleArn, bucket }),
    ].flatMap(({ Statement }) => Statement.map(({ Resource }) => Resource))
    expect(arns).toEqual([
      `arn:${partition}:s3:::backups`,
      `arn:${partition}:s3:::backups/42/*`,
      `arn:${partition}:s3:::backups/42/*`,
      `arn:${partition}:s3:::backups`,
    ])
  },
)
