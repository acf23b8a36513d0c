import { DatabaseName, JobId } from '@odoo-backup/protocol'
import { InvalidArgumentError } from 'commander'
import { AgentError } from '../errors.ts'

/** For options: a whole number from one. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}

/** A database name from an argument; throws `invalid_request`. */
export function databaseName(text: string): DatabaseName {
  const parsed = DatabaseName.safeParse(text)
  if (!parsed.success)
    throw new AgentError('invalid_request', `${JSON.stringify(text)} is not the name of a database.`)
  return parsed.data
}

/** The number of a job from an argument; throws `job_unknown`. */
export function jobId(text: string): JobId {
  const parsed = JobId.safeParse(text)
  if (!parsed.success) throw new AgentError('job_unknown', 'There is no such job. See odoo-backup jobs.')
  return parsed.data
}
