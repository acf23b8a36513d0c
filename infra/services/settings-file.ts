import { writeFileSync } from 'node:fs'

/** Settings as a shell reads them (`set -a; . FILE`), readable by their owner alone. */
export function writeSettingsFile(file: string, settings: Readonly<Record<string, string>>): void {
  const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}\n`)
  writeFileSync(file, lines.join(''), { mode: 0o600 })
}

/** Makes administrator@example.com, the user 42 of the stand-in for odoo.com, an operator of the broker. */
export const FIRST_OPERATOR = {
  BROKER_OPERATORS: JSON.stringify([{ provider: 'odoo', subject: '42', role: 'admin' }]),
}
