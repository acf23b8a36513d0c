import { readFile, readlink } from 'node:fs/promises'
import { z } from 'zod'
import { systemErrorCode } from '../system-error.ts'

/** Tells one process from every other, on whatever machine and in whatever container; empty where the system has no /proc. */
export const ProcessMark = z.object({
  pid: z.int().positive(),
  /** The running of the kernel that it belongs to: see proc(5), `boot_id`. */
  boot: z.string().optional(),
  /** Where its number counts: see pid_namespaces(7). */
  namespace: z.string().optional(),
  /** When it began, in ticks since the kernel did: numbers are given again. */
  began: z.string().optional(),
})
export type ProcessMark = z.infer<typeof ProcessMark>

/** The mark of this process. */
export async function ownProcessMark(): Promise<ProcessMark> {
  const [boot, namespace, began] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined),
    readlink('/proc/self/ns/pid').catch(() => undefined),
    beganAt(process.pid),
  ])
  return {
    pid: process.pid,
    ...(boot === undefined ? {} : { boot: boot.trim() }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(began === undefined ? {} : { began }),
  }
}

/** True only where it is certain: the other one was a process of this very machine and container, and is no more. */
export async function isGone(other: ProcessMark, own: ProcessMark): Promise<boolean> {
  const isComparable =
    own.boot !== undefined &&
    own.namespace !== undefined &&
    other.boot === own.boot &&
    other.namespace === own.namespace
  if (!isComparable) return false
  if (!exists(other.pid)) return true
  const began = await beganAt(other.pid)
  return began !== undefined && other.began !== undefined && began !== other.began
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // A process of another user is there, too.
    return systemErrorCode(error) !== 'ESRCH'
  }
}

/** `starttime` of proc(5): the 20th field after the name, which may hold anything. */
async function beganAt(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return status?.slice(status.lastIndexOf(')') + 2).split(' ')[19]
}
