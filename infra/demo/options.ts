import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** Stops at the end all that it started (a sandbox that ran before goes on), in the place of leaving it to be looked at. */
  readonly once: boolean
  /** A zip that a real Odoo wrote, in the place of a database of the project's own making. */
  readonly from: string | undefined
  /** Ends what an earlier demo left running, and nothing else. */
  readonly stop: boolean
}

export const USAGE = `npm run demo [-- OPTIONS]

Shows the product at work on one machine: log-in, backup, list, restore, comparison.

  --once          stop all that it started at the end; exit status 0 only if all of it held
  --from FILE     begin with a zip that Odoo's own database manager wrote
  --stop          end what an earlier demo left running
  --help          this text
`

/** Reads the command line; a text is what to print in its stead. */
export function readOptions(args: readonly string[]): DemoOptions | { readonly fault: string } | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        from: { type: 'string' },
        stop: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return 'help'
    // npm runs scripts in the project's folder; what was typed is relative to where it was typed.
    const from = values.from === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', values.from)
    if (from !== undefined && !existsSync(from)) return { fault: `There is no file ${from}.` }
    return { once: values.once, from, stop: values.stop }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}
