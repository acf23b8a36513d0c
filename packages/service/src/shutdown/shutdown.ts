import type { Log } from '../log/logger.ts'

export interface ShutdownOptions {
  readonly log: Log
  /** Ends the process; passed in so that tests live on. */
  readonly exit?: (status: number) => void
}

/** Ends a process in order: what was opened last is closed first. */
export interface Shutdown {
  /** Adds a phase; it is given `timeoutSeconds` (10 by default), then the next begins all the same. */
  phase(name: string, close: () => Promise<void> | void, options?: { readonly timeoutSeconds?: number }): void
  /** Runs all phases once, in the reverse order of their adding. True when each ended well and in time. */
  run(reason: string): Promise<boolean>
  /** SIGTERM and SIGINT run the phases and exit with 0 (1 when a phase failed); the second signal exits at once. */
  onSignals(): void
}

interface Phase {
  readonly name: string
  readonly close: () => Promise<void> | void
  readonly timeoutSeconds: number
}

export function createShutdown({ log, exit = status => process.exit(status) }: ShutdownOptions): Shutdown {
  const phases: Phase[] = []
  let running: Promise<boolean> | undefined

  async function runAll(reason: string): Promise<boolean> {
    log.info({ reason }, 'shutting down')
    let well = true
    for (const phase of phases.toReversed()) well = (await runPhase(phase, log)) && well
    log.info({ well }, 'shut down')
    return well
  }

  function run(reason: string): Promise<boolean> {
    running ??= runAll(reason)
    return running
  }

  return {
    phase(name, close, { timeoutSeconds = 10 } = {}) {
      phases.push({ name, close, timeoutSeconds })
    },
    run,
    onSignals() {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.on(signal, () => {
          if (running !== undefined) {
            log.warn({ signal }, 'second signal: ending at once')
            exit(128 + (signal === 'SIGTERM' ? 15 : 2))
            return
          }
          void run(signal).then(well => exit(well ? 0 : 1))
        })
      }
    },
  }
}

async function runPhase({ name, close, timeoutSeconds }: Phase, log: Log): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(() => resolve('late'), timeoutSeconds * 1000)
  })
  try {
    const outcome = await Promise.race([Promise.resolve().then(close), late])
    if (outcome !== 'late') return true
    log.error({ phase: name, timeoutSeconds }, 'a phase of the shutdown took too long')
  } catch (error) {
    log.error({ err: error, phase: name }, 'a phase of the shutdown failed')
  } finally {
    clearTimeout(timer)
  }
  return false
}
