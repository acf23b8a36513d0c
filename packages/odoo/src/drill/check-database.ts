import type { Client } from 'pg'
import { countRows, readSequences } from '../snapshot/count-rows.ts'
import type { DrillOptions } from './drill.ts'

export interface DatabaseCheck {
  readonly tables: number
  readonly rows: number
  readonly users: number
  readonly modules: number
  readonly faults: readonly string[]
}

/** Compares a restored database with what was counted when it was backed up, and looks for Odoo in it. */
export async function checkDatabase(
  client: Client,
  expected: NonNullable<DrillOptions['expected']>,
): Promise<DatabaseCheck> {
  const faults: string[] = []
  const found = await countRows(client)
  for (const [table, wanted] of expected.rowCounts ?? []) {
    const rows = found.get(table)
    if (rows === undefined) faults.push(`The table ${table} is missing.`)
    else if (rows !== wanted) faults.push(`The table ${table} has ${rows} rows instead of ${wanted}.`)
  }
  const sequences = expected.sequences?.size ? await readSequences(client) : new Map<string, string>()
  for (const [sequence, wanted] of expected.sequences ?? []) {
    const value = sequences.get(sequence)
    if (value !== wanted)
      faults.push(`The sequence ${sequence} stands at ${value ?? 'nothing'} instead of ${wanted}.`)
  }
  const users = found.get('public.res_users') ?? 0
  if (users === 0) faults.push('There is no user in the database.')
  const modules = found.has('public.ir_module_module') ? await countModules(client) : 0
  if (modules === 0) faults.push('No module of Odoo is installed in the database.')
  const rows = [...found.values()].reduce((sum, count) => sum + count, 0)
  return { tables: found.size, rows, users, modules, faults }
}

async function countModules(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "SELECT count(*) FROM public.ir_module_module WHERE state = 'installed'",
  )
  return Number(rows[0]?.count)
}
