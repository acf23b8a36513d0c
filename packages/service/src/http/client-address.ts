import { isIPv4 } from 'node:net'
import type { Request } from 'express'
import ipaddr from 'ipaddr.js'

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
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : 'unknown'
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
