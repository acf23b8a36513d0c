import type { NeutraliseReport } from '@odoo-backup/protocol'
import { formatCount } from './amounts.ts'

/** What neutralising did, in four lines at most: what was changed, what was not there, whose own SQL ran, what nothing was run for. */
export function neutralisedLines({ modules, statements, notCovered }: NeutraliseReport): string[] {
  const done = statements
    .filter(({ rows }) => rows > 0)
    .map(({ what, rows }) => `${what} (${formatCount(rows)})`)
  const idle = statements.filter(({ rows }) => rows === 0).map(({ what }) => what)
  return [
    ...(done.length === 0 ? [] : [`Neutralised: ${done.join(', ')}.`]),
    ...(idle.length === 0 ? [] : [`There was nothing of this to be done: ${idle.join(', ')}.`]),
    ...(modules.length === 0
      ? []
      : [`The neutralize.sql of these modules was run, too: ${modules.join(', ')}.`]),
    ...(notCovered.length === 0
      ? []
      : [
          `Not covered, as the code was not found: ${notCovered.join(', ')}. Look whether one of them does anything outside.`,
        ]),
  ]
}
