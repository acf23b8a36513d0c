import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { checkHealth } from '@odoo-backup/service'
import { type AgentInstance, agentInstance } from '../../../../test/fixtures/agent-instance.ts'
import type { OpenedAgent } from '../open-agent.ts'
import { readinessChecks } from './readiness.ts'

let instance: AgentInstance
let opened: OpenedAgent
beforeAll(async () => {
  instance = await agentInstance()
  opened = await instance.open()
})
afterAll(() => instance.close())

const health = () => checkHealth({ checks: readinessChecks(opened), timeoutSeconds: 60 })

test('all is ready where all answers, and a faulty configuration is said without a word of what it holds', async () => {
  const well = { state: 'ok' }
  const checks = { postgres: well, queue: well, configuration: well }
  expect(await health()).toEqual({ state: 'ok', checks })
  const text = await readFile(instance.configurationFile, 'utf8')
  await appendFile(instance.configurationFile, 'odoo_backup_sh_nice = lots of it\n')
  expect(await health()).toMatchObject({
    state: 'degraded',
    checks: { ...checks, configuration: { state: 'degraded', detail: expect.not.stringContaining('nice') } },
  })
  expect(await opened.agent.configurationFaults()).toMatchObject([
    { message: expect.stringContaining('odoo_backup_sh_nice: Write a whole number from 0 to 19.') },
  ])
  await writeFile(instance.configurationFile, text)
  expect(await health()).toEqual({ state: 'ok', checks })
  expect(await opened.agent.configurationFaults()).toEqual([])
})
