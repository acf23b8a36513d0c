import { Readable } from 'node:stream'
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3'
import { StorageError } from '../errors.ts'
import type { GetOptions } from '../storage.ts'
import { chunksOf, end } from '../streams/chunks.ts'
import { generatedStream } from '../streams/generated-stream.ts'
import type { S3Connection } from './connection.ts'
import { bareEtag } from './etag.ts'
import { translate } from './failures.ts'
import { explainRefusal } from './refusal.ts'

/** The bytes that are wanted of an object: from `start`, to `end` (included) or the object's own end. */
interface Wanted {
  readonly start: number
  readonly end: number | undefined
}

/**
 * An object's bytes as a stream. A connection that breaks, stalls or ends early is taken up where it stopped,
 * on the condition that the object is still the same; the stream ends well only after the last byte.
 */
export async function get(connection: S3Connection, key: string, options: GetOptions): Promise<Readable> {
  const what = `read ${key}`
  const wanted = { start: options.range?.start ?? 0, end: options.range?.end }
  const ranged = options.range !== undefined
  const first = await explainRefusal(connection, key, options.signal, () =>
    connection.attempts.run(
      what,
      () => request(connection, key, ranged ? wanted : undefined, options.ifMatch, options.signal),
      options.signal,
    ),
  )
  return generatedStream(
    signal => {
      // Else the connection of a stream that nobody ever reads would stay open.
      signal.addEventListener('abort', () => end(bodyOf(first, what)), { once: true })
      return read(connection, key, wanted, first, signal)
    },
    { signal: options.signal },
  )
}

function request(
  connection: S3Connection,
  key: string,
  range: Wanted | undefined,
  ifMatch: string | undefined,
  signal: AbortSignal | undefined,
): Promise<GetObjectCommandOutput> {
  return connection.client.send(
    new GetObjectCommand({
      Bucket: connection.bucket,
      Key: key,
      ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end ?? ''}` }),
      ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` }),
    }),
    signal === undefined ? {} : { abortSignal: signal },
  )
}

async function* read(
  connection: S3Connection,
  key: string,
  wanted: Wanted,
  first: GetObjectCommandOutput,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const what = `read ${key}`
  const etag = first.ETag === undefined ? undefined : bareEtag(first.ETag)
  const lengthBytes = expectedBytes(first, wanted, what)
  let received = 0
  let fruitless = 0
  let answer: GetObjectCommandOutput | undefined = first
  while (received < lengthBytes) {
    const before = received
    const range = { start: wanted.start + received, end: wanted.start + lengthBytes - 1 }
    if (answer === undefined) {
      const again = () => request(connection, key, range, etag, signal)
      answer = await connection.attempts.run(what, again, signal)
      expectedBytes(answer, range, what)
    }
    let failure = new StorageError('store_unreachable', `Could not ${what}: the connection ends too early.`, {
      retryable: true,
    })
    try {
      for await (const chunk of chunksOf(bodyOf(answer, what), signal)) {
        await connection.bandwidth?.take(chunk.length, signal)
        received += chunk.length
        if (received > lengthBytes) {
          throw new StorageError(
            'store_misbehaved',
            `Could not ${what}: more bytes came than were asked for.`,
          )
        }
        yield chunk
      }
    } catch (error) {
      signal?.throwIfAborted()
      failure = translate(error, what)
    }
    if (received === lengthBytes) return
    fruitless = received === before ? fruitless + 1 : 0
    if (!failure.retryable || fruitless >= connection.attempts.policy.attempts) throw failure
    if (fruitless > 0) await connection.attempts.pause(fruitless, signal)
    answer = undefined
  }
}

function bodyOf(answer: GetObjectCommandOutput, what: string): Readable {
  if (answer.Body instanceof Readable) return answer.Body
  throw new StorageError('store_misbehaved', `Could not ${what}: the answer has no body.`)
}

function expectedBytes(answer: GetObjectCommandOutput, wanted: Wanted, what: string): number {
  if (answer.ContentLength === undefined) {
    throw new StorageError('store_misbehaved', `Could not ${what}: the store did not say how long it is.`)
  }
  if (wanted.end !== undefined) {
    const ranged = answer.ContentRange?.startsWith(`bytes ${wanted.start}-`) ?? false
    if (!ranged || answer.ContentLength > wanted.end - wanted.start + 1) {
      throw new StorageError(
        'store_misbehaved',
        `Could not ${what}: the store sent another range than asked.`,
      )
    }
  }
  return answer.ContentLength
}
