import type { StoredObject } from '../storage.ts'
import { bareEtag } from './etag.ts'

/** The objects of one page of a listing, and the page without them. */
export interface ListedEntries {
  readonly objects: readonly (Omit<StoredObject, 'key'> & { readonly encodedKey: string })[]
  readonly remainder: string
}

const OPEN = '<Contents>'
const CLOSE = '</Contents>'
/** A key that is encoded for a URL, as listings are asked for; stores differ in what they leave as it is. */
const KEY = /^[\w%+\-.~/!*'(),:;=@$]+$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/
const SIZE = /^\d{1,15}$/
const ETAG = /^(?:"|&quot;|&#34;)?([\w-]+)(?:"|&quot;|&#34;)?$/

/**
 * Takes the entries out of the XML of a page (`ListBucketResult` of S3's ListObjectsV2). A page of a thousand costs a
 * general XML reader twenty milliseconds in which the process does nothing else. Undefined unless each and every
 * entry of the page is plain: then the general reader has to read it.
 */
export function takeEntries(xml: string): ListedEntries | undefined {
  // Comments and CDATA may hold what looks like an element.
  if (xml.includes('<!')) return undefined
  const objects: ListedEntries['objects'][number][] = []
  let remainder = ''
  let end = 0
  for (let start = xml.indexOf(OPEN); start >= 0; start = xml.indexOf(OPEN, end)) {
    remainder += xml.slice(end, start)
    const close = xml.indexOf(CLOSE, start)
    const object = close < 0 ? undefined : readEntry(xml.slice(start + OPEN.length, close))
    if (object === undefined) return undefined
    objects.push(object)
    end = close + CLOSE.length
  }
  remainder += xml.slice(end)
  // An entry written in another way, such as with a namespace or an attribute.
  return /<(?:[^\s<>/]+:)?Contents\b/.test(remainder) ? undefined : { objects, remainder }
}

function readEntry(xml: string): ListedEntries['objects'][number] | undefined {
  const encodedKey = KEY.exec(textOf(xml, 'Key'))?.[0]
  const size = SIZE.exec(textOf(xml, 'Size'))?.[0]
  const etag = ETAG.exec(textOf(xml, 'ETag'))?.[1]
  const time = TIME.exec(textOf(xml, 'LastModified'))?.[0]
  if (encodedKey === undefined || size === undefined || etag === undefined || time === undefined)
    return undefined
  const modifiedAt = new Date(time)
  if (Number.isNaN(modifiedAt.getTime())) return undefined
  return { encodedKey, sizeBytes: Number(size), etag: bareEtag(etag), modifiedAt }
}

/** Empty unless there is exactly one element of the name, with nothing but text in it. */
function textOf(xml: string, name: string): string {
  const open = `<${name}>`
  const start = xml.indexOf(open)
  if (start < 0 || xml.includes(open, start + 1)) return ''
  const end = xml.indexOf('<', start + open.length)
  return end >= 0 && xml.startsWith(`</${name}>`, end) ? xml.slice(start + open.length, end) : ''
}
