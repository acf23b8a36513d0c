import { addressGroup, clientAddress } from '@odoo-backup/service'
import type { RequestHandler } from 'express'
import type { RateLimit } from './rate-limit.ts'

/** Counts requests by IPv4 address or IPv6 /64 network; the address is told by configured proxies alone. */
export function limitAddresses(limit: RateLimit): RequestHandler {
  return async (request, _response, next) => {
    await limit.take(addressGroup(clientAddress(request)))
    next()
  }
}
