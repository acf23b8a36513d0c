import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { nodeArguments } from '../../infra/services/services.ts'
import { temporaryFolderOf } from '../fixtures/agent-instance.ts'
import { noteOutput } from '../fixtures/run-records.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The agent's service as a process of its own, as an administrator runs it. */
export interface AgentProcess {
  readonly pid: number
  readonly log: readonly string[]
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Ends it as systemd does; resolves to the exit status. */
  terminate(): Promise<number | null>
}

/** Starts the service, from its source by default, and waits until it listens. */
export async function startAgentProcess(
  configurationFile: string,
  environment: Readonly<Record<string, string>> = {},
  program: readonly string[] = nodeArguments('agent', 'main', 'source'),
): Promise<AgentProcess> {
  const child: ChildProcess = spawn(process.execPath, [...program, '--config', configurationFile], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, TMPDIR: temporaryFolderOf(configurationFile), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  noteOutput('a service of an agent', child.stdout, child.stderr)
  const log: string[] = []
  const exited = once(child, 'exit')
  const listening = new Promise<void>((done, fail) => {
    let rest = ''
    const read = (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      log.push(...lines)
      if (lines.some(line => line.includes('"listening"'))) done()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    void exited.then(([status]) =>
      fail(new Error(`the agent ended with ${status}:\n${log.join('\n')}${rest}`)),
    )
  })
  await listening
  return {
    pid: child.pid ?? 0,
    log,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    terminate: async () => {
      child.kill('SIGTERM')
      const [status] = await exited
      return status
    },
  }
}
