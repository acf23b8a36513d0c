import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { JobView } from '@odoo-backup/protocol'
import {
  goodJob,
  mailReceiver,
  useWatching,
  type Watching,
  webReceiver,
} from '../../../../test/fixtures/watched-agent.ts'
import { AgentError } from '../errors.ts'

let watched: Watching
useWatching(made => {
  watched = made
})

const down = new AgentError('postgres_unreachable', 'PostgreSQL does not answer <here>.')

test('a condition is told once by mail and webhook, also after a restart, and cleared when it passes', async () => {
  const web = await webReceiver()
  const mail = await mailReceiver()
  watched.agent.webhook = `${web.url}/secret`
  watched.agent.notices = {
    mailTo: ['admin@example.com'],
    smtpHost: '127.0.0.1',
    smtpPort: mail.port,
    allowPrivateAddresses: true,
  }
  watched.agent.databases = () => Promise.reject(down)
  const first = watched.monitor()
  await first.look()
  await first.look()
  await watched.monitor().look()
  expect(web.received).toHaveLength(1)
  const posted: { text: string } = JSON.parse(web.received[0]?.body ?? '{}')
  expect(posted.text).toContain('PostgreSQL does not answer &lt;here&gt;.')
  expect(mail.messages).toHaveLength(1)
  expect(mail.messages[0]).toContain('To: admin@example.com')
  expect(mail.messages[0]).toContain('PostgreSQL does not answer <here>.')

  watched.agent.databases = async () => []
  const later = watched.monitor()
  await later.look()
  expect(await later.list()).toMatchObject([{ id: 'postgres_down', clearedAt: '2026-03-10T12:00:00.000Z' }])
})

test('a notice that was not taken is tried again, ever later, and told once; its address is in no log', async () => {
  const web = await webReceiver()
  web.up.status = 500
  watched.agent.webhook = `${web.url}/very-secret-path`
  watched.agent.databases = () => Promise.reject(down)
  const watching = watched.monitor()
  for (let minute = 0; minute < 60; minute += 1) {
    await watching.look()
    watched.now += 60_000
  }
  // At once, and after 2, 4, 8, 16 minutes; the next is due after 32.
  expect(web.tries()).toBe(5)
  expect(web.received).toEqual([])
  web.up.status = 200
  watched.now += 60_000 * 60
  await watching.look()
  await watching.look()
  expect(web.received).toHaveLength(1)
  expect(watched.logged.match(/a notice was not taken/g)).toHaveLength(1)
  expect(watched.logged.match(/notices are taken again/g)).toHaveLength(1)
  expect(watched.logged).not.toContain('very-secret-path')
})

test('a way that is set anew is tried at once, and one that refuses holds up no other', async () => {
  const [web, mail] = [await webReceiver(), await mailReceiver()]
  web.up.status = 500
  watched.agent.webhook = web.url
  watched.agent.notices = {
    ...{ mailTo: ['admin@example.com'], smtpHost: '127.0.0.1', smtpPort: mail.port },
    allowPrivateAddresses: true,
  }
  watched.agent.databases = () => Promise.reject(down)
  const watching = watched.monitor()
  await watching.look()
  expect(mail.messages).toHaveLength(1)
  web.up.status = 200
  watched.agent.webhook = `${web.url}/anew`
  await watching.look()
  expect(web.received).toMatchObject([{ path: '/anew' }])
  expect(mail.messages).toHaveLength(1)
})

test('a message that a way refuses holds up none of the others for long', async () => {
  const web = await webReceiver()
  web.up.refused = 'PostgreSQL'
  watched.agent.webhook = web.url
  watched.agent.databases = () => Promise.reject(down)
  const watching = watched.monitor()
  await watching.look()
  watched.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
  watched.now += 600_000
  await watching.look()
  expect(web.received).toMatchObject([{ body: expect.stringContaining('not connected') }])
  expect(watched.logged.match(/a notice was not taken/g)).toHaveLength(1)
})

