import { execFile } from 'node:child_process'
import { access, constants, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { OdooError } from '../errors.ts'

const execute = promisify(execFile)

export type ToolName = 'pg_dump' | 'pg_restore' | 'psql'

export interface PostgresTool {
  readonly name: ToolName
  readonly path: string
  /** What `--version` says, such as `15.18`. */
  readonly version: string
  readonly major: number
  readonly minor: number
}

/**
 * Chooses a program of PostgreSQL for a server: of the server's own major version where there is one, else of
 * the next newer. pg_dump refuses a server newer than itself. pg_restore is the newest there is: it reads what
 * older ones wrote, not what newer ones did.
 * @throws OdooError `tool_missing`
 */
export async function findTool(
  name: ToolName,
  serverVersion: number,
  pgPath: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<PostgresTool> {
  const server = Math.floor(serverVersion / 10_000)
  const found: PostgresTool[] = []
  for (const folder of await toolFolders(pgPath, environment)) {
    const tool = await toolAt(name, join(folder, name))
    if (!tool) continue
    if (tool.major === server && name !== 'pg_restore') return tool
    found.push(tool)
  }
  const wanted = name === 'pg_dump' ? found.filter(tool => tool.major >= server) : found
  const order = name === 'pg_restore' ? -1 : 1
  const distance = (tool: PostgresTool) => (tool.major >= server ? tool.major : 1000 - tool.major)
  const best =
    name === 'pg_restore'
      ? wanted.sort((a, b) => order * (a.major - b.major))[0]
      : wanted.sort((a, b) => distance(a) - distance(b))[0]
  if (best) return best
  const seen = found.map(tool => `${tool.path} is version ${tool.version}`).join(', ')
  throw new OdooError(
    'tool_missing',
    `${name} for PostgreSQL ${server} was not found${seen ? ` (${seen})` : ''}. ` +
      `Install it (Debian and Ubuntu: apt install postgresql-client-${server}) or set pg_path in odoo.conf.`,
  )
}

/** Debian's and Red Hat's folders come before PATH, where Debian has a wrapper that chooses by rules of its own. */
async function toolFolders(pgPath: string | undefined, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const versioned: string[] = []
  for (const [base, pattern] of [
    ['/usr/lib/postgresql', /^\d+$/],
    ['/usr', /^pgsql-\d+$/],
    ['/opt/homebrew/opt', /^(?:postgresql|libpq)(?:@\d+)?$/],
  ] as const)
    for (const entry of await readdir(base).catch(() => []))
      if (pattern.test(entry)) versioned.push(join(base, entry, 'bin'))
  const path = (environment.PATH ?? '').split(delimiter).filter(folder => folder !== '')
  return [...(pgPath ? [pgPath] : []), ...versioned, ...path]
}

async function toolAt(name: ToolName, path: string): Promise<PostgresTool | undefined> {
  try {
    await access(path, constants.X_OK)
    const { stdout } = await execute(path, ['--version'], { timeout: 10_000 })
    const [, version, major, minor] = /\(PostgreSQL\) ((\d+)(?:[.a-z]+(\d+))?)/.exec(stdout) ?? []
    if (!version) return undefined
    return { name, path, version, major: Number(major), minor: Number(minor ?? 0) }
  } catch {
    return undefined
  }
}

/**
 * Whether psql knows `\restrict`, which forbids backslash commands: it came with the fixes for CVE-2025-8714.
 */
export function knowsRestrict({ major, minor }: Pick<PostgresTool, 'major' | 'minor'>): boolean {
  const since: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 }
  return major >= 18 || minor >= (since[major] ?? Number.POSITIVE_INFINITY)
}
