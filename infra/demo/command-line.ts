import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { nodeArguments } from '../services/services.ts'

/** Runs `odoo-backup` as one would type it, with its progress on our terminal; throws when it fails. */
export async function odooBackup(
  configuration: string,
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  say(`  $ odoo-backup ${args.map(arg => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ')}`)
  await run(configuration, args, 'inherit')
}

/** Runs `odoo-backup --json` and returns what it wrote. */
export async function askOdooBackup(configuration: string, args: readonly string[]): Promise<unknown> {
  const text = await run(configuration, ['--json', ...args], 'pipe')
  return JSON.parse(text)
}

async function run(
  configuration: string,
  args: readonly string[],
  output: 'inherit' | 'pipe',
): Promise<string> {
  const child = spawn(process.execPath, [...nodeArguments('agent', 'cli/main', 'build'), ...args], {
    stdio: ['ignore', output, 'inherit'],
    env: { ...process.env, ODOO_BACKUP_CONFIG: configuration },
  })
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`odoo-backup ${args.join(' ')} ended with exit status ${status}.`)
  return text
}
