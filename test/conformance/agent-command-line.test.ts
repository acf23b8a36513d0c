import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runCli } from '../../apps/agent/src/cli/run.ts'
import type { World } from '../../apps/agent/src/cli/world.ts'
import { openNoticeBoard } from '../../apps/agent/src/monitor/index.ts'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import { databaseFingerprint, filesFingerprint } from '../../packages/odoo/src/testing/fingerprint.ts'
import { type AgentInstance, agentInstance } from '../fixtures/agent-instance.ts'
import { everythingOf } from '../fixtures/agent-surface.ts'
import { noteOutput } from '../fixtures/run-records.ts'

// The command as people run it: processes of its own, on real parts, and no service beside it.

const root = join(import.meta.dirname, '../..')
let instance: AgentInstance
let folder: string
let database: string
let backup: string

beforeAll(async () => {
  instance = await agentInstance()
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-command-'))
  database = await instance.odoo.createSample()
})
afterAll(async () => {
  await instance.close()
  await rm(folder, { recursive: true })
})

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A process of its own, as a shell starts it; `onError` sees standard error as it comes. */
function spawned(args: readonly string[], onError?: (text: string, interrupt: () => void) => void) {
  return new Promise<Ran>((resolve, reject) => {
    const source = ['--conditions=odoo-backup-source', '--import', 'tsx', 'apps/agent/src/cli/main.ts']
    const child = spawn(process.execPath, [...source, ...args], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: folder, ODOO_BACKUP_CONFIG: instance.configurationFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    noteOutput('a command of the agent', child.stderr)
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
      onError?.(stderr, () => child.kill('SIGINT'))
    })
    child.on('error', reject)
    child.on('close', status => resolve({ status, stdout, stderr }))
  })
}

/** The same in this process, which spares the start of one: every command opens and closes an agent of its own. */
async function run(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') => ({
    isTerminal: false,
    columns: 100,
    write: (text: string) => {
      written[name] += text
    },
    writeBytes: async () => undefined,
  })
  const world: World = {
    openAgent: async ({ worker }) => {
      const { agent, store, isLeftToOthers, close } = await instance.open({ worker })
      return { agent, notices: openNoticeBoard(agent, store.path), isLeftToOthers, close }
    },
    environment,
    stdout: output('stdout'),
    stderr: output('stderr'),
    ask: undefined,
    readInput: async () => '',
    signal: new AbortController().signal,
    clock: Date.now,
  }
  return { status: await runCli(args, world, 'test'), ...written }
}

const lastLine = ({ stdout }: Ran) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

const fingerprint = async (name: string) => ({
  rows: await instance.odoo.cluster.withClient(name, databaseFingerprint),
  files: await filesFingerprint(instance.odoo.filestore(name)),
})

test('backup with no service running makes the backup itself, and tells phases, bytes and the end', async () => {
  const ran = await spawned(['backup', database])
  expect(ran).toMatchObject({ status: 0 })
  expect(ran.stdout).toMatch(new RegExp(`^Backup of ${database} is done \\(${database}\\.\\d{4}-.*\\.zip, `))
  expect(ran.stderr).toContain(`Backup of ${database}: `)
  const listed = await run(['list', '--json'])
  const [found] = JSON.parse(listed.stdout)
  expect(found).toMatchObject({ database, encrypted: false, format: 'zip' })
  backup = found.name
})

test('restore brings it back identical under another name', async () => {
  const name = instance.odoo.name('_restored')
  const ran = await run(['restore', backup, '--as', name, '--moved', '--json'])
  expect(ran.status).toBe(0)
  expect(lastLine(ran)).toMatchObject({ kind: 'restore', state: 'completed', database: name })
  expect(await fingerprint(name)).toEqual(await fingerprint(database))
})

test('download gives the archive, and restore --file takes it', async () => {
  const path = join(folder, 'shop.zip')
  expect((await run(['download', backup, '-o', path])).status).toBe(0)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const name = instance.odoo.name('_file')
  expect(await run(['restore', '--file', path, '--as', name, '--moved'])).toMatchObject({ status: 0 })
  expect(await fingerprint(name)).toEqual(await fingerprint(database))
})

