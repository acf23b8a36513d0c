import type { Request, Response } from 'express'
import { AgentError } from '../../errors.ts'
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
    response
      .status(failure.status)
      .json({ jsonrpc: '2.0', id, error: { code, message: failure.message, data } })
  }
}

async function collect(context: CompatContext, request: Request): Promise<Record<string, unknown>> {
  const principal = await context.access.principal(request)
  if (principal === undefined)
    throw new AgentError('not_signed_in', 'Sign in first: the dashboard is for administrators.')
  const { operations } = context
  const connection = await operations.connect()
  const backups = connection.state === 'connected' ? await operations.backups() : []
  const wholeServer = principal.database === undefined
  return dashboardData({
    backups: backups.filter(backup => mayReachBackup(principal, backup)),
    databases: (await operations.databaseSettings()).filter(settings =>
      mayReach(principal, settings.database),
    ),
    notices: wholeServer ? await operations.accountNotices() : [],
    connection: connection.state,
    account: connection.state === 'connected' ? connection.account : undefined,
    rechargeUrl: connection.state === 'payment_required' ? connection.rechargeLink : undefined,
    now: new Date(context.clock()),
  })
}
