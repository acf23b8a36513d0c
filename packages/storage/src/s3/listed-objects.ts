import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ListObjectsV2Command } from '@aws-sdk/client-s3'

/** What a listing says of one object, as the SDK shows it. */
export interface ListedObject {
  readonly Key: string
  readonly LastModified: Date
  readonly ETag: string
  readonly Size: number
}

/** An answer of `ListObjectsV2` without its objects, and these. */
export interface ReadListing {
  readonly objects: readonly ListedObject[]
  readonly rest: string
}

const BEGIN = '<Contents>'
const END = '</Contents>'
const ENTITY = /&(?:quot|apos|lt|gt|amp|#x[0-9a-fA-F]{1,5}|#\d{1,6});/g
/** As S3 writes it. `Date` alone would make something of much that is no time. */
const WRITTEN_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/
const NAMED: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
}

/**
 * Takes the objects out of the XML of a listing (`ListBucketResult`, Amazon S3 API Reference). Only what can be
 * nothing else is read: undefined where the answer is cut, holds comments or character data, names a field twice or
 * not at all, or says it in a way that is not known here, so that a reader of all of XML takes it.
 */
export function readListing(xml: string): ReadListing | undefined {
  if (!xml.includes('<ListBucketResult') || !xml.trimEnd().endsWith('</ListBucketResult>')) return undefined
  if (xml.includes('<!')) return undefined
  const objects: ListedObject[] = []
  const rest: string[] = []
  let read = 0
  for (let begin = xml.indexOf(BEGIN); begin >= 0; begin = xml.indexOf(BEGIN, read)) {
    const end = xml.indexOf(END, begin)
    const object = end < 0 ? undefined : readObject(xml.slice(begin + BEGIN.length, end))
    if (object === undefined) return undefined
    objects.push(object)
    rest.push(xml.slice(read, begin))
    read = end + END.length
  }
  rest.push(xml.slice(read))
  const without = rest.join('')
  return without.includes('Contents') ? undefined : { objects, rest: without }
}

function readObject(xml: string): ListedObject | undefined {
  const [key, modified, etag, size] = ['Key', 'LastModified', 'ETag', 'Size'].map(name => field(xml, name))
  if (key === undefined || modified === undefined || etag === undefined || size === undefined)
    return undefined
  const at = new Date(WRITTEN_TIME.test(modified) ? modified : Number.NaN)
  const bytes = Number(size)
  if (Number.isNaN(at.getTime()) || !/^\d+$/.test(size) || !Number.isSafeInteger(bytes)) return undefined
  return { Key: key, LastModified: at, ETag: etag, Size: bytes }
}

/** The text of the one element of that name. */
function field(xml: string, name: string): string | undefined {
  const [open, close] = [`<${name}>`, `</${name}>`]
  const begin = xml.indexOf(open)
  const end = xml.indexOf(close, begin)
  if (begin < 0 || end < 0 || xml.indexOf(open, end) >= 0) return undefined
  const text = xml.slice(begin + open.length, end)
  if (!text.includes('&')) return text.includes('<') ? undefined : text
  const isKnown = text.replaceAll(ENTITY, '').search(/[&<]/) < 0
  return isKnown ? text.replaceAll(ENTITY, character) : undefined
}

function character(entity: string): string {
  const named = NAMED[entity]
  if (named !== undefined) return named
  const hexadecimal = entity.startsWith('&#x')
  return String.fromCodePoint(Number.parseInt(entity.slice(hexadecimal ? 3 : 2, -1), hexadecimal ? 16 : 10))
}

/**
 * Reads the objects of this listing before the SDK reads its answer, which takes it four times as long: a second for
 * the 30,000 objects of 10,000 backups. The SDK reads all the rest, and the whole of an answer that is not understood
 * here. The objects, once the command was sent; undefined where the SDK has read them.
 */
export function readObjectsAhead(command: ListObjectsV2Command): () => readonly ListedObject[] | undefined {
  let objects: readonly ListedObject[] | undefined
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args)
      const { response } = result
      if (!isListing(response)) return result
      const body = await buffer(response.body)
      const listing = readListing(body.toString())
      objects = listing?.objects
      response.body = Readable.from([listing === undefined ? body : Buffer.from(listing.rest)])
      return result
    },
    { name: 'readObjectsAhead', step: 'deserialize', priority: 'low' },
  )
  return () => objects
}

function isListing(response: unknown): response is { body: Readable } {
  if (typeof response !== 'object' || response === null) return false
  return (
    'statusCode' in response &&
    response.statusCode === 200 &&
    'body' in response &&
    response.body instanceof Readable
  )
}
