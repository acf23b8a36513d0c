import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

/** A server of the sandbox: how it is started, and how one sees that it serves. */
export interface Server {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly identity?: { readonly uid: number; readonly gid: number } | undefined
  /** The signal at which it writes what it holds and ends. */
  readonly stopSignal: NodeJS.Signals
  readonly ready: () => Promise<boolean>
}

const Trace = z.object({ pid: z.number().int(), startedTicks: z.string(), bootId: z.string() })

/**
 * Starts servers that outlive this process and finds them again. Each leaves a file `run/NAME.json` with its
 * process id, the moment of its start and the machine's boot: a process id that was given to another program
 * since is never taken for ours.
 */
export class Processes {
  readonly #run: string
  readonly #log: string

  constructor(folder: string) {
    this.#run = join(folder, 'run')
    this.#log = join(folder, 'log')
    mkdirSync(this.#run, { recursive: true })
    mkdirSync(this.#log, { recursive: true })
  }

  logFile(name: string): string {
    return join(this.#log, `${name}.log`)
  }

  /** The process id of the server of that name if it lives. */
  find(name: string): number | undefined {
    let trace: z.infer<typeof Trace>
    try {
      trace = Trace.parse(JSON.parse(readFileSync(this.#trace(name), 'utf8')))
    } catch {
      return undefined
    }
    return trace.bootId === bootId() && startedTicks(trace.pid) === trace.startedTicks ? trace.pid : undefined
  }

  /**
   * Starts a server unless it lives, and waits until it serves, on a busy machine too: one that ends is told at once.
   * Resolves to whether it had to be started.
   */
  async start(server: Server, timeoutSeconds = 240): Promise<boolean> {
    const living = this.find(server.name)
    const pid = living ?? this.#spawn(server)
    const deadline = Date.now() + timeoutSeconds * 1_000
    while (!(await server.ready())) {
      if (this.find(server.name) === undefined) throw new Error(this.#obituary(server.name, 'ended at once'))
      if (Date.now() > deadline)
        throw new Error(
          this.#obituary(server.name, `(pid ${pid}) does not answer after ${timeoutSeconds} seconds`),
        )
      await sleep(50)
    }
    return living === undefined
  }

  /** Ends a server that we started, if it lives; resolves to whether it did. Kills it after the time-out. */
  async stop(name: string, signal: NodeJS.Signals, timeoutSeconds = 30): Promise<boolean> {
    const pid = this.find(name)
    if (pid !== undefined) {
      process.kill(pid, signal)
      const deadline = Date.now() + timeoutSeconds * 1_000
      for (let killed = false; this.find(name) !== undefined; await sleep(50)) {
        if (killed || Date.now() < deadline) continue
        process.kill(pid, 'SIGKILL')
        killed = true
      }
    }
    rmSync(this.#trace(name), { force: true })
    return pid !== undefined
  }

  #spawn(server: Server): number {
    const output = openSync(this.logFile(server.name), 'a', 0o600)
    const child = spawn(server.command, [...server.args], {
      detached: true,
      cwd: '/',
      stdio: ['ignore', output, output],
      env: { ...process.env, ...server.env },
      ...(server.identity ?? {}),
    })
    closeSync(output)
    // A program that cannot be executed reports so later; that it has no process id says it at once.
    child.on('error', () => undefined)
    if (child.pid === undefined) throw new Error(`${server.command} cannot be started.`)
    const ticks = startedTicks(child.pid)
    const trace = { pid: child.pid, startedTicks: ticks ?? 'ended', bootId: bootId() }
    writeFileSync(this.#trace(server.name), JSON.stringify(trace))
    child.unref()
    return child.pid
  }

  #trace(name: string): string {
    return join(this.#run, `${name}.json`)
  }

  #obituary(name: string, what: string): string {
    const file = this.logFile(name)
    const lastLines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n  ')
    return `${name} ${what}. The end of ${file}:\n  ${lastLines}`
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** When a process began, in clock ticks since boot (proc(5), field 22 of stat); undefined for none or a dead one. */
function startedTicks(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The second field is the program's name in brackets and may hold anything: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}
