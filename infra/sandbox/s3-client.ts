import { S3Client } from '@aws-sdk/client-s3'
import type { SandboxEnvironment } from './environment.ts'

/** Of the sandbox's buckets: all accounts', or the one that stands for an administrator's own. */
export type BucketOwner = 'accounts' | 'private'

/** A plain S3 client with the rights of a bucket's owner, who sees what agents do not. Destroy it after use. */
export function ownerOf(owner: BucketOwner, sandbox: SandboxEnvironment): S3Client {
  const credentials =
    owner === 'accounts'
      ? { accessKeyId: sandbox.ownerAccessKeyId, secretAccessKey: sandbox.ownerSecretAccessKey }
      : { accessKeyId: sandbox.privateAccessKeyId, secretAccessKey: sandbox.privateSecretAccessKey }
  return new S3Client({
    endpoint: sandbox.s3Endpoint,
    region: sandbox.region,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials,
  })
}
