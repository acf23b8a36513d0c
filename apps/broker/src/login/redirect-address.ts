import { BINDING_CODE_PARAMETER } from '@odoo-backup/protocol'

/** Where a browser may be led back to, taken apart. */
export interface RedirectAddress {
  /** The address without fragment and without a one-time code. */
  readonly href: string
  /** Scheme, host and port: what consent is given for. */
  readonly origin: string
  /** The one-time code that the address carried. */
  readonly code: string | undefined
}

/** Nothing longer is a page of an Odoo; it keeps what we store and send back small. */
const MAX_LENGTH = 2048

/**
 * Reads a `redirect`; `undefined` unless it is an absolute http(s) address without user information.
 * Stricter than `URL`, which forgives: browsers and servers read `https:/\evil`, tabs and `user@` differently,
 * and each of these differences has been an open redirect somewhere.
 */
export function readRedirect(text: string): RedirectAddress | undefined {
  if (text.length > MAX_LENGTH || !/^https?:\/\/[^/?#\\@\s]+(?:[/?#]|$)/i.test(text)) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0020\u007f\\]/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.hostname === '')
    return undefined
  const code = url.searchParams.get(BINDING_CODE_PARAMETER) ?? undefined
  if (code !== undefined) url.searchParams.delete(BINDING_CODE_PARAMETER)
  url.hash = ''
  return { href: url.href, origin: url.origin, code }
}

/** The address with the one-time code in its query. */
export function withCode(href: string, code: string): string {
  const url = new URL(href)
  url.searchParams.set(BINDING_CODE_PARAMETER, code)
  return url.href
}
