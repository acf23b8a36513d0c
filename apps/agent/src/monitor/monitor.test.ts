import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { JobView } from '@odoo-backup/protocol'
import { createMetrics } from '@odoo-backup/service'
import { AgentInMemory } from '../../../../test/fixtures/agent-in-memory.ts'
import {
  failedForBroker,
  useWatching,
  type Watching,
  webReceiver,
} from '../../../../test/fixtures/watched-agent.ts'
import { AgentError } from '../errors.ts'
import type { Agent } from '../operations.ts'
import { createLeaseFile } from './lease.ts'
import { createMemoryFile, type MemoryStore } from './memory.ts'
import { toldOfChanges } from './told-of-changes.ts'

let watched: Watching
useWatching(made => {
  watched = made
})

const down = new AgentError('postgres_unreachable', 'PostgreSQL does not answer <here>.')

const away = new AgentError('broker_unreachable', 'The broker does not answer.')

test('that this server is not connected is taken back at the first look after somebody logged in', async () => {
  const { connection } = watched.agent
  watched.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
  const watching = watched.monitor()
  await watching.look()
  const standing = async () =>
    (await watching.list()).filter(({ clearedAt }) => clearedAt === undefined).map(({ kind }) => kind)
  expect(await standing()).toEqual(['storage_disconnected'])
  watched.agent.connection = connection
  watched.now += 60_000
  await watching.look()
  expect(await standing()).toEqual([])
})

test('what stood for want of a log-in or of credit is taken back as soon as somebody has brought a code', async () => {
  const { connection } = watched.agent
  const watching = watched.monitor()
  const people = toldOfChanges(watched.agent, () => void watching.lookAnew())
  const standing = async () => (await watching.list()).filter(({ clearedAt }) => clearedAt === undefined)
  // The first sight is told by itself.
  await people.connect()
  watched.agent.connection = { state: 'payment_required', message: 'Not enough credit.' }
  await watching.lookAnew()
  expect(await standing()).toHaveLength(1)
  watched.agent.connection = connection
  await people.connect()
  await watching.look()
  expect(await standing()).toHaveLength(1)
  await people.connect({ code: 'the-code' })
  await watching.stop()
  expect(await standing()).toEqual([])
})

test.each([
  ['connection', (people: Agent) => people.connect()],
  ['account', (people: Agent) => people.account()],
] as const)('what stood for want of credit is taken back at the first sight of a paid %s', async (_, see) => {
  const { connection } = watched.agent
  const credit = { state: 'paid', plan: 'Standard', currencyLabel: 'credits', kept: 100, owed: 0 } as const
  watched.agent.account = async () => ({ connected: true, credit })
  watched.agent.connection = { state: 'payment_required', message: 'Not enough credit.' }
  const watching = watched.monitor()
  let told = 0
  const people = toldOfChanges(watched.agent, () => {
    told += 1
    void watching.lookAnew()
  })
  await watching.look()
  const standing = async () => (await watching.list()).filter(({ clearedAt }) => clearedAt === undefined)
  expect(await standing()).toHaveLength(1)
  watched.agent.connection = connection
  await see(people)
  await watching.look()
  expect(await standing()).toEqual([])
  await see(people)
  expect(told).toBe(1)
  await watching.stop()
})

test('what stood for want of credit is taken back as soon as somebody sees that there is some', async () => {
  const { connection } = watched.agent
  const owing = { state: 'payment_required', message: 'Not enough credit.' } as const
  const watching = watched.monitor()
  const people = toldOfChanges(watched.agent, () => void watching.lookAnew())
  const standing = async () => {
    // Whatever look was asked for has ended then.
    await watching.look()
    return (await watching.list()).filter(({ clearedAt }) => clearedAt === undefined).length
  }
  watched.agent.connection = owing
  await people.connect()
  expect(await standing()).toBe(1)
  watched.agent.connection = connection
  await people.connect()
  expect(await standing()).toBe(0)

  let kept = 0
  watched.agent.account = async () => ({
    connected: true,
    credit: { state: 'paid', plan: 'Standard', currencyLabel: 'credits', kept, owed: 0 },
  })
  const asked = toldOfChanges(watched.agent, () => void watching.lookAnew())
  await asked.account()
  watched.agent.connection = owing
  await watching.lookAnew()
  expect(await standing()).toBe(1)
  watched.agent.connection = connection
  await asked.account()
  expect(await standing()).toBe(1)
  kept = 100
  await asked.account()
  expect(await standing()).toBe(0)
  await watching.stop()
})

test('the notices that are asked for right after somebody’s change are those of the look that it gave rise to', async () => {
  const { connection } = watched.agent
  watched.agent.connection = { state: 'payment_required', message: 'Not enough credit.' }
  const watching = watched.monitor()
  await watching.look()
  watched.agent.connection = connection
  const looked = watching.lookAnew()
  expect((await watching.list()).filter(({ clearedAt }) => clearedAt === undefined)).toEqual([])
  await looked
  await watching.stop()
})