test('a ping that is not answered holds up none of the others', async () => {
  const web = await webReceiver()
  web.up.mute = '/ping/a'
  watched.agent.jobsMade.push(...['a', 'b'].map(name => goodJob(name, '2026-03-10T03:00:00Z')))
  for (const name of ['a', 'b']) watched.agent.pingUrls.set(name, `${web.url}/ping/${name}`)
  const watching = watched.monitor()
  await watching.look()
  watched.now = Date.parse('2026-03-11T12:00:00Z')
  watched.agent.jobsMade.push(...['a', 'b'].map(name => goodJob(name, '2026-03-11T03:00:00Z')))
  const answered = once(web.arrivals, 'answered')
  const look = watching.look()
  await answered
  expect(web.received).toMatchObject([{ path: '/ping/b' }])
  expect(web.kept.map(response => response.destroyed)).toEqual([false])
  for (const response of web.kept) response.destroy()
  await look
  expect(web.received).toHaveLength(1)
  expect(watched.logged.match(/a ping was not taken/g)).toHaveLength(1)
})

test('a good backup pings its own URL once; backups from before the URL was set do not', async () => {
  const web = await webReceiver()
  watched.agent.pingUrls.set('shop', `${web.url}/ping/shop`)
  const job = (id: string, state: string, finishedAt: string) =>
    watched.agent.jobsMade.push(
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
  const watching = watched.monitor()
  await watching.look()
  expect(web.received).toEqual([])
  watched.now = Date.parse('2026-03-11T12:00:00Z')
  job('2', 'failed', '2026-03-11T03:00:00Z')
  await watching.look()
  expect(web.received).toEqual([])
  job('3', 'completed', '2026-03-11T04:00:00Z')
  await watching.look()
  await watching.look()
  expect(web.received).toEqual([{ path: '/ping/shop', body: '' }])
})

test('the trial of a way says what is wrong with it', async () => {
  const watching = watched.monitor()
  await expect(watching.test('mail')).rejects.toMatchObject({ code: 'invalid_request' })
  watched.agent.webhook = 'http://169.254.169.254/latest'
  watched.agent.notices = { mailTo: [], allowPrivateAddresses: false }
  await expect(watching.test('webhook')).rejects.toMatchObject({
    code: 'notice_undeliverable',
    message: expect.stringContaining('private network'),
  })
  const web = await webReceiver()
  watched.agent.webhook = web.url
  watched.agent.notices = { mailTo: [], allowPrivateAddresses: true }
  await watching.test('webhook')
  expect(web.received).toHaveLength(1)
})

test('a trial goes the way that was entered, before it is saved', async () => {
  const watching = watched.monitor()
  const web = await webReceiver()
  watched.agent.notices = { mailTo: [], allowPrivateAddresses: false }
  await watching.test('webhook', { webhook: web.url, allowPrivateAddresses: true })
  expect(web.received).toHaveLength(1)
  watched.agent.webhook = web.url
  watched.agent.notices = { mailTo: [], allowPrivateAddresses: true }
  await expect(watching.test('webhook', { webhook: null })).rejects.toMatchObject({ code: 'invalid_request' })
  await watching.test('webhook', { mailFrom: 'backups@example.com' })
  expect(web.received).toHaveLength(2)
})

const notices = (port: number) => ({
  ...{ mailTo: ['admin@example.com'], smtpHost: '127.0.0.1', smtpPort: port },
  allowPrivateAddresses: true,
})

test('a way that keeps failing is told once by those that work, and by itself when it works again', async () => {
  const [web, mail] = [await webReceiver(), await mailReceiver()]
  web.up.status = 500
  watched.agent.webhook = `${web.url}/very-secret-path`
  watched.agent.notices = notices(mail.port)
  watched.agent.databases = () => Promise.reject(down)
  const look = async () => {
    await watched.monitor().look()
    watched.now += 300_000
  }
  await look()
  await look()
  expect(mail.messages).toHaveLength(1)
  for (let turn = 0; turn < 5; turn += 1) await look()
  expect(mail.messages).toHaveLength(2)
  expect(mail.messages[1]).toMatch(/to the webhook =\s+since 2026-03-10T12:00:00.000Z/)
  expect(mail.messages[1]).toContain('The receiver answered 500')
  const [standing] = await watched.monitor().list()
  expect(standing).toMatchObject({
    id: 'notice_undelivered:webhook',
    text: { code: 'webhook_undelivered', since: '2026-03-10T12:00:00.000Z' },
  })
  // What it was to tell passes meanwhile: that it works again is found out all the same.
  watched.agent.databases = async () => []
  await look()
  web.up.status = 200
  await look()
  expect(web.received).toMatchObject([{ body: expect.stringContaining('Since 2026-03-10T12:00:00.000Z') }])
  await look()
  await look()
  const list = await watched.monitor().list()
  expect(list.filter(({ clearedAt }) => clearedAt === undefined)).toEqual([])
  expect([web.received.length, mail.messages.length]).toEqual([1, 2])
  expect(JSON.stringify(list) + watched.logged + mail.messages.join()).not.toContain('very-secret-path')
})

test('a message that alone is refused does not make its way look mended, again and again', async () => {
  const web = await webReceiver()
  web.up.refused = 'PostgreSQL'
  watched.agent.webhook = web.url
  watched.agent.databases = () => Promise.reject(down)
  for (let turn = 0; turn < 24; turn += 1) {
    if (turn === 12)
      watched.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
    await watched.monitor().look()
    watched.now += 600_000
  }
  expect(web.received).toMatchObject([{ body: expect.stringContaining('not connected') }])
  watched.agent.databases = async () => []
  for (let turn = 0; turn < 3; turn += 1) await watched.monitor().look()
  expect(web.received).toHaveLength(2)
  const list = await watched.monitor().list()
  const told = list.filter(({ kind }) => kind === 'notice_undelivered')
  expect(told).toMatchObject([{ clearedAt: expect.any(String) }])
})

test('mail that is not taken is no secret to the page, and is over when the way is taken out of the settings', async () => {
  watched.agent.notices = notices(1)
  watched.agent.databases = () => Promise.reject(down)
  const standing = async () =>
    (await watched.monitor().list()).filter(({ clearedAt }) => clearedAt === undefined)
  const monitor = watched.monitor()
  for (let turn = 0; turn < 3; turn += 1) {
    await monitor.look()
    watched.now += 600_000
  }
  expect((await standing()).map(({ id }) => id)).toEqual(['notice_undelivered:mail', 'postgres_down'])
  expect((await standing())[0]?.message).toMatch(
    /by e-mail since 2026-03-10T12:00:00.000Z. The mail server 127.0.0.1:1 does not answer. Check /,
  )
  watched.agent.notices = { mailTo: [], allowPrivateAddresses: true }
  await monitor.look()
  await monitor.look()
  expect((await standing()).map(({ id }) => id)).toEqual(['postgres_down'])
})

test('a ping that keeps failing is told of its database until it is taken', async () => {
  const web = await webReceiver()
  watched.agent.webhook = `${web.url}/hook`
  watched.agent.pingUrls.set('shop', 'http://127.0.0.1:1/secret-ping')
  const monitor = watched.monitor()
  await monitor.look()
  watched.now += 60_000
  watched.agent.jobsMade.push(goodJob('shop', new Date(watched.now).toISOString()))
  for (let turn = 0; turn < 5; turn += 1) {
    await monitor.look()
    watched.now += 600_000
  }
  expect(web.received).toMatchObject([{ path: '/hook', body: expect.stringContaining('ping address') }])
  expect(web.received[0]?.body).not.toContain('secret-ping')
  expect(await monitor.list()).toMatchObject([{ id: 'ping_undelivered:shop', database: 'shop' }])
  watched.agent.pingUrls.set('shop', `${web.url}/ping`)
  await monitor.look()
  await monitor.look()
  expect(await monitor.list()).toMatchObject([{ clearedAt: expect.any(String) }])
  expect(web.received.map(({ path }) => path)).toEqual(['/hook', '/ping'])
})
