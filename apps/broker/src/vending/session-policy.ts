import { AccountFolder, Purpose } from '@odoo-backup/protocol'
import { VendingError } from './vending-error.ts'

/** The longest inline session policy that AWS STS and Ceph accept, in characters. */
export const MAX_POLICY_CHARACTERS = 2048

/** What a credential may touch: one folder of one bucket, for one purpose or (the old call) several. */
export interface Rights {
  readonly bucket: string
  /** Checked here again, whatever was checked before: this is the last gate. */
  readonly folder: string
  readonly purposes: readonly Purpose[]
  /** Begins every ARN of the store, as `partitionOf` its role; `aws` by default. */
  readonly partition?: string
}

/**
 * The partition of an ARN: `aws`, or `aws-cn`, `aws-us-gov` and others. A policy that names the bucket in another
 * partition than its role matches nothing, neither what it allows nor what it denies.
 */
export function partitionOf(arn: string): string {
  return /^arn:(aws(?:-[a-z]+)*):/.exec(arn)?.[1] ?? 'aws'
}

interface Statement {
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: string
  readonly Condition?: { readonly StringLike: { readonly 's3:prefix': string } }
}

export interface SessionPolicy {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

/**
 * What each purpose may do to objects, beside listing its folder. Never granted to anyone: versions (what was
 * overwritten or deleted stays recoverable), the list of open uploads (it names every account's objects), ACLs,
 * tags, and all that is of the bucket itself.
 */
const OBJECT_ACTIONS: Readonly<Record<Purpose, readonly string[]>> = {
  backup: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
  restore: ['s3:GetObject'],
  rotate: ['s3:DeleteObject'],
}

/** S3's own rule for bucket names; it holds no character that means something in a policy. */
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** Each purpose once, in one order, so that equal rights are equal text. */
export function canonicalPurposes(purposes: readonly Purpose[]): readonly Purpose[] {
  return Purpose.options.filter(purpose => purposes.includes(purpose))
}

/**
 * The session policy of a credential. The slash after the folder is what keeps `42` from `420/…`, and the
 * condition has no `IfExists`, `ForAllValues` or `Null`, which open the listing on some stores.
 */
export function sessionPolicy({ bucket, folder, purposes, partition = 'aws' }: Rights): SessionPolicy {
  const wanted = canonicalPurposes(purposes)
  if (wanted.length === 0)
    throw new VendingError(
      'invalid_rights',
      'A credential needs at least one purpose: an empty policy is the whole role.',
    )
  if (!AccountFolder.safeParse(folder).success)
    throw new VendingError('invalid_rights', 'The folder of the account is not one that a policy may name.')
  if (!BUCKET_NAME.test(bucket))
    throw new VendingError('invalid_rights', 'The name of the bucket is not one that a policy may name.')
  const bucketArn = `arn:${partition}:s3:::${bucket}`
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: bucketArn,
        Condition: { StringLike: { 's3:prefix': `${folder}/*` } },
      },
      {
        Effect: 'Allow',
        Action: wanted.flatMap(purpose => OBJECT_ACTIONS[purpose]),
        Resource: `${bucketArn}/${folder}/*`,
      },
    ],
  }
}

/** The text that is sent. Refused when it says nothing (that would mean the whole role) or is over-long. */
export function policyText(policy: SessionPolicy): string {
  if (policy.Statement.length === 0 || policy.Statement.some(statement => statement.Action.length === 0))
    throw new VendingError(
      'invalid_rights',
      'An empty session policy means the whole role, so it is never sent.',
    )
  const text = JSON.stringify(policy)
  if (text.length > MAX_POLICY_CHARACTERS)
    throw new VendingError(
      'invalid_rights',
      `The session policy has ${text.length} characters; the token service takes ${MAX_POLICY_CHARACTERS}.`,
    )
  return text
}
