import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startAgentProcess } from '../faults/agent-process.ts'
import { until } from '../faults/waiting.ts'
import { type AgentInstance, agentInstance } from '../fixtures/agent-instance.ts'

const ROOT = join(import.meta.dirname, '../..')

let instance: AgentInstance
beforeAll(async () => {
  const turbo = join(ROOT, 'node_modules/.bin/turbo')
  const built = spawnSync(turbo, ['run', 'build', '--filter=@odoo-backup/agent'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  })
  if (built.status !== 0) throw new Error(`The build failed:\n${built.stdout}${built.stderr}`)
  instance = await agentInstance()
})
afterAll(() => instance?.close())

/** What an administrator types to start the service, without `node` and without its options. */
function programOfReadme(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const program = / node \/opt\/odoo-backup\/(apps\/agent\/dist\/\S+) --config/.exec(readme)?.[1]
  if (program === undefined) throw new Error('The README does not say how the service is started.')
  return program
}

async function threadsOf(environment: Record<string, string>): Promise<number> {
  const service = await startAgentProcess(instance.configurationFile, environment, [programOfReadme()])
  try {
    return readdirSync(`/proc/${service.pid}/task`).length
  } finally {
    await service.kill()
  }
}

test('as the README starts it, the service compresses on all cores and has four threads more to read files', async () => {
  const withFour = await threadsOf({ UV_THREADPOOL_SIZE: '4' })
  expect((await threadsOf({})) - withFour).toBe(availableParallelism())
  expect((await threadsOf({ UV_THREADPOOL_SIZE: '9' })) - withFour).toBe(5)
})

/** The `nice` value of each thread of a process: field 19 of proc_pid_stat(5), counted behind the name. */
function nicenessOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map(thread => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })
}

test('a limit on CPU holds for every thread, those that compress as well', async () => {
  const polite = await agentInstance({ nice: '7' })
  try {
    const service = await startAgentProcess(polite.configurationFile, {}, [programOfReadme()])
    try {
      const values = await until(async () => {
        const found = nicenessOf(service.pid)
        return found.every(value => value === 7) ? found : undefined
      })
      expect(values.length).toBeGreaterThan(4)
    } finally {
      await service.kill()
    }
  } finally {
    await polite.close()
  }
})
