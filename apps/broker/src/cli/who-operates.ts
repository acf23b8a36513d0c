import { hostname, userInfo } from 'node:os'
import type { AuditTrail } from '../audit/audit-trail.ts'

/** Who runs a command, and where: `name@host`; behind `sudo` the name of who called it. */
export function whoOperates(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const name = environment.SUDO_USER ?? nameOfUser()
  return `${name}@${hostname()}`.replaceAll(/[^\w.@-]/g, '_').slice(0, 200)
}

/** Containers run under numbers to which no name belongs. */
function nameOfUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}

/** A trail that writes beside everything a command does who ran it, and where. */
export function namingOperator(audit: AuditTrail, operator: string): AuditTrail {
  return { record: event => audit.record({ ...event, detail: { ...event.detail, operator } }) }
}