test('who brings a code to a process that gives no notice is heard by the one that does', async () => {
  const leases = [0, 1].map(() => createLeaseFile(join(watched.folder, 'notices.lease')))
  const [first, second] = leases.map(lease => watched.monitor({ lease }))
  if (first === undefined || second === undefined) throw new Error('there are no two')
  const { connection } = watched.agent
  watched.agent.connection = { state: 'payment_required', message: 'Not enough credit.' }
  await first.look()
  await second.look()
  const standing = async () =>
    (await second.list()).filter(({ clearedAt }) => clearedAt === undefined).map(({ kind }) => kind)
  expect(await standing()).toEqual(['credit_running_out'])
  watched.agent.connection = connection
  await second.lookAnew()
  expect(await standing()).toEqual(['credit_running_out'])
  await first.look()
  expect(await standing()).toEqual([])
  await first.stop()
  await second.look()
  expect(await leases[1]?.isOurs()).toBe(true)
})

test('what was told is remembered in a file of the agent alone, and a damaged one does no harm', async () => {
  watched.agent.databases = () => Promise.reject(down)
  const file = join(watched.folder, 'memory.json')
  await writeFile(file, '{"notices": [{"id"')
  await watched.monitor().look()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ notices: [{ id: 'postgres_down' }] })
})

test('Prometheus is told ages, sizes, durations and failures of each database', async () => {
  const metrics = createMetrics({ processFigures: false })
  const verification = { passed: true, at: '2026-03-10T11:00:00Z' }
  watched.agent.keep('shop.1.zip', 'shop', { takenAt: '2026-03-10T10:00:00Z', sizeBytes: 5000, verification })
  const job = { kind: 'backup', database: 'shop', createdAt: '2026-03-10T10:00:00Z', attempt: 1 }
  const times = { startedAt: '2026-03-10T10:00:00Z', finishedAt: '2026-03-10T10:01:30Z' }
  watched.agent.jobsMade.push(JobView.parse({ ...job, ...times, id: '1', state: 'completed' }))
  const watching = watched.monitor({ metrics })
  await watching.look()
  const text = await metrics.registry.metrics()
  expect(text).toContain('odoo_backup_last_backup_age_seconds{database="shop"} 7200')
  expect(text).toContain('odoo_backup_last_verified_age_seconds{database="shop"} 3600')
  expect(text).toContain('odoo_backup_last_backup_bytes{database="shop"} 5000')
  expect(text).toContain('odoo_backup_last_verified_bytes{database="shop"} 5000')
  expect(text).toContain('odoo_backup_last_job_duration_seconds{kind="backup",database="shop"} 90')
})

test('Prometheus counts from none, and each failure of this run of the agent once', async () => {
  const metrics = createMetrics({ processFigures: false })
  const counted = async () =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter(line => line.startsWith('odoo_backup_failed_jobs_total'))
  const fail = (id: string, kind: string, finishedAt: string) =>
    watched.agent.jobsMade.unshift(
      JobView.parse({
        id,
        kind,
        database: 'shop',
        createdAt: '2026-03-10T10:00:00Z',
        attempt: 1,
        state: 'failed',
        finishedAt,
      }),
    )
  watched.agent.know('shop')
  watched.agent.databases = async () => watched.agent.known
  fail('1', 'backup', '2026-03-10T11:59:59Z')
  const watching = watched.monitor({ metrics })
  await watching.look()
  expect(await counted()).toHaveLength(5)
  for (const line of await counted()) expect(line).toMatch(/database="shop"\} 0$/)
  fail('2', 'backup', '2026-03-10T12:00:30Z')
  await watching.look()
  await watching.look()
  expect(await counted()).toEqual(
    expect.arrayContaining([
      'odoo_backup_failed_jobs_total{kind="backup",database="shop"} 1',
      'odoo_backup_failed_jobs_total{kind="restore",database="shop"} 0',
    ]),
  )
})

test('what failed before the first look that saw the queue is counted too', async () => {
  const metrics = createMetrics({ processFigures: false })
  const job = { kind: 'verify', database: 'shop', createdAt: '2026-03-10T12:00:00Z', attempt: 1 }
  const watching = watched.monitor({ metrics })
  const { jobs } = watched.agent
  watched.agent.jobs = () => Promise.reject(new AgentError('queue_unreachable', 'No queue.'))
  await watching.look()
  watched.agent.jobs = jobs
  watched.agent.jobsMade.unshift(
    JobView.parse({ ...job, id: '1', state: 'failed', finishedAt: '2026-03-10T12:00:30Z' }),
  )
  await watching.look()
  expect(await metrics.registry.metrics()).toContain(
    'odoo_backup_failed_jobs_total{kind="verify",database="shop"} 1',
  )
})

