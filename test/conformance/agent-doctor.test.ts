import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, jest, test } from '@jest/globals'
import { OdooCluster } from '@odoo-backup/odoo'
import type { Finding } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { findTool } from '../../packages/odoo/src/cluster/tools.ts'
import { type AgentInstance, type AgentOptions, agentInstance } from '../fixtures/agent-instance.ts'
import { startFaultProxy } from '../fixtures/fault-proxy.ts'

const sandbox = sandboxEnvironment()
const NO_BUCKET = {
  s3_bucket_name: '',
  aws_access_key_id: '',
  aws_secret_access_key: '',
  aws_endpoint: '',
  private_s3_dir: '',
}

let instance: AgentInstance
afterEach(() => instance.close())

/** What the doctor finds, by check. */
async function examine(
  options: AgentOptions = {},
  sections = '',
  opened: { now?: () => Date } = {},
): Promise<Map<string, Finding>> {
  instance = await agentInstance(options, sections)
  await mkdir(join(instance.odoo.dataDir, 'filestore'), { recursive: true })
  const { agent } = await instance.open({ worker: 'never', ...opened })
  const findings = new Map<string, Finding>()
  for await (const finding of agent.doctor()) findings.set(finding.check, finding)
  return findings
}

/** What a person reads of a finding. */
const said = (finding: Finding | undefined) => `${finding?.message} ${finding?.advice ?? ''}`

test('a whole instance passes every check', async () => {
  const findings = await examine()
  const checks = ['configuration', 'postgres', 'pg_dump', 'psql', 'pg_restore', 'queue', 'filestore', 'disk']
  const storage = ['storage for backup', 'storage for restore', 'storage for rotate']
  expect([...findings.keys()]).toEqual([...checks, 'clock', ...storage])
  expect([...findings.values()].filter(({ check, state }) => state !== 'ok' && check !== 'disk')).toEqual([])
})

test('PostgreSQL that does not answer: start it, or mend its address', async () => {
  const findings = await examine({}, 'db_port = 9\n')
  expect(findings.get('postgres')?.state).toBe('fault')
  expect(said(findings.get('postgres'))).toMatch(/Start PostgreSQL.*db_port/)
  expect(findings.get('storage for backup')?.state).toBe('ok')
})

test('no tool that is new enough for the server: which package brings it', async () => {
  // No machine has the tools of a server that is not released yet.
  const tool = jest
    .spyOn(OdooCluster.prototype, 'tool')
    .mockImplementation(name => findTool(name, 990_000, undefined, process.env))
  const findings = await examine().finally(() => tool.mockRestore())
  expect(findings.get('pg_dump')?.state).toBe('fault')
  expect(said(findings.get('pg_dump'))).toMatch(/Install it .*postgresql-client-99/)
})

test('a filestore that is not where it should be: data_dir and the user to run as', async () => {
  const findings = await examine({}, 'data_dir = /nowhere/odoo\n')
  expect(findings.get('filestore')?.state).toBe('warning')
  expect(said(findings.get('filestore'))).toMatch(/\/nowhere\/odoo.*data_dir.*user that runs Odoo/)
})

test('a clock that is an hour off: NTP', async () => {
  const findings = await examine({}, '', { now: () => new Date(Date.now() + 3_600_000) })
  expect(findings.get('clock')?.state).toBe('fault')
  expect(said(findings.get('clock'))).toMatch(/NTP/)
})

test('a broker that does not answer: the network', async () => {
  const findings = await examine({ ...NO_BUCKET, broker_url: 'http://127.0.0.1:9' })
  expect(findings.get('storage for backup')?.state).toBe('fault')
  expect(said(findings.get('storage for backup'))).toMatch(/network/)
})

test('rights in the bucket are looked at by purpose, and a refusal says whose keys to check', async () => {
  const proxy = await startFaultProxy(sandbox.s3Endpoint, ({ method }) =>
    method === 'GET' ? { kind: 'answer', status: 403 } : undefined,
  )
  try {
    const findings = await examine({ aws_endpoint: proxy.url })
    for (const purpose of ['backup', 'restore', 'rotate']) {
      const finding = findings.get(`storage for ${purpose}`)
      expect(finding?.state).toBe('fault')
      expect(said(finding)).toMatch(/Check the keys, their rights/)
    }
  } finally {
    await proxy.close()
  }
})
