import { existsSync } from 'node:fs'
import type { JobId } from '@odoo-backup/protocol'
import type { Command } from 'commander'
import { AgentError } from '../errors.ts'
import type { NoticeBoard } from '../http/api/context.ts'
import type { Agent } from '../operations.ts'
import type { OpenedAgent, WorkerWish, World } from './world.ts'

const DEFAULT_CONFIGURATION = '/etc/odoo-backup/agent.conf'

interface GlobalOptions {
  readonly config?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** One run of one command: where it writes, and the agent it speaks to. */
export interface Invocation {
  readonly world: World
  /** Programs read the output: JSON alone on standard output. */
  readonly json: boolean
  readonly configurationFile: string
  /** No progress. */
  readonly quiet: boolean
  /** Text for people on standard output; nothing with `--json`. */
  say(text: string): void
  /** One JSON document on a line of standard output; nothing without `--json`. */
  tell(value: unknown): void
  /**
   * Ctrl-C ends it at once with `cancelled`, except where a job is worked off or `finishes` is set: that work hears of
   * it by itself and cleans up.
   */
  withAgent<Result>(
    worker: WorkerWish,
    work: (agent: Agent, notices: NoticeBoard) => Promise<Result>,
    options?: { readonly finishes: boolean },
  ): Promise<Result>
  /** Within `withAgent`: whether a worker elsewhere sees to this job, and not this process. */
  isLeftToOthers(id: JobId): Promise<boolean>
}

export function invocationOf(command: Command, world: World): Invocation {
  const { config, json = false, quiet = false } = command.optsWithGlobals<GlobalOptions>()
  let current: OpenedAgent | undefined
  const configurationFile = config ?? world.environment.ODOO_BACKUP_CONFIG ?? DEFAULT_CONFIGURATION
  return {
    world,
    json,
    configurationFile,
    quiet,
    say: text => {
      if (!json) world.stdout.write(`${text}\n`)
    },
    tell: value => {
      if (json) world.stdout.write(`${JSON.stringify(value)}\n`)
    },
    withAgent: async (worker, work, { finishes } = { finishes: worker !== 'never' }) => {
      // A file that is not there is begun with, but one that was named by hand and is not there was misspelt.
      if (config !== undefined && !existsSync(config))
        throw new AgentError('configuration_invalid', `There is no configuration file ${config}.`)
      const opened = await world.openAgent({ configurationFile, worker })
      current = opened
      try {
        const working = work(opened.agent, opened.notices)
        return await (finishes ? working : unlessInterrupted(working, world.signal))
      } finally {
        current = undefined
        await opened.close()
      }
    },
    isLeftToOthers: async id => current?.isLeftToOthers(id) ?? true,
  }
}

async function unlessInterrupted<Result>(working: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let stop: () => void = () => undefined
  const interrupted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new AgentError('cancelled', 'It was interrupted before it had ended.'))
  })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([working, interrupted]).finally(() => signal.removeEventListener('abort', stop))
}
