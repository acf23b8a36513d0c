import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { z } from 'zod'
import type { Choices } from '../choices.ts'
import type { Ceph } from './cluster.ts'
import { keyOfUse } from './keys-of-use.ts'

export const REGION = 'us-east-1'
export const BUCKET = 'odoo-backup-sandbox'
export const PRIVATE_BUCKET = 'odoo-backup-private'
export const SPARE_BUCKET = 'odoo-backup-spare'
const ROLE = 'odoo-backup-agents'
export const ROLE_ARN = `arn:aws:iam:::role/${ROLE}`

/** May make no bucket of its own. */
const NO_BUCKETS = '--max-buckets=-1'

/** The users of the gateway: who owns what, and who may do what. */
const USERS = {
  /** Assumes the role; has no rights of its own. */
  broker: [NO_BUCKETS],
  /** Owns the bucket of all accounts. */
  owner: [],
  /** Makes and changes roles. */
  setup: ['--caps=roles=*'],
  /** Counts what is stored. */
  usage: [NO_BUCKETS],
  /** Removes for good what accounts stored that do not pay. */
  removal: [NO_BUCKETS],
  /** An administrator with a cloud of his own. */
  private: [],
} as const

/**
 * The broker's user may assume the role. A credential of the role may not: it would come back without a session
 * policy and reach the whole bucket.
 */
const TRUST = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: ['arn:aws:iam:::user/broker'] }, Action: ['sts:AssumeRole'] },
    { Effect: 'Deny', Principal: { AWS: [ROLE_ARN] }, Action: ['sts:AssumeRole'] },
  ],
}

/** All that any session of the role can be narrowed from: objects below some folder, no versions, no settings. */
const PERMISSIONS = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [`arn:aws:s3:::${BUCKET}`],
      Condition: { StringLike: { 's3:prefix': ['?*/*'] } },
    },
    {
      Effect: 'Allow',
      Action: [
        's3:GetObject',
        's3:PutObject',
        's3:DeleteObject',
        's3:AbortMultipartUpload',
        's3:ListMultipartUploadParts',
      ],
      Resource: [`arn:aws:s3:::${BUCKET}/?*/*`],
    },
  ],
}

/**
 * What the two keys beside the broker's may do, as in infra/aws/storage.yaml. Neither reads nor writes an object.
 * Ceph asks for DeleteObject on the bucket itself before it takes a list of versions to delete, and then for
 * DeleteObjectVersion on each: what has no version id in such a list is refused.
 */
const BUCKET_POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'CountAndRemoveByListing',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam:::user/usage', 'arn:aws:iam:::user/removal'] },
      Action: ['s3:ListBucketVersions', 's3:ListBucketMultipartUploads'],
      Resource: [`arn:aws:s3:::${BUCKET}`],
    },
    {
      Sid: 'CountOpenUploads',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam:::user/usage', 'arn:aws:iam:::user/removal'] },
      Action: ['s3:ListMultipartUploadParts'],
      Resource: [`arn:aws:s3:::${BUCKET}/*`],
    },
    {
      Sid: 'Remove',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam:::user/removal'] },
      Action: ['s3:DeleteObjectVersion', 's3:AbortMultipartUpload'],
      Resource: [`arn:aws:s3:::${BUCKET}/*`],
    },
    {
      Sid: 'RemoveInLists',
      Effect: 'Allow',
      Principal: { AWS: ['arn:aws:iam:::user/removal'] },
      Action: ['s3:DeleteObject'],
      Resource: [`arn:aws:s3:::${BUCKET}`],
    },
  ],
}

/**
 * Whoever may put an object may ask, in a header, that all the world reads it: such ACLs count for nothing. (This
 * version of Ceph refuses every write to a bucket that blocks public ACLs instead of ignoring them.)
 */
const PUBLIC_ACCESS = { IgnorePublicAcls: true }

/**
 * As in infra/aws/storage.yaml: an agent with a credential for its folder alone cannot see which uploads are open,
 * so one that died before it noted an upload leaves it to the bucket's owner.
 */
const LIFECYCLE = {
  Rules: [
    {
      ID: 'open-uploads',
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    },
  ],
}

/** Makes users, role and buckets, once for each version of what this file says. */
export async function makeTenancy(ceph: Ceph, choices: Choices): Promise<void> {
  const marker = join(ceph.folder, 'tenancy-made')
  const wanted = createHash('sha256')
    .update(
      JSON.stringify([
        USERS,
        TRUST,
        PERMISSIONS,
        PUBLIC_ACCESS,
        LIFECYCLE,
        BUCKET_POLICY,
        BUCKET,
        PRIVATE_BUCKET,
        SPARE_BUCKET,
      ]),
    )
    .digest('hex')
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  makeUsers(ceph, choices)
  makeRole(ceph)
  const endpoint = `http://127.0.0.1:${choices.ports.stsGateway}`
  await makeBucket(endpoint, choices.keys.owner, BUCKET, true)
  await makeBucket(endpoint, choices.keys.private, PRIVATE_BUCKET, false)
  await makeBucket(endpoint, choices.keys.private, SPARE_BUCKET, false)
  writeFileSync(marker, wanted)
}

function makeUsers(ceph: Ceph, choices: Choices): void {
  const existing = z.array(z.string()).parse(JSON.parse(ceph.run('radosgw-admin', 'user', 'list')))
  const { owner } = choices.keys
  const all = { ...choices.keys, usage: keyOfUse('usage', owner), removal: keyOfUse('removal', owner) }
  for (const [name, rights] of Object.entries(USERS) as [keyof typeof USERS, readonly string[]][]) {
    const { accessKeyId, secretAccessKey } = all[name]
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`]
    if (!existing.includes(name))
      ceph.run(
        'radosgw-admin',
        'user',
        'create',
        `--uid=${name}`,
        `--display-name=${name}`,
        ...keys,
        ...rights,
      )
    // One that an older sandbox made may lack this limit.
    else if (rights.includes(NO_BUCKETS))
      ceph.run('radosgw-admin', 'user', 'modify', `--uid=${name}`, ...keys, NO_BUCKETS)
  }
}

function makeRole(ceph: Ceph): void {
  const trust = `--assume-role-policy-doc=${JSON.stringify(TRUST)}`
  ceph.run('radosgw-admin', 'role', roleExists(ceph) ? 'modify' : 'create', `--role-name=${ROLE}`, trust)
  const policy = `--policy-doc=${JSON.stringify(PERMISSIONS)}`
  ceph.run('radosgw-admin', 'role-policy', 'put', `--role-name=${ROLE}`, '--policy-name=objects', policy)
}

/** `role list` fails where there never was a role, so the one is asked for. */
function roleExists(ceph: Ceph): boolean {
  try {
    ceph.run('radosgw-admin', 'role', 'get', `--role-name=${ROLE}`)
    return true
  } catch {
    return false
  }
}

async function makeBucket(
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string },
  bucket: string,
  ofAccounts: boolean,
): Promise<void> {
  const client = new S3Client({ endpoint, region: REGION, credentials, forcePathStyle: true })
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    await client.send(
      new PutPublicAccessBlockCommand({
        Bucket: bucket,
        PublicAccessBlockConfiguration: PUBLIC_ACCESS,
      }),
    )
    if (!ofAccounts) return
    await client.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    )
    await client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: LIFECYCLE }),
    )
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(BUCKET_POLICY) }))
  } finally {
    client.destroy()
  }
}
