import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler } from 'express'
import { accountsRoutes } from './accounts.ts'
import { adminRoutes } from './admin.ts'
import { Faults } from './faults.ts'
import { page } from './html.ts'
import { iapRoutes } from './iap.ts'
import { IapLedger } from './iap-ledger.ts'
import { openStore } from './state.ts'

export interface OdooComOptions {
  /** 0 chooses a free one. */
  readonly accountsPort?: number
  readonly iapPort?: number
  readonly serviceKey: string
  readonly serviceName?: string
  /** Where what it remembers is kept; in memory alone if absent. */
  readonly stateFile?: string | undefined
  /** Milliseconds since 1970. */
  readonly clock?: () => number
}

export interface OdooCom {
  /** In the place of https://accounts.odoo.com. */
  readonly accountsUrl: string
  /** In the place of https://iap.odoo.com. */
  readonly iapUrl: string
  close(): Promise<void>
}

/**
 * Stands in for the two services of odoo.com that cannot run on one machine, on loopback. Both answer below
 * `/sandbox/` to tests (see admin.ts). Any number may run side by side, each with its own state and clock.
 */
export async function startOdooCom(options: OdooComOptions): Promise<OdooCom> {
  const store = openStore(options.stateFile, options.clock ?? Date.now)
  const faults = new Faults()
  let iapUrl = ''
  const ledger = new IapLedger({
    store,
    serviceKey: options.serviceKey,
    serviceName: options.serviceName ?? 'odoo_backup_sh',
    creditPage: () => `${iapUrl}/iap/1/credit/`,
  })
  const admin = adminRoutes(store, ledger, faults)
  const serve = (routes: express.Router) => {
    const app = express().disable('x-powered-by')
    app.use(express.text({ type: () => true, limit: '1mb' }))
    app.use(faults.middleware)
    app.use('/sandbox', admin)
    app.use(routes)
    app.use((_request, response) => void response.status(404).send(page('Not Found', '')))
    app.use(reportFault)
    return createServer({ keepAliveTimeout: LONGEST_IDLE_MS }, app)
  }
  const accounts = await listen(serve(accountsRoutes(store)), options.accountsPort ?? 0)
  const iap = await listen(serve(iapRoutes(store, ledger)), options.iapPort ?? 0)
  iapUrl = iap.url
  return {
    accountsUrl: accounts.url,
    iapUrl,
    close: async () => {
      await Promise.all([accounts.close(), iap.close()])
    },
  }
}

/** Longer than a busy caller keeps a connection: one that is closed under its next request looks like a fault. */
const LONGEST_IDLE_MS = 600_000

const reportFault: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error.name === 'ZodError' ? 400 : (error.status ?? 500))
  response.json({ error: String(error.message) })
}

async function listen(server: Server, port: number): Promise<{ url: string; close(): Promise<void> }> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', done)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise(done => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
