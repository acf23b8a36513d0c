import { ListMultipartUploadsCommand, ListPartsCommand, S3Client } from '@aws-sdk/client-s3'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'

/**
 * Keys of uploads below a prefix of the private bucket that are open and hold a part, as its owner sees them. One
 * without a part stores nothing: the moment between the store's opening it and the agent's noting its id, in
 * which nobody can know of it, ends before the first part is sent (the bucket's lifecycle rule removes such).
 * With `evenEmpty` those are named too: a test that waits for the note knows that there may be none.
 */
export async function openUploads(prefix: string, { evenEmpty = false } = {}): Promise<string[]> {
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
  const Bucket = sandbox.privateBucket
  const holdsPart = async (Key: string, UploadId: string) => {
    // It may be completed or aborted while it is looked at.
    const found = await client.send(new ListPartsCommand({ Bucket, Key, UploadId })).catch(() => undefined)
    return (found?.Parts ?? []).length > 0
  }
  try {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix }))
    const keys: string[] = []
    for (const { Key, UploadId } of Uploads) {
      if (Key !== undefined && UploadId !== undefined && (evenEmpty || (await holdsPart(Key, UploadId))))
        keys.push(Key)
    }
    return keys
  } finally {
    client.destroy()
  }
}
