import type { RequestHandler, Response } from 'express'
import { page } from './html.ts'

/** An application error, which Odoo answers with status 200 and the name of a Python class. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly pythonName: string

  constructor(pythonName: string, message: string) {
    super(message)
    this.pythonName = pythonName
  }
}

type Params = Readonly<Record<string, unknown>>

/**
 * An operation in Odoo's JSON-RPC 2.0: the path selects it and `method` is ignored; a body that is not JSON, or
 * is sent as something else, meets a page of HTML with status 400.
 */
export function rpc(operation: (params: Params) => unknown): RequestHandler {
  return (request, response) => {
    const call = request.is('application/json') ? parse(request.body) : undefined
    if (call === undefined) response.status(400).send(page('Bad Request', '<p>Invalid JSON data</p>'))
    else answer(response, call.id, () => operation(call.params))
  }
}

function parse(body: unknown): { id: unknown; params: Params } | undefined {
  try {
    const call: unknown = JSON.parse(String(body))
    if (!isRecord(call)) return undefined
    return { id: call.id ?? null, params: isRecord(call.params) ? call.params : {} }
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function answer(response: Response, id: unknown, work: () => unknown): void {
  try {
    const result = work()
    response.json({ jsonrpc: '2.0', id, ...(result === undefined ? {} : { result }) })
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    response.json({ jsonrpc: '2.0', id, error: errorBody(error) })
  }
}

export function errorBody({ pythonName, message }: RpcError) {
  const data = {
    name: pythonName,
    debug: `Traceback…\n${pythonName}: ${message}`,
    message,
    arguments: [message],
    context: {},
  }
  return { code: 200, message: 'Odoo Server Error', data }
}
