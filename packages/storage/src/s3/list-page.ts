import { ListObjectsV2Command, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3'
import { StorageError } from '../errors.ts'
import type { StoredObject } from '../storage.ts'
import type { S3Connection } from './connection.ts'
import { bareEtag } from './etag.ts'
import { readObjectsAhead } from './listed-objects.ts'

/** Where a page begins: at the first key of a prefix, behind a key, or where the page before it ended. */
export interface PageStart {
  readonly prefix: string
  readonly after?: string | undefined
  readonly token?: string | undefined
}

/** Up to 1,000 objects in the order in which the store gave them. */
export interface ListedPage {
  readonly objects: readonly StoredObject[]
  /** Begins the next page; undefined at the end. */
  readonly next: string | undefined
}

/** Throws `store_misbehaved` for an answer that is cut, shows other keys or leaves out what every listing holds. */
export async function listPage(
  connection: S3Connection,
  { prefix, after, token }: PageStart,
  signal: AbortSignal | undefined,
): Promise<ListedPage> {
  const senseless = (why: string) =>
    new StorageError('store_misbehaved', `Could not ${whatIsListed(prefix)}: ${why}`)
  const start = {
    ...(after === undefined ? {} : { StartAfter: after }),
    ...(token === undefined ? {} : { ContinuationToken: token }),
  }
  const { page, contents } = await request(connection, prefix, start, signal)
  const objects = contents.map(object => {
    const key = decodeKey(object.Key ?? '')
    if (!key.startsWith(prefix)) throw senseless('the store showed objects of another folder.')
    if (object.Size === undefined || object.ETag === undefined || object.LastModified === undefined)
      throw senseless('the store left out sizes or ETags.')
    return { key, sizeBytes: object.Size, etag: bareEtag(object.ETag), modifiedAt: object.LastModified }
  })
  const next = page.IsTruncated ? page.NextContinuationToken : undefined
  if (page.IsTruncated && (next === undefined || next === token))
    throw senseless('the store broke off in the middle.')
  return { objects, next }
}

/** Page after page to the end. */
export async function* pagesFrom(
  connection: S3Connection,
  start: PageStart,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedPage> {
  let page = await listPage(connection, start, signal)
  yield page
  while (page.next !== undefined) {
    page = await listPage(connection, { prefix: start.prefix, token: page.next }, signal)
    yield page
  }
}

/** The groups into which the keys of a prefix part, up to and with the first `delimiter` that follows it. */
export async function listGroups(
  connection: S3Connection,
  {
    prefix,
    after,
    delimiter,
  }: { readonly prefix: string; readonly after: string; readonly delimiter: string },
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { page } = await request(connection, prefix, { StartAfter: after, Delimiter: delimiter }, signal)
  return (page.CommonPrefixes ?? []).flatMap(({ Prefix }) => (Prefix === undefined ? [] : decodeKey(Prefix)))
}

function request(
  connection: S3Connection,
  prefix: string,
  input: Pick<ListObjectsV2CommandInput, 'StartAfter' | 'ContinuationToken' | 'Delimiter'>,
  signal: AbortSignal | undefined,
) {
  return connection.attempts.run(
    whatIsListed(prefix),
    async () => {
      const command = new ListObjectsV2Command({
        Bucket: connection.bucket,
        Prefix: prefix,
        // XML cannot carry every character that a key may hold.
        EncodingType: 'url',
        ...input,
      })
      const readAhead = readObjectsAhead(command)
      const page = await connection.client.send(command, signal === undefined ? {} : { abortSignal: signal })
      return { page, contents: readAhead() ?? page.Contents ?? [] }
    },
    signal,
  )
}

function whatIsListed(prefix: string): string {
  return `list ${prefix === '' ? 'the bucket' : prefix}`
}

function decodeKey(encoded: string): string {
  const spaced = encoded.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    // Not UTF-8: shown with replacement characters, so that it is seen, and matched by nothing.
    const bytes = spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    return Buffer.from(bytes, 'latin1').toString('utf8')
  }
}
