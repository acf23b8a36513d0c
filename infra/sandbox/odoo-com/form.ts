import type { Request } from 'express'

/** The fields of a form that was sent in the body, which is read as text before any route. */
export function formFields(request: Request): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(new URLSearchParams(String(request.body ?? '')))
}
