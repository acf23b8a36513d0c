import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

/** Runs a program to its end; returns what it wrote; throws with what it complained of. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly identity?: { readonly uid: number; readonly gid: number } | undefined
    readonly timeoutSeconds?: number
  } = {},
): string {
  const result = spawnSync(command, [...args], {
    cwd: '/',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: (options.timeoutSeconds ?? 60) * 1_000,
    env: { ...process.env, ...options.env },
    ...(options.identity ?? {}),
  })
  if (result.error !== undefined) throw result.error
  if (result.status !== 0)
    throw new Error(
      `${command} failed (${result.status ?? result.signal}): ${result.stderr}\n  ${args.join(' ')}`,
    )
  return result.stdout
}

/** The full path of an executable program of PATH or of the folders where Debian keeps servers. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin', '/sbin', '/bin']
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

/** Chromium, or a browser made of it, by the names that distributions and Google give it, or Playwright's own. */
export function chromiumProgram(): string | undefined {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const found = findProgram(name)
    if (found !== undefined) return found
  }
  const downloaded = chromium.executablePath()
  return isExecutable(downloaded) ? downloaded : undefined
}

/**
 * The folder with PostgreSQL's server programs: of the given major version, else the newest one that has
 * pg_dump beside it (pg_dump refuses a server newer than itself).
 */
export function postgresPrograms(major?: number): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter(Number.isInteger) : []
  return versions
    .filter(version => major === undefined || version === major)
    .sort((a, b) => b - a)
    .map(version => join(debian, String(version), 'bin'))
    .find(folder => ['initdb', 'postgres', 'pg_dump'].every(name => isExecutable(join(folder, name))))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
