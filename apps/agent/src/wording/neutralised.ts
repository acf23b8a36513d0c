import type { NeutraliseReport } from '@odoo-backup/protocol'

/** What neutralising did, in three lines at most: what was changed, whose own SQL ran, what nothing was run for. */
export function neutralisedLines({ modules, statements, notCovered }: NeutraliseReport): string[] {
  const done = statements.map(({ what, rows }) => `${what} (${rows})`)
  return [
    `Neutralised: ${done.join(', ')}.`,
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