test('a look that meets an unforeseen error says so in the log, once, and judges the rest', async () => {
  const watching = watched.monitor()
  watched.agent.databaseSettings = () => Promise.reject(new Error('unforeseen'))
  watched.agent.connect = () => Promise.reject(new Error('unforeseen too'))
  watched.agent.databases = () => Promise.reject(down)
  await watching.look()
  await watching.look()
  expect(await watching.list()).toMatchObject([{ id: 'postgres_down' }])
  const errors = watched.logged
    .split('\n')
    .filter(line => line.includes('"msg":"the monitor could not learn'))
  expect(errors).toHaveLength(2)
  expect(errors.join()).toContain('unforeseen too')
})

test('backups that fail because the broker is away are told, and so is the broker after an hour', async () => {
  const web = await webReceiver()
  watched.agent.webhook = web.url
  watched.agent.know('shop')
  watched.agent.broken = away
  watched.agent.databases = async () => watched.agent.known
  watched.agent.inventory = async () => ({
    ...{ loneArchives: [], placeOf: () => undefined, answered: 0 },
    backups: [],
    unreachable: [
      { place: "the broker's storage", at: { kind: 'broker_storage' }, error: away, keeps: () => true },
    ],
  })
  watched.agent.jobsMade.push(failedForBroker())
  await watched.monitor().look()
  expect(web.received.map(({ body }) => body)).toEqual([expect.stringContaining('The last backup failed.')])
  for (let minute = 0; minute <= 60; minute += 10) {
    watched.now += 600_000
    await watched.monitor().look()
  }
  expect(web.received).toHaveLength(2)
  expect(web.received[1]?.body).toContain('Nothing was heard of the broker since 2026-03-10T12:00:00')
  expect(watched.logged).toContain('"code":"broker_unreachable"')
})

test('a place that is away blinds for no other, and what it held is remembered, also after a restart', async () => {
  const schedules = [{ kind: 'every', every: 1, unit: 'days', at: '03:00', timeZone: 'UTC' }] as const
  const known = async () =>
    (await AgentInMemory.prototype.databaseSettings.call(watched.agent)).map(found => ({
      ...found,
      schedules: [...schedules],
    }))
  watched.agent.know('shop')
  watched.agent.know('crm')
  watched.agent.databaseSettings = known
  watched.agent.keep('shop.2026-03-10_03-00-00.zip', 'shop', { takenAt: '2026-03-10T03:00:00Z' })
  watched.agent.keep('crm.2026-03-10_03-00-00.zip', 'crm', { takenAt: '2026-03-10T03:00:00Z' })
  await watched.monitor().look()
  // From now on the NAS, where crm is kept, is away; shop is backed up every night.
  const error = new AgentError('storage_unreachable', 'No answer.')
  watched.agent.inventory = async () => ({
    ...{ loneArchives: [], placeOf: () => undefined, answered: 0 },
    backups: watched.agent.kept.filter(({ database }) => database === 'shop'),
    unreachable: [
      {
        place: 'the folder /mnt/nas',
        at: { kind: 'folder', path: '/mnt/nas' },
        error,
        keeps: database => database === 'crm',
      },
    ],
  })
  watched.now = Date.parse('2026-03-11T03:30:00Z')
  watched.agent.keep('shop.2026-03-11_03-00-00.zip', 'shop', { takenAt: '2026-03-11T03:00:00Z' })
  const second = watched.monitor()
  await second.look()
  expect(await second.list()).toEqual([])
  watched.now = Date.parse('2026-03-11T12:00:00Z')
  const later = watched.monitor()
  await later.look()
  const notices = await later.list()
  expect(notices.map(({ id }) => id).sort()).toEqual([
    'backup_overdue:crm',
    'storage_unreachable:the folder /mnt/nas',
  ])
  expect(notices.find(({ id }) => id === 'backup_overdue:crm')?.message).toContain('2026-03-10T03:00:00')
})

test('a full disk makes no storm: what could not be noted is told once, and noted when there is room', async () => {
  const web = await webReceiver()
  watched.agent.webhook = web.url
  watched.agent.databases = () => Promise.reject(down)
  const file = createMemoryFile(join(watched.folder, 'memory.json'))
  const disk = { full: true }
  const memory: MemoryStore = {
    read: () => file.read(),
    write: async next => {
      if (disk.full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      await file.write(next)
    },
  }
  const metrics = createMetrics({ processFigures: false })
  const watching = watched.monitor({ memory, metrics })
  for (let turn = 0; turn < 10; turn += 1) await watching.look()
  expect(web.received).toHaveLength(1)
  expect(await metrics.registry.metrics()).toContain('odoo_backup_notices 1')
  expect(watched.logged).toContain('no space left on device')
  disk.full = false
  await watching.look()
  expect((await file.read()).notices).toMatchObject([{ id: 'postgres_down' }])
})
