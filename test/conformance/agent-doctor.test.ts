import { execFile } from 'node:child_process'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { gpgVersion } from '@odoo-backup/backup-format'
import { OdooCluster } from '@odoo-backup/odoo'
import { DatabaseName, type Finding } from '@odoo-backup/protocol'
import { withValue } from '../../apps/agent/src/config/ini-document.ts'
import { listBackups } from '../../apps/agent/src/jobs/stored-backups.ts'
import { judgeUser } from '../../apps/agent/src/operations/doctor/filestore.ts'
import { temporaryFolder } from '../../apps/agent/src/operations/doctor/temporary-folder.ts'
import { gpg } from '../../apps/agent/src/operations/doctor/tools.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { findTool } from '../../packages/odoo/src/cluster/tools.ts'
import {
  type AgentInstance,
  type AgentOptions,
  agentInstance,
  NO_BUCKET,
} from '../fixtures/agent-instance.ts'
import { type Fault, type SeenRequest, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { HttpBrowser } from '../fixtures/http-browser.ts'
import { approve } from '../fixtures/log-in.ts'
import { newOdooComUser, runBroker } from '../fixtures/running-broker.ts'

const sandbox = sandboxEnvironment()

let instance: AgentInstance
afterEach(() => instance.close())

/** What the doctor finds, by check. */
async function examine(
  options: AgentOptions = {},
  sections = '',
  opened: { now?: () => Date } = {},
): Promise<Map<string, Finding>> {
  await begin(options, sections)
  return findings(opened)
}

async function begin(options: AgentOptions = {}, sections = ''): Promise<void> {
  instance = await agentInstance(options, sections)
  await mkdir(join(instance.odoo.dataDir, 'filestore'), { recursive: true })
}

async function findings(opened: { now?: () => Date } = {}): Promise<Map<string, Finding>> {
  const { agent } = await instance.open({ worker: 'never', ...opened })
  const found = new Map<string, Finding>()
  for await (const finding of agent.doctor()) found.set(finding.check, finding)
  return found
}

/** What a person reads of a finding. */
const said = (finding: Finding | undefined) => `${finding?.message} ${finding?.advice ?? ''}`

async function throughProxy(
  choose: (request: SeenRequest) => Fault | undefined,
): Promise<Map<string, Finding>> {
  const proxy = await startFaultProxy(sandbox.s3Endpoint, choose)
  try {
    return await examine({ aws_endpoint: proxy.url })
  } finally {
    await proxy.close()
  }
}

const STORAGE = ['storage for backup', 'storage for restore', 'storage for rotate']
const states = (found: ReadonlyMap<string, Finding>) => STORAGE.map(check => found.get(check)?.state)

test('a whole instance passes every check, and nothing of the trials is left', async () => {
  const found = await examine()
  const tools = ['pg_dump', 'psql', 'pg_restore', 'gpg']
  const server = ['queue', 'system user', 'filestore', 'disk', 'temporary folder', 'clock']
  expect([...found.keys()]).toEqual([
    'configuration',
    'postgres',
    'postgres role',
    ...tools,
    ...server,
    ...STORAGE,
  ])
  // Databases of other tests, whose filestores lie elsewhere, are no fault of this instance: nothing backs them up.
  const unsure = ['disk', 'filestore', 'temporary folder']
  expect([...found.values()].filter(({ check, state }) => state !== 'ok' && !unsure.includes(check))).toEqual(
    [],
  )
  expect(found.get('filestore')?.state).not.toBe('fault')
  const place = `the bucket ${sandbox.privateBucket}, folder ${instance.prefix.slice(0, -1)}`
  expect(found.get('storage for backup')?.message).toBe(`An object was stored in ${place}.`)
  expect(found.get('clock')?.message).toContain(new URL(sandbox.s3Endpoint).host)
  const keys: string[] = []
  for await (const { key } of instance.storage.list(instance.prefix)) keys.push(key)
  expect(keys).toEqual([])
})

test('PostgreSQL that does not answer: start it, or mend its address', async () => {
  const found = await examine({}, 'db_port = 9\n')
  expect(found.get('postgres')?.state).toBe('fault')
  expect(said(found.get('postgres'))).toMatch(/Start PostgreSQL.*db_port/)
  expect(found.get('storage for backup')?.state).toBe('ok')
})

test('a role that may not make databases: the command for the superuser', async () => {
  await begin()
  const superuser = await instance.odoo.superuser()
  const role = instance.odoo.cluster.settings.dbUser ?? ''
  try {
    await superuser.query(`ALTER ROLE "${role}" NOCREATEDB`)
    const found = (await findings()).get('postgres role')
    expect(found?.state).toBe('fault')
    expect(said(found)).toContain(`As the superuser run: ALTER ROLE "${role}" CREATEDB;`)
    await superuser.query(`ALTER ROLE "${role}" CREATEDB`)
    expect((await findings()).get('postgres role')?.state).toBe('ok')
  } finally {
    await superuser.end()
  }
})

test('a temporary folder that is full, or none: what cannot be done, and TMPDIR', async () => {
  await begin()
  expect(await temporaryFolder(instance.folder)).toMatchObject({ check: 'temporary folder' })
  const none = await temporaryFolder(join(instance.folder, 'none'))
  expect(none.state).toBe('fault')
  expect(said(none)).toMatch(/none is no folder that \S+ may write: no encrypted backup.*TMPDIR/)
  const disk = join(instance.folder, 'small')
  await mkdir(disk)
  const run = promisify(execFile)
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
  try {
    const small = await temporaryFolder(disk)
    expect(small.state).toBe('warning')
    expect(said(small)).toMatch(/^[\d.]+ MB are free for temporary files, at .*TMPDIR/)
  } finally {
    await run('umount', [disk])
  }
})

test('no tool that is new enough for the server: which package brings it', async () => {
  // No machine has the tools of a server that is not released yet.
  const tool = jest
    .spyOn(OdooCluster.prototype, 'tool')
    .mockImplementation(name => findTool(name, 990_000, undefined, process.env))
  const found = await examine().finally(() => tool.mockRestore())
  expect(found.get('pg_dump')?.state).toBe('fault')
  expect(said(found.get('pg_dump'))).toMatch(/Install it .*postgresql-client-99/)
})

test('no gpg: a fault where a database is to be encrypted, else a warning', async () => {
  await begin()
  const { store } = await instance.open({ worker: 'never' })
  expect(await gpg({ store })).toMatchObject({ state: 'ok', message: expect.stringMatching(/gpg is 2\./) })
  const missing = () => gpgVersion(join(instance.folder, 'no-gpg'))
  expect(await gpg({ store }, missing)).toMatchObject({ state: 'warning' })
  await store.change(document =>
    ['encrypt_backups', 'encryption_password_kept', 'encryption_password'].reduce(
      (changed, name) => withValue(changed, 'database:any', `odoo_backup_sh_${name}`, 'True'),
      document,
    ),
  )
  const encrypted = await gpg({ store }, missing)
  expect(encrypted.state).toBe('fault')
  expect(said(encrypted)).toMatch(/install the package gnupg/)
})

test('a filestore without the files that a scheduled database names: data_dir and the user to run as', async () => {
  await begin()
  const database = DatabaseName.parse(await instance.odoo.createSample())
  expect((await findings()).get('filestore')?.message).not.toContain(database)
  const folder = instance.odoo.filestore(database)
  await rename(folder, `${folder}-elsewhere`)
  const unscheduled = (await findings()).get('filestore')
  expect(unscheduled).toMatchObject({ state: 'warning', message: expect.stringContaining(database) })
  const { agent } = await instance.open({ worker: 'never' })
  await agent.changeDatabaseSettings(database, { enabled: true })
  const found = (await findings()).get('filestore')
  expect(found?.state).toBe('fault')
  expect(said(found)).toMatch(new RegExp(`${database}.*data_dir.*user that runs Odoo`))
})

test('no filestore at all, though databases name files: a fault, whatever is scheduled', async () => {
  await begin({}, 'data_dir = /nowhere/odoo\n')
  await instance.odoo.createSample()
  const found = (await findings()).get('filestore')
  expect(found?.state).toBe('fault')
  expect(said(found)).toMatch(/\/nowhere\/odoo.*data_dir.*user that runs Odoo/)
})

test('a filestore of another user: as whom to run', () => {
  const found = { uid: 1001, name: 'backup', folder: '/srv/odoo/filestore', owner: 101 }
  expect(judgeUser(found)).toMatchObject({
    state: 'fault',
    message: expect.stringContaining('belongs to the user 101'),
  })
  expect(said(judgeUser(found))).toContain('Run the agent as the user that runs Odoo')
  expect(judgeUser({ ...found, owner: 1001 }).state).toBe('ok')
  expect(judgeUser({ ...found, owner: undefined }).state).toBe('ok')
  expect(judgeUser({ ...found, uid: 0, name: 'root' }).state).toBe('ok')
})

test('a disk with little room, measured where the filestore will be: a warning', async () => {
  await begin()
  const disk = join(instance.folder, 'disk')
  await mkdir(disk)
  const run = promisify(execFile)
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0755', 'tmpfs', disk])
  try {
    const { store } = await instance.open({ worker: 'never' })
    await store.change(document => withValue(document, 'options', 'data_dir', join(disk, 'odoo')))
    const found = (await findings()).get('disk')
    expect(found?.state).toBe('warning')
    expect(found?.message).toMatch(
      new RegExp(`^(?:[0-5]\\.\\d MB|\\d+ (?:kB|bytes)) are free at ${disk}\\.$`),
    )
  } finally {
    await run('umount', [disk])
  }
})

describe('a clock that is an hour off', () => {
  test('is found by the storage’s, though PostgreSQL shares it', async () => {
    const anHourAgo = () => new Date(Date.now() - 3_600_000).toUTCString()
    const found = await throughProxy(({ method, path }) =>
      method === 'HEAD' && path === '/' ? { kind: 'rewrite', headers: { date: anHourAgo() } } : undefined,
    )
    expect(found.get('clock')?.state).toBe('fault')
    expect(said(found.get('clock'))).toMatch(/36\d\d s ahead of.*NTP/)
  })

  test('is found by PostgreSQL’s where nothing else can be asked', async () => {
    const folder = { ...NO_BUCKET, directory: '/tmp' }
    const found = await examine(folder, '', { now: () => new Date(Date.now() + 3_600_000) })
    expect(found.get('clock')?.state).toBe('fault')
    expect(said(found.get('clock'))).toMatch(/PostgreSQL.*NTP/)
  })
})

test('a broker that does not answer: the network, also while a credential is still valid', async () => {
  const found = await examine({ ...NO_BUCKET, broker_url: 'http://127.0.0.1:9' })
  for (const check of ['broker', 'storage for backup']) {
    expect(found.get(check)?.state).toBe('fault')
    expect(said(found.get(check))).toMatch(/network/)
  }
})

describe('rights in the bucket', () => {
  const refused = { kind: 'answer', status: 403 } as const

  test('are tried by purpose: no listing, nothing works, and the advice says whose keys to check', async () => {
    const found = await throughProxy(({ method, query }) =>
      method === 'GET' && query.has('list-type') ? refused : undefined,
    )
    expect(states(found)).toEqual(['fault', 'fault', 'fault'])
    for (const check of STORAGE) expect(said(found.get(check))).toMatch(/Check the keys, their rights/)
  })

  test.each([
    ['stored', 'PUT', ['fault', 'ok', 'ok']],
    ['read', 'GET', ['ok', 'fault', 'ok']],
    ['deleted', 'DELETE', ['ok', 'ok', 'fault']],
  ])('where nothing may be %s only that purpose is at fault', async (_what, refusedMethod, expected) => {
    const found = await throughProxy(({ method, query }) =>
      method === refusedMethod && !query.has('list-type') ? refused : undefined,
    )
    expect(states(found)).toEqual(expected)
  })

  test('a probe that stays behind counts as no backup', async () => {
    await throughProxy(({ method }) => (method === 'DELETE' ? refused : undefined))
    const { storage, prefix } = instance
    const listing = await listBackups({ storage, prefix, service: 'own', close: () => undefined })
    expect(listing).toEqual({ backups: [], loneArchives: [], loneInfos: [], markers: new Map() })
    const keys: string[] = []
    for await (const { key } of storage.list(prefix)) keys.push(key)
    expect(keys).toHaveLength(1)
  })

  test('of several places each is named', async () => {
    await begin()
    const database = DatabaseName.parse(await instance.odoo.createSample())
    const { agent } = await instance.open({ worker: 'never' })
    const folder = join(instance.folder, 'not-mounted')
    await agent.changeDatabaseSettings(database, { destination: { kind: 'directory', folder } })
    const found = await findings()
    expect(found.get(`storage for backup in the folder ${folder}`)?.state).toBe('fault')
    expect(found.get(`storage for backup in the bucket ${sandbox.privateBucket}`)?.state).toBe('ok')
  })

  test.each([
    [['backup'], ['ok', 'warning', 'warning']],
    [
      ['restore', 'rotate'],
      ['warning', 'ok', 'ok'],
    ],
  ])(
    'that the account gave, %j, are tried with what the broker vends; what it refused is no fault',
    async (purposes, expected) => {
      const broker = await runBroker()
      try {
        await begin({ ...NO_BUCKET, broker_url: broker.url })
        const { agent } = await instance.open({ worker: 'never' })
        const asked = await agent.connect()
        if (asked.state !== 'login_required') throw new Error('The agent was connected already.')
        const { code } = await approve(new HttpBrowser(), asked.authLink, await newOdooComUser(), purposes)
        await agent.connect(code === undefined ? {} : { code })
        const found = await findings()
        expect(found.get('broker')?.state).toBe('ok')
        expect(states(found)).toEqual(expected)
        for (const check of STORAGE)
          if (found.get(check)?.state === 'warning')
            expect(said(found.get(check))).toMatch(/unless the account allows it/)
      } finally {
        await broker.close()
      }
    },
  )
})
