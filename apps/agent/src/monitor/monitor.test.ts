import { EventEmitter, once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { JobView } from '@odoo-backup/protocol'
import { createLogger, createMetrics, type Metrics } from '@odoo-backup/service'
import { AgentInMemory } from '../../../../test/fixtures/agent-in-memory.ts'
import { AgentError } from '../errors.ts'
import { createFactCollector } from './collect-facts.ts'
import { createMemoryFile, type MemoryStore } from './memory.ts'
import { momentsOf } from './moments.ts'
import { createMonitor, type Monitor } from './monitor.ts'
import { toldOfLogIns } from './told-of-log-ins.ts'

class WatchedAgent extends AgentInMemory {
  notices: Awaited<ReturnType<AgentInMemory['settings']>>['notices'] = {
    mailTo: [],
    allowPrivateAddresses: true,
  }
  webhook: string | undefined
  pingUrls = new Map<string, string>()

  override async settings() {
    return { ...(await super.settings()), notices: this.notices }
  }

  override async noticeSecrets() {
    return { pingUrls: this.pingUrls, ...(this.webhook === undefined ? {} : { webhook: this.webhook }) }
  }
}

let folder: string
let agent: WatchedAgent
let logged: string
let now: number
const closing: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-backup-monitor-'))
  agent = new WatchedAgent()
  logged = ''
  now = Date.parse('2026-03-10T12:00:00Z')
})
afterEach(async () => {
  await Promise.all(closing.splice(0).map(close => close()))
  await rm(folder, { recursive: true })
})

const nothing = { watchedSince: {}, lastGood: {}, accountSince: {}, silentSince: {} }
const log = () =>
  createLogger({
    name: 'monitor',
    destination: {
      write: (line: string) => {
        logged += line
      },
    },
  })

function monitor(options: { metrics?: Metrics; memory?: MemoryStore } = {}): Monitor {
  const { metrics = createMetrics({ processFigures: false }) } = options
  const { memory = createMemoryFile(join(folder, 'memory.json')) } = options
  return createMonitor({ agent, memory, metrics, log: log(), clock: () => now })
}

