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
