import { NewDatabaseName } from '@odoo-backup/protocol'
import type { Request } from 'express'
import { z } from 'zod'
import { AgentError } from '../../errors.ts'

/** Odoo's `str2bool`: what its forms and scripts send for yes. */
const YES = new Set(['y', 'yes', '1', 'true', 't', 'on'])
const flag = z.string().transform(text => YES.has(text.toLowerCase()))

const password = z.string().max(4096)

export const SignInForm = z.object({
  master_pwd: password,
  next: z.string().max(2000).default('/web/database/backups'),
  odoo_backup_code: z.string().max(200).optional(),
})

export const BindForm = z.object({ odoo_backup_code: z.string().min(1).max(200) })

/** The fields of the former module's restore form, and Odoo's own for neutralising. */
export const RestoreForm = z.object({
  master_pwd: password,
  backup_file_name: z.string().min(1, 'Name the backup to restore.').max(1024),
  name: NewDatabaseName,
  encryption_password: password.optional(),
  copy: flag.default(false),
  neutralize_database: flag.default(false),
})

/** Reads a posted form; throws `invalid_request` with the first fault. */
export function readForm<Schema extends z.ZodType>(schema: Schema, request: Request): z.infer<Schema> {
  const parsed = schema.safeParse(request.body ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  if (issue === undefined) throw new AgentError('invalid_request', 'The form is not complete.')
  const fields = [{ path: issue.path.join('.'), code: 'invalid' }] as const
  throw new AgentError('invalid_request', fault(issue), { fields })
}

function fault(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.')
  return issue.code === 'invalid_type' ? `The field ${field} is missing.` : issue.message
}

/** A parameter of the query that may stand there once. */
export function queryText(request: Request, name: string): string | undefined {
  const value = request.query[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
