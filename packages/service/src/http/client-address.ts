import { isIPv4 } from 'node:net'
import type { Request } from 'express'
import ipaddr from 'ipaddr.js'

/** Some gateways write `203.0.113.7:4711` or `[2001:db8::1]:4711` into `X-Forwarded-For`. */
const WITH_PORT = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9a-f:.]+)\]):\d{1,5}$/i

const known = new WeakMap<Request, string>()

/**
 * Where a request came from: the address of the connection, or, where that belongs to a configured proxy, what the
 * proxies said (express `trust proxy`). IPv4 inside IPv6 is given as IPv4; `unknown` when the connection is gone.
 */
export function clientAddress(request: Request): string {
  const found = known.get(request) ?? normalized(request.ip ?? '')
  // Asked for the log, the limits and the audit trail of one request: read once.
  known.set(request, found)
  return found
}

function normalized(text: string): string {
  // Node writes an IPv4 address of an IPv4 socket in its one usual form already.
  if (isIPv4(text)) return text
  const [, ipv4, ipv6] = WITH_PORT.exec(text) ?? []
  const address = ipv4 ?? ipv6 ?? text
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : 'unknown'
}

/** What rate limits count by: an IPv4 address, or the /64 network of an IPv6 address, which one customer holds whole. */
export function addressGroup(address: string): string {
  if (isIPv4(address)) return address
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const bytes = parsed.toByteArray().map((byte, index) => (index < 8 ? byte : 0))
  return `${ipaddr.fromByteArray(bytes).toString()}/64`
}
