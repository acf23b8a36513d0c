import { expect, test } from '@jest/globals'
import { JobView } from '@odoo-backup/protocol'
import { failedForBroker, useWatching, type Watching } from '../../../../test/fixtures/watched-agent.ts'
import { AgentError } from '../errors.ts'
import { createFactCollector } from './collect-facts.ts'
import { momentsOf } from './moments.ts'

/** Whom a look asks, when, and what it makes of the answers. */

let watched: Watching
useWatching(made => {
  watched = made
})

const nothing = { watchedSince: {}, lastGood: {}, accountSince: {}, silentSince: {}, undelivered: {} }

test('backups that another server made of a database of the same name do not hide that ours are missing', async () => {
  watched.agent.keep('shop.2026-03-10_03-00-00.zip', 'shop', {
    takenAt: '2026-03-10T03:00:00Z',
    foreign: true,
  })
  const collect = () =>
    createFactCollector(watched.agent, watched.log())(
      momentsOf(nothing, new Date(watched.now)),
      new Date(watched.now),
    )
  const collected = await collect()
  expect(collected.backups).toEqual([])
  watched.agent.keep('shop.2026-03-09_03-00-00.zip', 'shop', { takenAt: '2026-03-09T03:00:00Z' })
  const later = await collect()
  expect(later.backups.map(({ name }) => name)).toEqual(['shop.2026-03-09_03-00-00.zip'])
})

test('the broker and the storage are asked every ten minutes, or when a job has ended, and not at every look', async () => {
  let asked = 0
  const connect = watched.agent.connect.bind(watched.agent)
  watched.agent.connect = request => {
    asked += 1
    return connect(request)
  }
  const watching = watched.monitor()
  for (let minute = 0; minute < 10; minute += 1) {
    await watching.look()
    watched.now += 60_000
  }
  expect(asked).toBe(1)
  const at = '2026-03-10T12:10:00Z'
  const job = { id: '1', kind: 'backup', database: 'shop', state: 'completed', attempt: 1 }
  watched.agent.jobsMade.push(JobView.parse({ ...job, createdAt: at, finishedAt: at }))
  watched.now -= 60_000
  await watching.look()
  expect(asked).toBe(2)
})

test('nobody far away is asked before anybody chose where backups go, but for a schedule or once a job has been', async () => {
  const asked: string[] = []
  const { connect, inventory, accountNotices } = watched.agent
  Object.assign(watched.agent, {
    connect: (...given: Parameters<typeof connect>) =>
      asked.push('connect') && connect.apply(watched.agent, given),
    inventory: (...given: Parameters<typeof inventory>) =>
      asked.push('inventory') && inventory.apply(watched.agent, given),
    accountNotices: () => asked.push('account') && accountNotices.apply(watched.agent),
  })
  const all = ['connect', 'account', 'inventory']
  const askedByALook = async () => {
    await watched.monitor().look()
    return asked.splice(0)
  }
  watched.agent.know('shop')
  watched.agent.placeChosen = false
  expect(await askedByALook()).toEqual([])
  watched.agent.placeChosen = true
  expect(await askedByALook()).toEqual(all)
  watched.agent.placeChosen = false
  const settings = await watched.agent.databaseSettings()
  watched.agent.databaseSettings = async () =>
    settings.map(known => ({
      ...known,
      schedules: [{ kind: 'every' as const, every: 1, unit: 'days' as const, at: '03:00', timeZone: 'UTC' }],
    }))
  expect(await askedByALook()).toEqual(all)
  watched.agent.databaseSettings = async () => settings
  expect(await askedByALook()).toEqual([])
  watched.agent.jobsMade.push(failedForBroker())
  expect(await askedByALook()).toEqual(all)
})

test('what stood about them is over with the last that depended on them, also where the queue is away', async () => {
  watched.agent.know('shop')
  watched.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
  const watching = watched.monitor()
  const standing = async () =>
    (await watching.list()).filter(({ clearedAt }) => clearedAt === undefined).map(({ kind }) => kind)
  await watching.look()
  expect(await standing()).toEqual(['storage_disconnected'])
  watched.agent.placeChosen = false
  watched.agent.jobs = () => Promise.reject(new AgentError('queue_unreachable', 'The queue does not answer.'))
  await watching.look()
  expect(await standing()).toEqual(['queue_down'])
})

test('one that is asked at last is asked at the look after that, without a wait', async () => {
  watched.agent.placeChosen = false
  const watching = watched.monitor()
  await watching.look()
  watched.agent.placeChosen = true
  watched.agent.connection = { state: 'login_required', authLink: 'https://broker.example/login' }
  await watching.look()
  expect(await watching.list()).toMatchObject([{ kind: 'storage_disconnected' }])
})

test('of what was to be foreseen the log tells the reason and what lies at its bottom, and no place in our code', async () => {
  const watching = watched.monitor()
  watched.agent.connect = () =>
    Promise.reject(
      new AgentError('broker_unreachable', 'The broker does not answer.', {
        cause: new Error('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND broker.example') }),
      }),
    )
  await watching.look()
  const line = watched.logged.split('\n').find(text => text.includes('could not learn'))
  expect(JSON.parse(line ?? '')).toMatchObject({
    ...{ level: 'warn', what: 'connection', code: 'broker_unreachable' },
    ...{ reason: 'The broker does not answer.', cause: 'getaddrinfo ENOTFOUND broker.example' },
  })
  expect(line).not.toContain('stack')
})
