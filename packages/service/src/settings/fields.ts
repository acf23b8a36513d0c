import ipaddr from 'ipaddr.js'
import { z } from 'zod'

/** The field types of settings: each reads one environment variable, which is text, and says what it wants. */

/** A TCP port, 0 to 65535; 0 lets the system choose. */
export const port = () =>
  z.coerce.number('Give a port number.').int('Give a whole port number.').min(0).max(65535)

/** `true`/`1`/`yes`/`on` or `false`/`0`/`no`/`off`. */
export const flag = () =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', '1', 'yes', 'on', 'false', '0', 'no', 'off'], 'Give true or false.'))
    .transform(word => ['true', '1', 'yes', 'on'].includes(word))

/** Values with commas between them; blanks around them and empty ones do not count. */
export const list = () =>
  z.string().transform(text =>
    text
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== ''),
  )

/** Addresses and networks (CIDR) of proxies, or express' names for the private ones, with commas between them. */
export const networks = () =>
  list().refine(
    all => all.every(isNetwork),
    'Give addresses or networks such as 10.0.0.0/8, with commas between them.',
  )

function isNetwork(text: string): boolean {
  return (
    ['loopback', 'linklocal', 'uniquelocal'].includes(text) ||
    ipaddr.isValid(text) ||
    ipaddr.isValidCIDR(text)
  )
}

/**
 * An absolute http(s) URL without user name, password, query or fragment; given back as browsers write
 * it: scheme and host in small letters, no port where it is the usual one, no slash at its end.
 */
export const httpUrl = () =>
  z
    .string()
    .refine(isPlainHttpUrl, 'Give an absolute http:// or https:// URL without user name, query or fragment.')
    .transform(text => new URL(text).href.replace(/\/+$/, ''))

/** As `httpUrl`, and without a path: for a service whose addresses begin at the root of its host. */
export const httpOrigin = () =>
  httpUrl().refine(
    url => new URL(url).pathname === '/',
    'Give the URL without a path: the service answers at the root of its host.',
  )

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:'
  return isHttp && url.username === '' && url.password === '' && !/[?#]/.test(text)
}

/** A number of seconds above zero. */
export const durationSeconds = () =>
  z.coerce
    .number('Give a number of seconds.')
    .positive('Give a number of seconds above 0.')
    .max(10 * 365 * 86_400)

/** A value written as JSON; `advice` is what whoever wrote something else is told. */
export const jsonText = (advice: string) =>
  z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: advice })
      return z.NEVER
    }
  })
