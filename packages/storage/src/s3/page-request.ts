import { Readable } from 'node:stream'
import { ListObjectsV2Command, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3'
import type { S3Connection } from './connection.ts'
import { type ListedEntries, takeEntries } from './listed-entries.ts'

/** What the store said of an object; an answer may leave out anything. */
export interface PageEntry {
  readonly encodedKey: string
  readonly sizeBytes: number | undefined
  readonly etag: string | undefined
  readonly modifiedAt: Date | undefined
}

/** One page of a listing, whose plain entries the SDK need not read: see `takeEntries`. */
export async function requestPage(
  { client, bucket }: S3Connection,
  input: Omit<ListObjectsV2CommandInput, 'Bucket' | 'EncodingType'>,
  signal: AbortSignal | undefined,
): Promise<{ entries: readonly PageEntry[]; truncated: boolean; token: string | undefined }> {
  // XML cannot carry every character that a key may hold.
  const command = new ListObjectsV2Command({ ...input, Bucket: bucket, EncodingType: 'url' })
  let taken: ListedEntries['objects'] | undefined
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args)
      const { response } = result
      if (!hasListing(response)) return result
      const body = Buffer.concat(await response.body.toArray())
      const found = takeEntries(body.toString('utf8'))
      taken = found?.objects
      const rest = found === undefined ? body : Buffer.from(found.remainder)
      return { ...result, response: Object.assign(response, { body: rest }) }
    },
    // Nearest to the connection: the SDK reads what is left.
    { step: 'deserialize', priority: 'low', name: 'takeEntries' },
  )
  const page = await client.send(command, signal === undefined ? {} : { abortSignal: signal })
  const read = (page.Contents ?? []).map(({ Key = '', Size, ETag, LastModified }) => ({
    encodedKey: Key,
    sizeBytes: Size,
    etag: ETag,
    modifiedAt: LastModified,
  }))
  return {
    entries: taken ?? read,
    truncated: page.IsTruncated === true,
    token: page.NextContinuationToken,
  }
}

/** Anything else, such as a refusal, is the SDK's to tell. */
function hasListing(response: unknown): response is { body: Readable } {
  return (
    typeof response === 'object' &&
    response !== null &&
    'statusCode' in response &&
    response.statusCode === 200 &&
    'body' in response &&
    response.body instanceof Readable
  )
}
