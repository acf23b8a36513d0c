import { cp } from 'node:fs/promises'
import { afterEach, expect, test } from '@jest/globals'
import { withDatabaseLock } from '@odoo-backup/odoo'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { until } from '../../../../test/faults/waiting.ts'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import {
  type Fault,
  type FaultProxy,
  type SeenRequest,
  startFaultProxy,
} from '../../../../test/fixtures/fault-proxy.ts'
import { gate } from '../../../../test/fixtures/gate.ts'
import type { Agent } from '../operations.ts'
import { type MarkerKind, markerKey } from './markers.ts'

let choose: (request: SeenRequest) => Fault | undefined
let proxy: FaultProxy
let instance: AgentInstance
afterEach(async () => {
  await instance.close()
  await proxy.close()
})

/** An agent whose deletions the test may hold up or refuse, and three backups made in three hours. */
async function threeBackups(): Promise<{ agent: Agent; database: DatabaseName; names: string[] }> {
  choose = () => undefined
  proxy = await startFaultProxy(sandboxEnvironment().s3Endpoint, request => choose(request))
  instance = await agentInstance({ aws_endpoint: proxy.url, parallel_jobs: '2' })
  const database = DatabaseName.parse(await instance.odoo.createSample())
  let now = Date.now()
  const { agent } = await instance.open({ now: () => new Date(now) })
  const names: string[] = []
  for (let hour = 0; hour < 3; hour++) {
    const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
    names.push(backup)
    now += 3_600_000
  }
  for (const job of await agent.jobs()) await ended(agent, job.id)
  return { agent, database, names }
}

const isDeletion = ({ method, path }: SeenRequest) => method === 'DELETE' && path.endsWith('.info')

test('a backup that is pinned while others are being rotated stays', async () => {
  const { agent, database, names } = await threeBackups()
  const [oldest = '', second = '', newest = ''] = names
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  const deletions: string[] = []
  let pinned: Promise<unknown> | undefined
  choose = request => {
    if (!isDeletion(request)) return undefined
    deletions.push(request.path)
    pinned ??= agent.setPinned(second, true)
    return { kind: 'hold', until: pinned }
  }
  expect(await ended(agent, await agent.startRotate(database))).toMatchObject({ state: 'completed' })
  expect(deletions.map(path => path.slice(path.lastIndexOf('/') + 1))).toEqual([
    oldest.replace(/\.zip$/, '.info'),
  ])
  expect((await agent.backups()).map(({ name }) => name)).toEqual([newest, second])
})

test('it goes by what is stored now, and only by all of it: a listing that breaks off deletes nothing', async () => {
  const { agent, database, names } = await threeBackups()
  const [oldest = '', second = '', newest = ''] = names
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  const listed = () => agent.backups().then(found => found.map(({ name }) => name))
  expect(await listed()).toEqual([newest, second, oldest])
  // Another process of this instance pins what was seen unpinned a moment ago.
  await instance.storage.put(markerKey(instance.prefix, 'pin', oldest), new Uint8Array())
  let isBroken = true
  const deletions: string[] = []
  choose = request => {
    if (request.method === 'DELETE' || request.query.has('delete')) deletions.push(request.path)
    if (!isBroken || !request.query.has('list-type')) return undefined
    // A page that names only the first of all objects, and that there are more; the next page is refused.
    if (request.query.has('continuation-token')) return { kind: 'answer', status: 403 }
    return {
      kind: 'rewrite',
      body: xml =>
        xml
          .replace('<IsTruncated>false</IsTruncated>', '<IsTruncated>true</IsTruncated>')
          .replace(
            '</ListBucketResult>',
            '<NextContinuationToken>x</NextContinuationToken></ListBucketResult>',
          ),
    }
  }
  expect(await ended(agent, await agent.startRotate(database))).toMatchObject({ state: 'failed' })
  expect(deletions).toEqual([])
  isBroken = false
  expect(await listed()).toEqual([newest, second, oldest])
  expect(await ended(agent, await agent.startRotate(database))).toMatchObject({ state: 'completed' })
  expect(await listed()).toEqual([newest, oldest])
})

