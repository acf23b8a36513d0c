import { type Metrics, metricsRoutes, type Route } from '@odoo-backup/service'
import type { Request, RequestHandler } from 'express'
import ipaddr from 'ipaddr.js'
import { AgentError } from '../errors.ts'
import type { Access } from './access/access.ts'

/**
 * `GET /metrics` names databases and their sizes: it answers programs of this machine, and others by a token. What
 * a proxy of this machine passes on is not of this machine.
 */
export function guardedMetricsRoutes(metrics: Metrics, access: Access): Route[] {
  const admit: RequestHandler = async (request, _response, next) => {
    if (!isLocal(request) && (await access.principal(request)) === undefined)
      throw new AgentError('not_signed_in', 'Figures are for this machine alone, or for an API token.')
    next()
  }
  return metricsRoutes(metrics).map(route => ({ ...route, before: [admit] }))
}

function isLocal(request: Request): boolean {
  const address = request.socket.remoteAddress ?? ''
  const forwarded = request.get('x-forwarded-for') ?? request.get('forwarded') ?? request.get('x-real-ip')
  return forwarded === undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
