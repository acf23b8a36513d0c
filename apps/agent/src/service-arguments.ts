import { parseArgs } from 'node:util'

export const SERVICE_USAGE = `node apps/agent/dist/bin/agent.cjs [--config FILE]

The service beside Odoo: works off jobs, runs schedules, serves pages and API until it is told to end (SIGTERM).
What it is told to do is another program, odoo-backup.

  --config FILE   the configuration file (/etc/odoo-backup/agent.conf; ODOO_BACKUP_CONFIG names another, too)
  --help          this text
  --version       the version

ODOO_BACKUP_LOG_LEVEL says how much is logged: trace, debug, info (as a rule), warn, error, fatal, silent.
`

export type ServiceArguments =
  | { readonly kind: 'run'; readonly configurationFile: string | undefined }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'fault'; readonly fault: string }

/** Reads the service's arguments. One that is misspelt must not start a service that seems to obey it. */
export function readServiceArguments(args: readonly string[]): ServiceArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', short: 'c' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'V', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    if (values.version) return { kind: 'version' }
    return { kind: 'run', configurationFile: values.config }
  } catch (error) {
    return { kind: 'fault', fault: error instanceof Error ? error.message : String(error) }
  }
}
