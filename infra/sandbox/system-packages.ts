import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { findProgram, postgresPrograms } from './programs.ts'

type Need = 'sandbox' | 'browser'

/** What must be on the machine, and the package of Debian and Ubuntu that brings it. */
const NEEDS: readonly { package: string; for: Need; present: () => boolean }[] = [
  { package: 'postgresql', for: 'sandbox', present: () => postgresPrograms() !== undefined },
  { package: 'postgresql-client', for: 'sandbox', present: () => has('psql', 'pg_dump', 'pg_restore') },
  { package: 'redis-server', for: 'sandbox', present: () => has('redis-server') },
  { package: 'ceph-mon', for: 'sandbox', present: () => has('ceph-mon', 'monmaptool') },
  { package: 'ceph-osd', for: 'sandbox', present: () => has('ceph-osd') },
  { package: 'radosgw', for: 'sandbox', present: () => has('radosgw') },
  { package: 'ceph-common', for: 'sandbox', present: () => has('ceph', 'radosgw-admin') },
  { package: 'gnupg', for: 'sandbox', present: () => has('gpg') },
  { package: 'unzip', for: 'sandbox', present: () => has('unzip') },
  { package: 'chromium', for: 'browser', present: () => has('chromium') },
]

function has(...programs: string[]): boolean {
  return programs.every(program => findProgram(program) !== undefined)
}

/** Packages are missing and cannot be installed from here; the message holds the one line to run. */
export class PackagesMissing extends Error {
  override readonly name = 'PackagesMissing'
  readonly code = 'packages_missing'
}

/** Which packages are missing for the given needs. */
export function missingPackages(needs: readonly Need[]): string[] {
  return NEEDS.filter(need => needs.includes(need.for) && !need.present()).map(need => need.package)
}

/**
 * Installs what is missing where that can be done without asking: on a system with apt, as root or with a
 * sudo that wants no password. No server is started by the installation and no PostgreSQL cluster is made.
 */
export function ensureSystemPackages(needs: readonly Need[], say: (line: string) => void): void {
  const missing = missingPackages(needs)
  if (missing.length === 0) return
  const line = `sudo apt-get update && sudo apt-get install --no-install-recommends -y ${missing.join(' ')}`
  const prefix = rootPrefix()
  if (findProgram('apt-get') === undefined || prefix === undefined)
    throw new PackagesMissing(
      `Missing on this machine: ${missing.join(', ')}. Run this, then the command again:\n\n  ${line}\n`,
    )
  say(`Installing ${missing.join(', ')} (apt-get)`)
  const apt = (...args: string[]) =>
    run([...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args], line)
  apt('update')
  withoutStartingServices(prefix, () => {
    if (missing.includes('postgresql')) {
      apt('install', '--no-install-recommends', '-y', 'postgresql-common')
      withoutNewCluster(prefix, () => apt('install', '--no-install-recommends', '-y', ...missing))
    } else apt('install', '--no-install-recommends', '-y', ...missing)
  })
  const stillMissing = missingPackages(needs)
  if (stillMissing.length > 0)
    throw new PackagesMissing(`apt-get ran, but these are still missing: ${stillMissing.join(', ')}.`)
}

function rootPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return []
  const sudo = findProgram('sudo')
  if (sudo === undefined || spawnSync(sudo, ['-n', 'true']).status !== 0) return undefined
  return [sudo, '-n']
}

function run(command: readonly string[], line: string): void {
  const [program = '', ...args] = command
  const result = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (result.status !== 0)
    throw new PackagesMissing(`apt-get failed. Run this, then the command again:\n\n  ${line}\n`)
}

/** Debian asks /usr/sbin/policy-rc.d before a package starts its service; 101 says no (invoke-rc.d(8)). */
function withoutStartingServices(prefix: readonly string[], work: () => void): void {
  withFile(prefix, '/usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', '755', work)
}

/** postgresql-common makes a cluster for a newly installed server unless this setting says not to. */
function withoutNewCluster(prefix: readonly string[], work: () => void): void {
  const file = '/etc/postgresql-common/createcluster.conf'
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  write(prefix, file, `${before}\ncreate_main_cluster = false\n`, '644')
  try {
    work()
  } finally {
    write(prefix, file, before, '644')
  }
}

function withFile(prefix: readonly string[], file: string, content: string, mode: string, work: () => void) {
  if (existsSync(file)) return work()
  write(prefix, file, content, mode)
  try {
    work()
  } finally {
    if (prefix.length === 0) rmSync(file)
    else spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'rm', file])
  }
}

function write(prefix: readonly string[], file: string, content: string, mode: string): void {
  if (prefix.length === 0) writeFileSync(file, content, { mode: Number.parseInt(mode, 8) })
  else {
    spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'tee', file], { input: content })
    spawnSync(prefix[0] ?? '', [...prefix.slice(1), 'chmod', mode, file])
  }
}
