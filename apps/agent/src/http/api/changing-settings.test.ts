import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { useAgentApi } from '../../../../../test/fixtures/agent-api.ts'
import { ConfigurationStore } from '../../config/store.ts'
import { settingsOperations } from '../../operations/settings.ts'

const api = useAgentApi()
const DATABASE = '/databases/shop/settings'
let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'agent-revision-')), 'agent.conf')
  const store = await ConfigurationStore.open({
    path,
    environment: {},
    readOdooConf: async () => ({ path: undefined, options: new Map() }),
  })
  Object.assign(
    api.fixture.agent,
    settingsOperations({ store, databaseNames: async () => ['shop'], now: () => new Date(0) }),
  )
})
afterEach(() => rm(join(path, '..'), { recursive: true }))

const patch = (where: string, change: object, ifMatch?: string) => {
  const call = api.call('patch', where, api.tokens.administer)
  return (ifMatch === undefined ? call : call.set('if-match', ifMatch)).send(change)
}

test('a change of settings that were changed meanwhile is refused, and nothing is written', async () => {
  const shown = await api.call('get', '/settings', api.tokens.administer).expect(200)
  const tag = shown.headers.etag ?? ''
  expect(tag).toBe(`"${shown.body.revision}"`)
  const first = await patch('/settings', { notices: { smtpHost: 'one.example' } }, tag).expect(200)
  const refused = await patch('/settings', { notices: { smtpHost: 'two.example' } }, tag).expect(412)
  expect(refused.headers['content-type']).toMatch('application/problem+json')
  expect(refused.body.code).toBe('settings_changed')
  expect(await readFile(path, 'utf8')).toContain('smtp_host = one.example')
  await patch('/settings', { notices: { smtpHost: 'two.example' } }, first.headers.etag).expect(200)
})

test('so is one of a database, also where a secret alone or the file by hand was changed', async () => {
  const shown = async () => {
    const { body } = await api.call('get', '/databases/settings', api.tokens.administer).expect(200)
    return `"${body.items[0].revision}"`
  }
  const first = await patch(DATABASE, { pingUrl: 'https://ping.example/one' }).expect(200)
  const tag = first.headers.etag ?? ''
  expect(await shown()).toBe(tag)
  await patch(DATABASE, { pingUrl: 'https://ping.example/two' }).expect(200)
  await patch(DATABASE, { format: 'dump' }, tag).expect(412)
  const before = await shown()
  await writeFile(path, (await readFile(path, 'utf8')).replace('/two', '/three'))
  await patch(DATABASE, { format: 'dump' }, before).expect(412)
  expect(await shown()).not.toBe(before)
  await patch(DATABASE, { format: 'dump' }, await shown()).expect(200)
})

test('without If-Match, or with a star, a change is made as ever; of several revisions one suffices, and no weak one', async () => {
  const { headers } = await patch(DATABASE, { format: 'dump' }).expect(200)
  await patch(DATABASE, { format: 'zip' }, '*').expect(200)
  await patch(DATABASE, { format: 'dump' }, headers.etag).expect(412)
  const { etag = '' } = (await patch(DATABASE, { format: 'dump' }).expect(200)).headers
  await patch(DATABASE, { format: 'zip' }, `W/${etag}`).expect(412)
  await patch(DATABASE, { format: 'zip' }, `"other", ${etag}`).expect(200)
})

test('a refusal names each member of the request that is wrong, and in what way', async () => {
  const fields = async (where: string, change: object) => (await patch(where, change).expect(400)).body.fields
  expect(
    await fields('/settings', { notices: { mailTo: ['a@example.com', 'nobody'], smtpPort: 0 } }),
  ).toEqual([
    { path: 'notices.mailTo.1', code: 'email' },
    { path: 'notices.smtpPort', code: 'range' },
  ])
  expect(await fields('/settings', { storage: { kind: 'own', folder: '/backups/' } })).toEqual([
    { path: 'storage.folder', code: 'folder' },
  ])
  const daily = { kind: 'every', every: 1, unit: 'days' }
  const never = { kind: 'cron', expression: 'every now and then' }
  expect(await fields(DATABASE, { drills: [daily, never] })).toEqual([
    { path: 'drills.1.expression', code: 'schedule' },
  ])
  const nowhere = { ...daily, timeZone: 'Mars/Olympus' }
  const hourly = { kind: 'every', every: 1, unit: 'hours', at: '03:00' }
  expect(await fields(DATABASE, { schedules: [nowhere, hourly] })).toEqual([
    { path: 'schedules.0.timeZone', code: 'time_zone' },
    { path: 'schedules.1.at', code: 'invalid' },
  ])
  const destination = { kind: 'directory', folder: 'not/absolute' }
  expect(await fields(DATABASE, { destination })).toEqual([{ path: 'destination.folder', code: 'folder' }])
  expect(await fields(DATABASE, { pingUrl: 'secret' })).toEqual([{ path: 'pingUrl', code: 'address' }])
})

test('what one database has leaves the revision of the agent and of others alone', async () => {
  const before = await api.call('get', '/settings', api.tokens.administer).expect(200)
  await patch(DATABASE, { format: 'dump' }).expect(200)
  const after = await api.call('get', '/settings', api.tokens.administer).expect(200)
  expect(after.body.revision).toBe(before.body.revision)
})
