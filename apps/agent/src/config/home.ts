import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** Where an instance lives, as far as it can be known. */
export interface Home {
  readonly machine: string | undefined
  readonly cluster: string | undefined
}

const UNKNOWN = '-'
const IMAGE_FILES = ['/.dockerenv', '/run/.containerenv']

/** What the configuration file keeps of a home, `machine.cluster`: enough to see that it is another one. */
export function homeMark({ machine, cluster }: Home): string {
  return `${digest(machine)}.${digest(cluster)}`
}

/** Whether the marks are of different homes; what one of them does not know says nothing. */
export function isAnotherHome(noted: string, present: string): boolean {
  const [before, now] = [noted.split('.'), present.split('.')]
  return before.some((part, index) => part !== UNKNOWN && now[index] !== UNKNOWN && part !== now[index])
}

/** The mark with what is known now, and what was known before in place of what is not. */
export function completedMark(noted: string, present: string): string {
  const before = noted.split('.')
  return present
    .split('.')
    .map((part, index) => (part === UNKNOWN ? (before[index] ?? UNKNOWN) : part))
    .join('.')
}

/**
 * systemd's machine-id (see machine-id(5)), which a cloned machine is given anew. In a container it is the image's, if
 * anything, and changes with it: there is none.
 */
export async function readMachineId(): Promise<string | undefined> {
  if (IMAGE_FILES.some(path => existsSync(path))) return undefined
  const text = await readFile('/etc/machine-id', 'utf8').catch(() => '')
  return /^[0-9a-f]{32}$/.test(text.trim()) ? text.trim() : undefined
}

/** A machine's id is not to be shown: see machine-id(5). */
function digest(value: string | undefined): string {
  if (value === undefined) return UNKNOWN
  return createHash('sha256').update(`odoo-backup home ${value}`).digest('hex').slice(0, 12)
}
