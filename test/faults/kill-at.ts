import { readFile, writeFile } from 'node:fs/promises'
import type { JobId, JobKind } from '@odoo-backup/protocol'
import type { OpenAgentOptions, OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import type { Agent } from '../../apps/agent/src/operations.ts'
import type { AgentInstance } from '../fixtures/agent-instance.ts'
import { startAgentProcess } from './agent-process.ts'
import type { Moment, Watched } from './moments.ts'
import { goingJobs, until } from './waiting.ts'

/** For workers that are to be killed: they are missed soon. */
export const SHORT_SILENCE = { worker_silence_seconds: '1' }

/**
 * An agent for what comes after the kills. A worker that is only slow, as on a machine with other work, is not taken for
 * dead by it.
 */
export async function openWithPatience(
  { configurationFile, open }: AgentInstance,
  options: Partial<OpenAgentOptions> = {},
): Promise<OpenedAgent> {
  await setSilence(configurationFile, 30)
  return open(options)
}

/** After so many seconds without a word of theirs, workers that are started from now on are taken for dead. */
export async function setSilence(configurationFile: string, seconds: number): Promise<void> {
  const text = await readFile(configurationFile, 'utf8')
  await writeFile(configurationFile, text.replace(/(?<=_worker_silence_seconds = )\d+/, String(seconds)))
}

/**
 * Runs the service until its job of this kind gets to the moment, and pulls the plug there: nothing that was held
 * back is sent on. Where no such job goes on, or the one that does ends before, a new one is started; what follows a
 * job by itself, such as rotation after a backup, is none of them.
 */
export async function killAt(
  instance: AgentInstance,
  watched: Watched,
  agent: Agent,
  moment: Moment,
  kind: JobKind,
  startJob: () => Promise<JobId>,
): Promise<void> {
  for (let turn = 1; turn <= 2; turn++) {
    const going = (await goingJobs(agent)).find(job => job.kind === kind)
    const id = going?.id ?? (await startJob())
    const { reached } = watched.watchFor(moment)
    const service = await startAgentProcess(instance.configurationFile)
    let isOver = false
    const hasEnded = until(async () =>
      isOver || (await agent.job(id)).finishedAt !== undefined ? ('ended' as const) : undefined,
    )
    const outcome = await Promise.race([reached.then(() => 'reached' as const), hasEnded])
    await service.kill()
    isOver = true
    await hasEnded
    watched.look()
    if (outcome === 'reached') return
  }
  throw new Error(`No run of the job got to this moment: ${moment.what}.`)
}
