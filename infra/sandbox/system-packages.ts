import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chromiumProgram, findProgram, postgresPrograms } from './programs.ts'

/** `comparison`: what the benchmarks run beside us. */
export type Need = 'sandbox' | 'browser' | 'comparison'

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
  { package: 'openssl', for: 'sandbox', present: () => has('openssl') },
  { package: 'python3', for: 'sandbox', present: () => has('python3') },
  { package: 'restic', for: 'comparison', present: () => has('restic') },
  { package: 'chromium', for: 'browser', present: () => chromiumProgram() !== undefined },
]

function has(...programs: string[]): boolean {
  return programs.every(program => findProgram(program) !== undefined)
}

/** Packages are missing and cannot be installed from here; the message holds the one line to run. */
export class PackagesMissing extends Error {
  override readonly name = 'PackagesMissing'
  readonly code = 'packages_missing'
}

/** What installing takes of a machine. */
export interface Machine {
  /** Which packages are missing for the given needs. */
  missing(needs: readonly Need[]): string[]
  readonly hasApt: boolean
  /** Put before a command to run it as root; undefined where that cannot be done without asking. */
  readonly asRoot: readonly string[] | undefined
  /** Runs a command to its end, writing `input` to it; returns its exit status. */
  run(command: readonly string[], input?: string): number
  /** The text of a file, undefined if there is none. */
  read(file: string): string | undefined
}

/**
 * Installs what is missing where that can be done without asking: on a system with apt, as root or with a
 * sudo that wants no password. No server is started by the installation and no PostgreSQL cluster is made.
 */
export function ensureSystemPackages(
  needs: readonly Need[],
  say: (line: string) => void,
  machine: Machine = thisMachine(),
): void {
  const missing = machine.missing(needs)
  if (missing.length === 0) return
  if (missing.includes('chromium') && isUbuntu(machine)) throw new PackagesMissing(CHROMIUM_ON_UBUNTU)
  const line = `sudo apt-get update && sudo apt-get install --no-install-recommends -y ${missing.join(' ')}`
  if (!machine.hasApt || machine.asRoot === undefined)
    throw new PackagesMissing(
      `Missing on this machine: ${missing.join(', ')}. Run this, then the command again:\n\n  ${line}\n`,
    )
  say(`Installing ${missing.join(', ')} (apt-get)`)
  const installation = new Installation(machine, machine.asRoot, line)
  installation.apt('update')
  installation.withoutStartingServices(() => {
    if (missing.includes('postgresql')) {
      installation.install('postgresql-common')
      installation.withoutNewCluster(() => installation.install(...missing))
    } else installation.install(...missing)
  })
  const stillMissing = machine.missing(needs)
  if (stillMissing.length > 0)
    throw new PackagesMissing(`apt-get ran, but these are still missing: ${stillMissing.join(', ')}.`)
}

/** Ubuntu's own package stands for a snap, which programs of another user's session cannot drive. */
const CHROMIUM_ON_UBUNTU =
  'Missing on this machine: Chromium. Run this, then the command again:\n\n  npx playwright-core install --with-deps chromium\n'

function isUbuntu(machine: Machine): boolean {
  return /^ID=ubuntu$/m.test(machine.read('/etc/os-release') ?? '')
}

/** Debian asks this program before a package starts its service; 101 says no (invoke-rc.d(8)). */
const POLICY = '/usr/sbin/policy-rc.d'
/** postgresql-common makes a cluster for a newly installed server unless a line here says not to. */
const CLUSTERS = '/etc/postgresql-common/createcluster.conf'

class Installation {
  readonly #machine: Machine
  readonly #asRoot: readonly string[]
  readonly #line: string

  constructor(machine: Machine, asRoot: readonly string[], line: string) {
    this.#machine = machine
    this.#asRoot = asRoot
    this.#line = line
  }

  apt(...args: string[]): void {
    this.#must(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args])
  }

  install(...packages: string[]): void {
    this.apt('install', '--no-install-recommends', '-y', ...packages)
  }

  /** A policy that is there already stays as it is: containers have one that says no. */
  withoutStartingServices(work: () => void): void {
    if (this.#machine.read(POLICY) !== undefined) {
      work()
      return
    }
    this.#must(['tee', POLICY], '#!/bin/sh\nexit 101\n')
    this.#must(['chmod', '755', POLICY])
    try {
      work()
    } finally {
      this.#must(['rm', POLICY])
    }
  }

  withoutNewCluster(work: () => void): void {
    const before = this.#machine.read(CLUSTERS) ?? ''
    this.#must(['tee', CLUSTERS], `${before}\ncreate_main_cluster = false\n`)
    try {
      work()
    } finally {
      this.#must(['tee', CLUSTERS], before)
    }
  }

  #must(command: readonly string[], input?: string): void {
    if (this.#machine.run([...this.#asRoot, ...command], input) !== 0)
      throw new PackagesMissing(
        `${command.join(' ')} failed. Run this, then the command again:\n\n  ${this.#line}\n`,
      )
  }
}

function thisMachine(): Machine {
  return {
    missing: needs =>
      NEEDS.filter(need => needs.includes(need.for) && !need.present()).map(need => need.package),
    hasApt: findProgram('apt-get') !== undefined,
    get asRoot() {
      if (process.getuid?.() === 0) return []
      const sudo = findProgram('sudo')
      return sudo !== undefined && spawnSync(sudo, ['-n', 'true']).status === 0 ? [sudo, '-n'] : undefined
    },
    run: ([program = '', ...args], input = '') =>
      spawnSync(program, args, { input, stdio: ['pipe', 'ignore', 'inherit'] }).status ?? 1,
    read: file => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
  }
}
