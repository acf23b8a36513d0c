import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
import type { ConnectionState } from '../../operations.ts'
import { someInventory } from '../../overview/some-inventory.ts'
import { mayReach, mayReachBackup } from '../access/permission.ts'
import { asAgentError } from './answer.ts'
import type { CompatContext } from './context.ts'
import { dashboardData } from './dashboard-data.ts'

/** `POST /odoo_backup_sh/fetch_dashboard_data`, JSON-RPC 2.0 as Odoo's own clients speak it. */
export async function fetchDashboardData(
  context: CompatContext,
  request: Request,
  response: Response,
): Promise<void> {
  const id: unknown = request.body?.id ?? null
  response.set('cache-control', 'no-store')
  try {
    response.json({ jsonrpc: '2.0', id, result: await collect(context, request) })
  } catch (error) {
    const failure = asAgentError(context, error)
    const data = { name: failure.code, message: failure.message }
    // 100 is Odoo's own number for a session that is over, 200 for every other failure of the server.
    const code = failure.code === 'not_signed_in' ? 100 : 200
    // As Odoo does: JSON-RPC tells failures in the body, with HTTP 200.
    response.json({ jsonrpc: '2.0', id, error: { code, message: failure.message, data } })
  }
}

async function collect(context: CompatContext, request: Request): Promise<Record<string, unknown>> {
  const principal = await context.access.principal(request)
  if (principal === undefined)
    throw new AgentError('not_signed_in', 'Sign in first: the dashboard is for administrators.')
  const { operations } = context
  const connection = await operations.connect()
  const { backups } = connection.state === 'connected' ? await someInventory(operations) : { backups: [] }
  const wholeServer = principal.database === undefined
  const standing = (await context.notices.list()).filter(
    ({ clearedAt, database }) =>
      clearedAt === undefined && (database === undefined ? wholeServer : mayReach(principal, database)),
  )
  return dashboardData({
    backups: backups.filter(backup => mayReachBackup(principal, backup)),
    databases: (await operations.databaseSettings()).filter(settings =>
      mayReach(principal, settings.database),
    ),
    notices: standing.map(({ message, raisedAt }) => ({ message, at: raisedAt })),
    connection,
    storage: wholeServer ? (await operations.settings()).storage : undefined,
    odooVersion: await versionOf(operations),
    rechargeUrl:
      wholeServer && principal.role === 'administer' ? await rechargeUrl(operations, connection) : undefined,
    now: new Date(context.clock()),
  })
}

/** A link that works once, in the place of the former one, which held the instance's key. */
async function rechargeUrl(
  operations: CompatContext['operations'],
  connection: ConnectionState,
): Promise<string | undefined> {
  if (connection.state === 'payment_required') return connection.rechargeLink
  if (connection.state !== 'connected' || connection.account === undefined) return undefined
  return operations.rechargeLink().catch(() => undefined)
}

async function versionOf(operations: CompatContext['operations']): Promise<string | undefined> {
  const found = await operations.databases().catch(() => [])
  return found.flatMap(({ odooVersion }) => odooVersion ?? [])[0]
}
