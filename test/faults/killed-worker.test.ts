import { afterEach, describe, expect, test } from '@jest/globals'
import type { JobView } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance } from '../fixtures/agent-instance.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { gate } from '../fixtures/gate.ts'
import { type AgentProcess, startAgentProcess } from './agent-process.ts'
import { openWithPatience } from './kill-at.ts'
import { expectRecovered, victim } from './recovered.ts'
import { until, uploadBegun } from './waiting.ts'

const sandbox = sandboxEnvironment()

describe.each([
  ['PostgreSQL', 'postgres'],
  ['Redis', sandbox.redisUrl],
])('with the queue in %s', (_name, queue) => {
  let instance: AgentInstance
  let service: AgentProcess | undefined
  let store: FaultProxy
  afterEach(async () => {
    await service?.kill()
    await instance.close()
    await store.close()
  })

  test('kill -9 in the middle of a backup, twice: it is run again, ends well, and nothing half is left', async () => {
    // While it is so, no part of an archive is answered: an upload that has begun does not end.
    let holdsParts = true
    store = await startFaultProxy(sandbox.s3Endpoint, ({ method, query }) =>
      holdsParts && method === 'PUT' && query.has('partNumber')
        ? { kind: 'gate', before: 'answer', gate: gate() }
        : undefined,
    )
    instance = await agentInstance({ aws_endpoint: store.url, queue, worker_silence_seconds: '2' })
    const opened = await instance.open({ worker: 'never' })
    const { agent, close } = opened
    const database = await victim(instance, agent, 16)
    const id = await agent.startBackup({ database })
    const state = async (): Promise<JobView> => agent.job(id)

    let upload: string | undefined
    for (let run = 1; run <= 2; run++) {
      service = await startAgentProcess(instance.configurationFile)
      upload = await uploadBegun(opened, id, upload)
      await service.kill()
      expect(await agent.backups()).toEqual([])
      expect((await state()).state).toBe('active')
    }

    holdsParts = false
    service = await startAgentProcess(instance.configurationFile)
    const done = await until(async () => {
      const view = await state()
      return view.state === 'completed' || view.state === 'failed' ? view : undefined
    })
    expect(done).toMatchObject({ state: 'completed' })
    // More where the machine is so slow that a worker that lives is silent for longer than it may be.
    expect(done.attempt).toBeGreaterThanOrEqual(3)
    expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
    await service.terminate()
    await close()
    await expectRecovered(instance, await openWithPatience(instance), database)
  })
})