test('backups that another server made of a database of the same name do not hide that ours are missing', async () => {
  agent.keep('shop.2026-03-10_03-00-00.zip', 'shop', { takenAt: '2026-03-10T03:00:00Z', foreign: true })
  const collect = () => createFactCollector(agent, log())(momentsOf(nothing, new Date(now)), new Date(now))
  const collected = await collect()
  expect(collected.backups).toEqual([])
  agent.keep('shop.2026-03-09_03-00-00.zip', 'shop', { takenAt: '2026-03-09T03:00:00Z' })
  const later = await collect()
  expect(later.backups.map(({ name }) => name)).toEqual(['shop.2026-03-09_03-00-00.zip'])
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise(resolve => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

function goodJob(database: string, at: string): JobView {
  const job = { id: `${database} ${at}`, kind: 'backup', database, state: 'completed', attempt: 1 }
  return JobView.parse({ ...job, createdAt: at, finishedAt: at })
}

/** Collects what is posted; refuses what `up` says, and keeps a path of `up.mute` waiting. */
async function webReceiver() {
  const received: { path: string | undefined; body: string }[] = []
  const up: { status: number; refused?: string; mute?: string } = { status: 200 }
  const arrivals = new EventEmitter()
  const kept: ServerResponse[] = []
  let tries = 0
  const server = createHttpServer((request, response) => {
    let body = ''
    tries += 1
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      if (request.url === up.mute) {
        kept.push(response)
        return
      }
      const isTaken = up.status === 200 && (up.refused === undefined || !body.includes(up.refused))
      if (isTaken) received.push({ path: request.url, body })
      response.writeHead(isTaken ? 200 : 500).end()
      arrivals.emit('answered')
    })
  })
  const url = `http://127.0.0.1:${await listening(server)}`
  return { received, up, arrivals, kept, tries: () => tries, url }
}

/** The least of SMTP (RFC 5321) that takes a message. */
async function mailReceiver() {
  const messages: string[] = []
  const server = createServer(socket => {
    let data: string | undefined
    socket.write('220 receiver\r\n')
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\r\n').slice(0, -1)) {
        if (data !== undefined && line === '.') {
          messages.push(data)
          data = undefined
          socket.write('250 taken\r\n')
        } else if (data !== undefined) data += `${line}\n`
        else if (/^DATA/i.test(line)) {
          data = ''
          socket.write('354 go\r\n')
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  return { messages, port: await listening(server) }
}

test('the broker and the storage are asked every ten minutes, or when a job has ended, and not at every look', async () => {
  let asked = 0
  const connect = agent.connect.bind(agent)
  agent.connect = request => {
    asked += 1
    return connect(request)
  }
  const watching = monitor()
  for (let minute = 0; minute < 10; minute += 1) {
    await watching.look()
    now += 60_000
  }
  expect(asked).toBe(1)
  const at = '2026-03-10T12:10:00Z'
  const job = { id: '1', kind: 'backup', database: 'shop', state: 'completed', attempt: 1 }
  agent.jobsMade.push(JobView.parse({ ...job, createdAt: at, finishedAt: at }))
  now -= 60_000
  await watching.look()
  expect(asked).toBe(2)
})

test('that this server is not connected is taken back at the first look after somebody logged in', async () => {
  const { connection } = agent
  agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
  const watching = monitor()
  await watching.look()
  const standing = async () =>
    (await watching.list()).filter(({ clearedAt }) => clearedAt === undefined).map(({ kind }) => kind)
  expect(await standing()).toEqual(['storage_disconnected'])
  agent.connection = connection
  now += 60_000
  await watching.look()
  expect(await standing()).toEqual([])
})

test('what stood for want of a log-in or of credit is taken back as soon as somebody has brought a code', async () => {
  const { connection } = agent
  agent.connection = { state: 'payment_required', message: 'Not enough credit.' }
  const watching = monitor()
  const people = toldOfLogIns(agent, () => void watching.lookAnew())
  await watching.look()
  const standing = async () => (await watching.list()).filter(({ clearedAt }) => clearedAt === undefined)
  expect(await standing()).toHaveLength(1)
  agent.connection = connection
  await people.connect()
  await watching.look()
  expect(await standing()).toHaveLength(1)
  await people.connect({ code: 'the-code' })
  await watching.stop()
  expect(await standing()).toEqual([])
})

const down = new AgentError('postgres_unreachable', 'PostgreSQL does not answer <here>.')

test('a condition is told once by mail and webhook, also after a restart, and cleared when it passes', async () => {
  const web = await webReceiver()
  const mail = await mailReceiver()
  agent.webhook = `${web.url}/secret`
  agent.notices = {
    mailTo: ['admin@example.com'],
    smtpHost: '127.0.0.1',
    smtpPort: mail.port,
    allowPrivateAddresses: true,
  }
  agent.databases = () => Promise.reject(down)
  const first = monitor()
  await first.look()
  await first.look()
  await monitor().look()
  expect(web.received).toHaveLength(1)
  const posted: { text: string } = JSON.parse(web.received[0]?.body ?? '{}')
  expect(posted.text).toContain('PostgreSQL does not answer &lt;here&gt;.')
  expect(mail.messages).toHaveLength(1)
  expect(mail.messages[0]).toContain('To: admin@example.com')
  expect(mail.messages[0]).toContain('PostgreSQL does not answer <here>.')

  agent.databases = async () => []
  const later = monitor()
  await later.look()
  expect(await later.list()).toMatchObject([{ id: 'postgres_down', clearedAt: '2026-03-10T12:00:00.000Z' }])
})

test('a notice that was not taken is tried again, ever later, and told once; its address is in no log', async () => {
  const web = await webReceiver()
  web.up.status = 500
  agent.webhook = `${web.url}/very-secret-path`
  agent.databases = () => Promise.reject(down)
  const watching = monitor()
  for (let minute = 0; minute < 60; minute += 1) {
    await watching.look()
    now += 60_000
  }
  // At once, and after 2, 4, 8, 16 minutes; the next is due after 32.
  expect(web.tries()).toBe(5)
  expect(web.received).toEqual([])
  web.up.status = 200
  now += 60_000 * 60
  await watching.look()
  await watching.look()
  expect(web.received).toHaveLength(1)
  expect(logged.match(/a notice was not taken/g)).toHaveLength(1)
  expect(logged.match(/notices are taken again/g)).toHaveLength(1)
  expect(logged).not.toContain('very-secret-path')
})

test('a way that is set anew is tried at once, and one that refuses holds up no other', async () => {
  const [web, mail] = [await webReceiver(), await mailReceiver()]
  web.up.status = 500
  agent.webhook = web.url
  agent.notices = {
    ...{ mailTo: ['admin@example.com'], smtpHost: '127.0.0.1', smtpPort: mail.port },
    allowPrivateAddresses: true,
  }
  agent.databases = () => Promise.reject(down)
  const watching = monitor()
  await watching.look()
  expect(mail.messages).toHaveLength(1)
  web.up.status = 200
  agent.webhook = `${web.url}/anew`
  await watching.look()
  expect(web.received).toMatchObject([{ path: '/anew' }])
  expect(mail.messages).toHaveLength(1)
})

test('a message that a way refuses holds up none of the others for long', async () => {
  const web = await webReceiver()
  web.up.refused = 'PostgreSQL'
  agent.webhook = web.url
  agent.databases = () => Promise.reject(down)
  const watching = monitor()
  await watching.look()
  agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
  now += 600_000
  await watching.look()
  expect(web.received).toMatchObject([{ body: expect.stringContaining('not connected') }])
  expect(logged.match(/a notice was not taken/g)).toHaveLength(1)
})

test('a ping that is not answered holds up none of the others', async () => {
  const web = await webReceiver()
  web.up.mute = '/ping/a'
  agent.jobsMade.push(...['a', 'b'].map(name => goodJob(name, '2026-03-10T03:00:00Z')))
  for (const name of ['a', 'b']) agent.pingUrls.set(name, `${web.url}/ping/${name}`)
  const watching = monitor()
  await watching.look()
  now = Date.parse('2026-03-11T12:00:00Z')
  agent.jobsMade.push(...['a', 'b'].map(name => goodJob(name, '2026-03-11T03:00:00Z')))
  const answered = once(web.arrivals, 'answered')
  const look = watching.look()
  await answered
  expect(web.received).toMatchObject([{ path: '/ping/b' }])
  expect(web.kept.map(response => response.destroyed)).toEqual([false])
  for (const response of web.kept) response.destroy()
  await look
  expect(web.received).toHaveLength(1)
  expect(logged.match(/a ping was not taken/g)).toHaveLength(1)
})

test('a good backup pings its own URL once; backups from before the URL was set do not', async () => {
  const web = await webReceiver()
  agent.pingUrls.set('shop', `${web.url}/ping/shop`)
  const job = (id: string, state: string, finishedAt: string) =>
    agent.jobsMade.push(
      JobView.parse({
        id,
        kind: 'backup',
        database: 'shop',
        state,
        createdAt: finishedAt,
        finishedAt,
        attempt: 1,
      }),
    )
  job('1', 'completed', '2026-03-10T03:00:00Z')
  const watching = monitor()
  await watching.look()
  expect(web.received).toEqual([])
  now = Date.parse('2026-03-11T12:00:00Z')
  job('2', 'failed', '2026-03-11T03:00:00Z')
  await watching.look()
  expect(web.received).toEqual([])
  job('3', 'completed', '2026-03-11T04:00:00Z')
  await watching.look()
  await watching.look()
  expect(web.received).toEqual([{ path: '/ping/shop', body: '' }])
})

test('the trial of a way says what is wrong with it', async () => {
  const watching = monitor()
  await expect(watching.test('mail')).rejects.toMatchObject({ code: 'invalid_request' })
  agent.webhook = 'http://169.254.169.254/latest'
  agent.notices = { mailTo: [], allowPrivateAddresses: false }
  await expect(watching.test('webhook')).rejects.toMatchObject({
    code: 'notice_undeliverable',
    message: expect.stringContaining('private network'),
  })
  const web = await webReceiver()
  agent.webhook = web.url
  agent.notices = { mailTo: [], allowPrivateAddresses: true }
  await watching.test('webhook')
  expect(web.received).toHaveLength(1)
})

test('a trial goes the way that was entered, before it is saved', async () => {
  const watching = monitor()
  const web = await webReceiver()
  agent.notices = { mailTo: [], allowPrivateAddresses: false }
  await watching.test('webhook', { webhook: web.url, allowPrivateAddresses: true })
  expect(web.received).toHaveLength(1)
  agent.webhook = web.url
  agent.notices = { mailTo: [], allowPrivateAddresses: true }
  await expect(watching.test('webhook', { webhook: null })).rejects.toMatchObject({ code: 'invalid_request' })
  await watching.test('webhook', { mailFrom: 'backups@example.com' })
  expect(web.received).toHaveLength(2)
})

test('what was told is remembered in a file of the agent alone, and a damaged one does no harm', async () => {
  agent.databases = () => Promise.reject(down)
  const file = join(folder, 'memory.json')
  await writeFile(file, '{"notices": [{"id"')
  await monitor().look()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ notices: [{ id: 'postgres_down' }] })
})

test('Prometheus is told ages, sizes, durations and failures of each database', async () => {
  const metrics = createMetrics({ processFigures: false })
  const verification = { passed: true, at: '2026-03-10T11:00:00Z' }
  agent.keep('shop.1.zip', 'shop', { takenAt: '2026-03-10T10:00:00Z', sizeBytes: 5000, verification })
  const job = { kind: 'backup', database: 'shop', createdAt: '2026-03-10T10:00:00Z', attempt: 1 }
  const times = { startedAt: '2026-03-10T10:00:00Z', finishedAt: '2026-03-10T10:01:30Z' }
  agent.jobsMade.push(JobView.parse({ ...job, ...times, id: '1', state: 'completed' }))
  const watching = monitor({ metrics })
  await watching.look()
  agent.jobsMade.unshift(
    JobView.parse({ ...job, id: '2', state: 'failed', finishedAt: '2026-03-10T11:00:00Z' }),
  )
  await watching.look()
  await watching.look()
  const text = await metrics.registry.metrics()
  expect(text).toContain('odoo_backup_last_backup_age_seconds{database="shop"} 7200')
  expect(text).toContain('odoo_backup_last_verified_age_seconds{database="shop"} 3600')
  expect(text).toContain('odoo_backup_last_backup_bytes{database="shop"} 5000')
  expect(text).toContain('odoo_backup_last_verified_bytes{database="shop"} 5000')
  expect(text).toContain('odoo_backup_last_job_duration_seconds{kind="backup",database="shop"} 90')
  expect(text).toContain('odoo_backup_failed_jobs_total{kind="backup",database="shop"} 1')
})

test('a look that meets an unforeseen error says so in the log, once, and judges the rest', async () => {
  const watching = monitor()
  agent.databaseSettings = () => Promise.reject(new Error('unforeseen'))
  agent.connect = () => Promise.reject(new Error('unforeseen too'))
  agent.databases = () => Promise.reject(down)
  await watching.look()
  await watching.look()
  expect(await watching.list()).toMatchObject([{ id: 'postgres_down' }])
  const errors = logged.split('\n').filter(line => line.includes('"msg":"the monitor could not learn'))
  expect(errors).toHaveLength(2)
  expect(errors.join()).toContain('unforeseen too')
})

const away = new AgentError('broker_unreachable', 'The broker does not answer.')
const failedJob = () =>
  JobView.parse({
    ...{ id: '1', kind: 'backup', database: 'shop', state: 'failed', attempt: 6 },
    ...{ createdAt: '2026-03-10T03:00:00Z', finishedAt: '2026-03-10T04:00:00Z' },
    failure: { code: 'broker_unreachable', message: 'The broker does not answer.' },
  })

test('backups that fail because the broker is away are told, and so is the broker after an hour', async () => {
  const web = await webReceiver()
  agent.webhook = web.url
  agent.know('shop')
  agent.broken = away
  agent.databases = async () => agent.known
  agent.inventory = async () => ({
    ...{ loneArchives: [], placeOf: () => undefined, answered: 0 },
    backups: [],
    unreachable: [
      { place: "the broker's storage", at: { kind: 'broker_storage' }, error: away, keeps: () => true },
    ],
  })
  agent.jobsMade.push(failedJob())
  await monitor().look()
  expect(web.received.map(({ body }) => body)).toEqual([expect.stringContaining('The last backup failed.')])
  for (let minute = 0; minute <= 60; minute += 10) {
    now += 600_000
    await monitor().look()
  }
  expect(web.received).toHaveLength(2)
  expect(web.received[1]?.body).toContain('Nothing was heard of the broker since 2026-03-10T12:00:00')
  expect(logged).toContain('"code":"broker_unreachable"')
})

test('a place that is away blinds for no other, and what it held is remembered, also after a restart', async () => {
  const schedules = [{ kind: 'every', every: 1, unit: 'days', at: '03:00', timeZone: 'UTC' }] as const
  const known = async () =>
    (await AgentInMemory.prototype.databaseSettings.call(agent)).map(found => ({
      ...found,
      schedules: [...schedules],
    }))
  agent.know('shop')
  agent.know('crm')
  agent.databaseSettings = known
  agent.keep('shop.2026-03-10_03-00-00.zip', 'shop', { takenAt: '2026-03-10T03:00:00Z' })
  agent.keep('crm.2026-03-10_03-00-00.zip', 'crm', { takenAt: '2026-03-10T03:00:00Z' })
  await monitor().look()
  // From now on the NAS, where crm is kept, is away; shop is backed up every night.
  const error = new AgentError('storage_unreachable', 'No answer.')
  agent.inventory = async () => ({
    ...{ loneArchives: [], placeOf: () => undefined, answered: 0 },
    backups: agent.kept.filter(({ database }) => database === 'shop'),
    unreachable: [
      {
        place: 'the folder /mnt/nas',
        at: { kind: 'folder', path: '/mnt/nas' },
        error,
        keeps: database => database === 'crm',
      },
    ],
  })
  now = Date.parse('2026-03-11T03:30:00Z')
  agent.keep('shop.2026-03-11_03-00-00.zip', 'shop', { takenAt: '2026-03-11T03:00:00Z' })
  const second = monitor()
  await second.look()
  expect(await second.list()).toEqual([])
  now = Date.parse('2026-03-11T12:00:00Z')
  const later = monitor()
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
  agent.webhook = web.url
  agent.databases = () => Promise.reject(down)
  const file = createMemoryFile(join(folder, 'memory.json'))
  const disk = { full: true }
  const memory: MemoryStore = {
    read: () => file.read(),
    write: async next => {
      if (disk.full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      await file.write(next)
    },
  }
  const metrics = createMetrics({ processFigures: false })
  const watching = monitor({ memory, metrics })
  for (let turn = 0; turn < 10; turn += 1) await watching.look()
  expect(web.received).toHaveLength(1)
  expect(await metrics.registry.metrics()).toContain('odoo_backup_notices 1')
  expect(logged).toContain('no space left on device')
  disk.full = false
  await watching.look()
  expect((await file.read()).notices).toMatchObject([{ id: 'postgres_down' }])
})
