import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'

/** Keys of uploads that are open below a prefix of the private bucket, as its owner sees them. */
export async function openUploads(prefix: string): Promise<string[]> {
  const sandbox = sandboxEnvironment()
  const client = new S3Client({
    endpoint: sandbox.s3Endpoint,
    region: sandbox.region,
    forcePathStyle: true,
    credentials: {
      accessKeyId: sandbox.privateAccessKeyId,
      secretAccessKey: sandbox.privateSecretAccessKey,
    },
  })
  try {
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: sandbox.privateBucket, Prefix: prefix }),
    )
    return Uploads.flatMap(({ Key }) => Key ?? [])
  } finally {
    client.destroy()
  }
}