test('it touches no backup of another database, whose name begins alike too', async () => {
  const { agent, database, names } = await threeBackups()
  const alike = DatabaseName.parse(`${database}.old`)
  await instance.odoo.cluster.withMaintenance(client =>
    client.query(`CREATE DATABASE "${alike}" TEMPLATE "${database}"`),
  )
  await cp(instance.odoo.filestore(database), instance.odoo.filestore(alike), { recursive: true })
  const others = [1, 2].map(
    async () => (await ended(agent, await agent.startBackup({ database: alike }))).backup,
  )
  const kept = (await Promise.all(others)).sort().toReversed()
  for (const job of await agent.jobs()) await ended(agent, job.id)
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  expect(await ended(agent, await agent.startRotate(database))).toMatchObject({ state: 'completed' })
  const left = (await agent.backups()).map(({ name }) => name)
  expect(left.filter(name => name.startsWith(alike))).toEqual(kept)
  expect(left.filter(name => !name.startsWith(alike))).toEqual([names[2]])
})

test('keys of one’s own that may not delete fail no rotation: it says so and leaves everything', async () => {
  const { agent, database, names } = await threeBackups()
  choose = request => (isDeletion(request) ? { kind: 'answer', status: 403 } : undefined)
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  expect(await ended(agent, await agent.startRotate(database))).toMatchObject({
    state: 'completed',
    warnings: [{ text: { code: 'rotation_refused' } }],
  })
  expect((await agent.backups()).map(({ name }) => name)).toEqual(names.toReversed())
})

test('the last backup that passed a drill stays while that of a later one failed, and the plan says why', async () => {
  const { agent, database, names } = await threeBackups()
  const [oldest = '', second = '', newest = ''] = names
  const note = (kind: MarkerKind, name: string) =>
    instance.storage.put(markerKey(instance.prefix, kind, name), new Uint8Array())
  await note('verified', oldest)
  await note('failed', second)
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  const plan = await agent.rotationPlan(database)
  expect(plan.rotated).toEqual([])
  expect(plan.kept.map(({ backup, texts }) => [backup.name, texts.map(({ code }) => code)])).toEqual([
    [newest, ['newest', 'last_of_frame']],
    [second, ['failed_since']],
    [oldest, ['last_verified']],
  ])
  expect(plan.kept[2]?.reasons).toEqual(['the last that passed a drill, as a later one failed'])
  const rotate = async () => ended(agent, await agent.startRotate(database))
  expect(await rotate()).toMatchObject({ state: 'completed' })
  expect((await agent.backups()).map(({ name }) => name)).toEqual(names.toReversed())

  await note('verified', newest)
  expect(await rotate()).toMatchObject({ state: 'completed' })
  expect((await agent.backups()).map(({ name }) => name)).toEqual([newest])
})

test('what a restore or a drill reads, or waits to, stays until that has ended, and the plan says why', async () => {
  const { agent, database, names } = await threeBackups()
  const [oldest = '', second = '', newest = ''] = names
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  const [reading, done] = [gate(), gate()]
  choose = ({ method, path, headers }) =>
    method === 'GET' && path.endsWith(second) && headers.range !== undefined
      ? { kind: 'gate', before: 'answer', gate: reading }
      : undefined
  const drill = await agent.startVerify(second)
  await reading.reached
  const copy = NewDatabaseName.parse(`${database}_copy`)
  const restoring = withDatabaseLock(instance.odoo.cluster, copy, async () => {
    const restore = await agent.startRestore({ source: { kind: 'stored', backup: oldest }, database: copy })
    await done.opened
    return restore
  })
  const rotate = async () => ended(agent, await agent.startRotate(database))
  const reasons = async () =>
    (await agent.rotationPlan(database)).kept.map(({ backup, texts }) => [
      backup.name,
      texts.map(({ code }) => code),
    ])
  await until(async () => ((await agent.jobs()).some(({ kind }) => kind === 'restore') ? true : undefined))
  expect(await reasons()).toEqual([
    [newest, ['newest', 'last_of_frame']],
    [second, ['in_use']],
    [oldest, ['in_use']],
  ])
  expect(await rotate()).toMatchObject({ state: 'completed' })
  done.open()
  reading.open()
  for (const id of [drill, await restoring])
    expect(await ended(agent, id)).toMatchObject({ state: 'completed' })

  expect((await agent.rotationPlan(database)).rotated.map(({ backup }) => backup.name)).toEqual([
    second,
    oldest,
  ])
  expect(await rotate()).toMatchObject({ state: 'completed' })
  expect((await agent.backups()).map(({ name }) => name)).toEqual([newest])
})
