import { isNativeError } from 'node:util/types'

const HIDDEN = '[hidden]'

/** Keys whose values never appear in a log line, however deep; compared without case, `-` and `_`. */
const hiddenKeys = new Set(
  [
    'authorization',
    'proxyAuthorization',
    'cookie',
    'setCookie',
    'password',
    'passphrase',
    'masterPassword',
    'userKey',
    'token',
    'accessToken',
    'refreshToken',
    'idToken',
    'sessionToken',
    'accountToken',
    'paymentToken',
    'transactionToken',
    'secret',
    'clientSecret',
    'secretAccessKey',
    'serviceKey',
    'privateKey',
    'apiKey',
    'code',
    'codeVerifier',
    'state',
    'signature',
  ].map(fold),
)
/** `code` and `state` are secrets of the log-in, but also the stable codes of errors: those are let through. */
const STABLE_WORD = /^(?:[a-z][a-z0-9_]{0,40}|[A-Z][A-Z0-9_]{0,40}|[0-9A-Z]{5})$/
const wordKeys = new Set(['code', 'state'])

function fold(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/g, '')
}

/** A query string or fragment after something that looks like a URL or a path. */
const QUERY = /((?:[a-z][a-z0-9+.-]*:\/\/|\/)[^\s"'<>?#\\]*)[?#][^\s"'<>)\\]*/gi
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@"'\\]*:)[^\s/@"'\\]+@/gi
const BEARER = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi

/** Nothing but a registered secret can be hidden in such a text. */
const PLAIN = /^[\w.:/+=-]*$/

const MAXIMUM_DEPTH = 8
/** Shorter values would hide ordinary words. */
const SHORTEST_SECRET = 6

/** Takes secrets out of texts and objects before they are written anywhere. */
export interface Redaction {
  text(text: string): string
  /**
   * What may stand in a line of the log, of which the whole line then passes `text`: that is where a registered
   * secret is taken out of words that have nothing else to hide.
   */
  value(value: unknown): unknown
  /** Remembers one more secret value; those shorter than 6 characters are left out. */
  add(secret: string): void
}

/** @param secrets values that must not appear in any text */
export function createRedaction(secrets: Iterable<string> = []): Redaction {
  const known = new Set<string>()
  let pattern: RegExp | undefined

  function add(secret: string): void {
    if (secret.length < SHORTEST_SECRET) return
    known.add(secret)
    known.add(encodeURIComponent(secret))
    known.add(JSON.stringify(secret).slice(1, -1))
    const longestFirst = [...known].sort((a, b) => b.length - a.length)
    pattern = new RegExp(longestFirst.map(escapePattern).join('|'), 'g')
  }

  function text(input: string): string {
    let output = input
    if (output.includes('?') || output.includes('#')) output = output.replaceAll(QUERY, '$1')
    if (output.includes('@')) output = output.replaceAll(URL_PASSWORD, `$1${HIDDEN}@`)
    if (/\s/.test(output)) output = output.replaceAll(BEARER, `$1 ${HIDDEN}`)
    return pattern === undefined || output.length < SHORTEST_SECRET
      ? output
      : output.replaceAll(pattern, HIDDEN)
  }

  function walk(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return PLAIN.test(value) ? value : text(value)
    if (typeof value === 'bigint') return value.toString()
    if (typeof value !== 'object' || value === null) return value
    if (depth > MAXIMUM_DEPTH) return '[deep]'
    if (value instanceof Date) return value
    if (value instanceof Error || isNativeError(value)) return walkError(value, depth)
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if (Array.isArray(value)) return value.map(item => walk(item, depth + 1))
    const redacted: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value)) {
      if (key !== '__proto__') redacted[key] = isHidden(key, item) ? HIDDEN : walk(item, depth + 1)
    }
    return redacted
  }

  function walkError(error: Error, depth: number): unknown {
    const { name, message, stack, cause, ...own } = error
    const details = walk(own, depth + 1)
    return {
      type: name ?? error.constructor.name,
      message: text(message),
      ...(typeof details === 'object' ? details : {}),
      stack: text(stack ?? ''),
      ...(cause === undefined ? {} : { cause: walk(cause, depth + 1) }),
    }
  }

  for (const secret of secrets) add(secret)
  return { text, value: value => walk(value, 0), add }
}

/** Of each name that was ever logged: they are few, and every line of a busy service asks for a dozen of them. */
const foldedNames = new Map<string, string>()
const MOST_NAMES = 2000

function foldedName(key: string): string {
  const known = foldedNames.get(key)
  if (known !== undefined) return known
  const folded = fold(key)
  if (foldedNames.size < MOST_NAMES) foldedNames.set(key, folded)
  return folded
}

function isHidden(key: string, value: unknown): boolean {
  const folded = foldedName(key)
  if (!hiddenKeys.has(folded) || value === undefined || value === null || typeof value === 'boolean')
    return false
  if (!wordKeys.has(folded)) return true
  return typeof value !== 'number' && !(typeof value === 'string' && STABLE_WORD.test(value))
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