test('an encrypted backup asks for its password by file, and a wrong one is 65 and changes nothing', async () => {
  const [right, wrong] = [join(folder, 'right'), join(folder, 'wrong')]
  await writeFile(right, 'correct horse\n')
  await writeFile(wrong, 'battery staple\n')
  const encrypt = ['settings', 'set', '-d', database, 'encrypted=true', '--encryption-password-file', right]
  expect((await run(encrypt)).status).toBe(78)
  expect(await run([...encrypt, '--password-kept-elsewhere'])).toMatchObject({ status: 0 })
  const { backup: encrypted } = lastLine(await run(['backup', database, '--json']))
  expect(encrypted).toMatch(/\.zip\.enc$/)
  const name = instance.odoo.name('_encrypted')
  const before = await everythingOf(instance)
  const refused = await run(['restore', encrypted, '--as', name, '--encryption-password-file', wrong])
  expect(refused.status).toBe(65)
  expect(refused.stderr).toMatch(/password/i)
  expect(await everythingOf(instance)).toEqual(before)
  const plain = join(folder, 'plain.zip')
  const download = ['download', encrypted, '--decrypt', '-o', plain, '--encryption-password-file']
  expect((await run([...download, wrong])).status).toBe(65)
  expect(await readdir(folder)).not.toEqual(expect.arrayContaining([expect.stringContaining('plain.zip')]))
  expect(await run([...download, right])).toMatchObject({ status: 0 })
  const decrypted = instance.odoo.name('_decrypted')
  expect(await run(['restore', '--file', plain, '--as', decrypted, '--moved'])).toMatchObject({ status: 0 })
  expect(await fingerprint(decrypted)).toEqual(await fingerprint(database))
  const args = ['restore', encrypted, '--as', name, '--moved']
  expect(await run(args, { ODOO_BACKUP_ENCRYPTION_PASSWORD: 'correct horse' })).toMatchObject({ status: 0 })
  expect(await fingerprint(name)).toEqual(await fingerprint(database))
})

test('verify proves the backup in a hidden database, and the list says so', async () => {
  expect(await run(['verify', backup])).toMatchObject({ status: 0 })
  const shown = JSON.parse((await run(['show', backup, '--json'])).stdout)
  expect(shown.verification).toMatchObject({ passed: true })
})

test('rotate --dry-run tells what would go and why, and touches nothing', async () => {
  expect((await run(['settings', 'set', '-d', database, 'retention.yearly=1'])).status).toBe(0)
  const before = await everythingOf(instance)
  const plan = JSON.parse((await run(['rotate', database, '--dry-run', '--json'])).stdout)
  expect(plan.kept).toHaveLength(1)
  expect(plan.rotated).toMatchObject([{ backup: { name: backup }, reason: expect.stringMatching(/\w+/) }])
  expect(await everythingOf(instance)).toEqual(before)
})

describe('a person at the terminal', () => {
  test('sees the state of all at a glance', async () => {
    const { status, stdout } = await run(['status'])
    // What was restored here has no backup of its own yet.
    expect(status).toBe(2)
    expect(stdout).toMatch(/^You are NOT SAFE\.\n- No backup at all: /)
    expect(stdout).toMatch(/^Connected: the bucket \S+, folder \S+\.$/m)
    expect(stdout).toMatch(new RegExp(`${database} +\\d{4}-\\d\\d-\\d\\d .* UTC`))
  })

  test('asks the doctor, who finds nothing at fault here', async () => {
    const ran = await run(['doctor', '--json'])
    const findings = ran.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(findings.filter(finding => finding.state === 'fault')).toEqual([])
    expect(ran.status).toBe(0)
    expect(findings.length).toBeGreaterThan(5)
  })

  test('interrupts a backup: it is cancelled, and nothing of it is left', async () => {
    const before = await everythingOf(instance)
    const ran = await instance.odoo.cluster.withClient(database, async client => {
      // The dump waits for this lock, so that the interruption surely comes while it runs.
      await client.query('BEGIN; LOCK TABLE ir_mail_server IN ACCESS EXCLUSIVE MODE')
      let told = false
      return spawned(['backup', database], (text, interrupt) => {
        if (told || !text.includes('the database')) return
        told = true
        interrupt()
      }).finally(() => client.query('ROLLBACK'))
    })
    expect(ran.status).toBe(75)
    expect(ran.stderr).toContain('Cancelling')
    expect(ran.stderr).toContain('was cancelled')
    expect(await everythingOf(instance)).toEqual(before)
  })

  test('gives a configuration file that is not there, and is told what to do', async () => {
    const ran = await spawned(['databases', '--config', join(folder, 'none', 'agent.conf')])
    expect(ran.status).toBe(78)
    expect(ran.stderr).toContain('agent.conf')
    expect(ran.stderr).not.toContain('at ')
  })
})

describe('beside a service', () => {
  let service: OpenedAgent
  beforeAll(async () => {
    service = await instance.open()
    const queue = await service.queue.get()
    while ((await queue.liveWorkers()) === 0) await wait(50)
  })

  test('cancel stops a job that the service runs, and nothing of it is left', async () => {
    const before = await everythingOf(instance)
    await instance.odoo.cluster.withClient(database, async client => {
      // The dump waits for this lock, so that the job surely runs when it is cancelled.
      await client.query('BEGIN; LOCK TABLE ir_mail_server IN ACCESS EXCLUSIVE MODE')
      const { id } = lastLine(await run(['backup', database, '--no-wait', '--json']))
      while ((await service.agent.job(id)).state !== 'active') await wait(50)
      expect(await run(['cancel', id])).toMatchObject({ status: 0 })
      const followed = await run(['jobs', id])
      expect(followed.stdout + followed.stderr).toContain('was cancelled')
      await client.query('ROLLBACK')
    })
    expect(await everythingOf(instance)).toEqual(before)
  })
})
