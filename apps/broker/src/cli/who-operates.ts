import { hostname, userInfo } from 'node:os'
import type { AuditEvent } from '../audit/audit-trail.ts'

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

/** What the trails write of a command, and beside it who ran it, and where. */
export function namingOperator(operator: string): (event: AuditEvent) => AuditEvent {
  return event => ({ ...event, detail: { ...event.detail, operator } })
}
