import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Notice } from '@odoo-backup/protocol'
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

let standing: readonly Notice[] = []
const notices = { list: async () => standing }
const health = () => checkHealth({ checks: readinessChecks({ ...opened, notices }), timeoutSeconds: 60 })

test('all is ready where all answers, and a faulty configuration is said without a word of what it holds', async () => {
  const well = { state: 'ok' }
  const checks = { postgres: well, queue: well, configuration: well, notices: well }
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

test('that notices cannot be delivered is said while it lasts, without where they go', async () => {
  const notice = Notice.parse({
    ...{ id: 'notice_undelivered:webhook', kind: 'notice_undelivered', severity: 'warning' },
    ...{ message: 'hooks.example does not answer.', raisedAt: '2026-03-10T12:00:00Z' },
  })
  standing = [notice]
  expect(await health()).toMatchObject({
    state: 'degraded',
    checks: { notices: { state: 'degraded', detail: expect.not.stringContaining('hooks') } },
  })
  standing = [{ ...notice, clearedAt: '2026-03-10T13:00:00Z' }]
  expect((await health()).checks.notices).toEqual({ state: 'ok' })
})
