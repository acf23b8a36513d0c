import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { SystemUser } from '../cluster/run-as.ts'
import { OdooError } from '../errors.ts'

/** How a program ended: its exit status or the signal that ended it, and the end of what it said. */
export interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

export interface Program {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Resolves once the program has ended and all its output is read. Rejects only if it could not be started. */
  readonly ended: Promise<Ending>
  /** Asks it to end, and insists after some seconds. */
  kill(): void
}

export interface ProgramOptions {
  readonly environment: NodeJS.ProcessEnv
  readonly runAs?: SystemUser | undefined
  readonly nice?: number | undefined
}

/** Of a long complaint, the end is kept: the last lines say why. The start is kept too: the first say what. */
const STDERR_KEPT = 16 * 1024
const PATIENCE_MS = 5_000

/** Starts a program with an argument list; no shell is ever involved. */
export function startProgram(path: string, args: readonly string[], options: ProgramOptions): Program {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(path, args, {
    env: options.environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    ...(options.runAs ? { uid: options.runAs.uid, gid: options.runAs.gid } : {}),
  })
  if (options.nice !== undefined && child.pid !== undefined) lowerPriority(child.pid, options.nice)
  const complaint = keepEnds(child.stderr)
  let insist: NodeJS.Timeout | undefined
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', cause => {
      reject(new OdooError('tool_missing', `${path} cannot be started (${cause.message}).`, { cause }))
    })
    child.once('close', (status, signal) => {
      clearTimeout(insist)
      resolve({ status, signal, stderr: complaint() })
    })
  })
  // Whoever needs the ending awaits it; a program that nobody awaits must not end the process.
  ended.catch(() => {})
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      insist ??= setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS).unref()
    },
  }
}

/** Says how a program failed, in words for an administrator. */
export function describeEnding(name: string, { status, signal, stderr }: Ending): string {
  const said = stderr.trim()
  const words = said === '' ? '' : ` It said: ${said}`
  if (signal === 'SIGKILL')
    return `${name} was killed (signal SIGKILL), as happens when memory runs out: see the kernel's log.${words}`
  if (signal) return `${name} was ended by signal ${signal}.${words}`
  return `${name} failed with exit status ${status}.${words}`
}

function lowerPriority(pid: number, nice: number) {
  try {
    setPriority(pid, Math.min(Math.max(nice, 0), constants.priority.PRIORITY_LOW))
  } catch {
    // It has ended already, or the system has no priorities: a limit that cannot be set is no failure.
  }
}

function keepEnds(stream: Readable): () => string {
  let head = ''
  let tail = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    if (head.length < STDERR_KEPT) head += text
    else tail = (tail + text).slice(-STDERR_KEPT)
  })
  return () => (tail === '' ? head : `${head}\n…\n${tail}`)
}
