import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Whether an address belongs to the open internet: not this machine, its networks, or what only looks like another. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  // `unicast` is what is left when loopback, private, link-local (where clouds keep their secrets), carrier-grade
  // NAT, multicast, tunnels and reserved ranges are taken away.
  return parsed.range() === 'unicast'
}

export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
}

/** Refuses a host that is written as an address of this machine or its networks. */
export function refusePrivateHost(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw refusal()
}

/**
 * A look-up for `http.request` that refuses names which lead to a private address. It judges the very addresses that
 * are then connected to, so that a name cannot answer differently the second time.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '')
    const first = addresses[0]
    if (first === undefined || addresses.some(({ address }) => !isPublicAddress(address)))
      return callback(refusal(), '')
    if (options.all === true) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

function refusal(): PrivateAddressError {
  return new PrivateAddressError('This address belongs to this machine or its private network.')
}
