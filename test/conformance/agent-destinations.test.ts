import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'

let instance: AgentInstance
afterEach(() => instance.close())

test('a database with a destination of its own is backed up, listed, pinned, restored, verified, rotated and deleted there', async () => {
  let clock = Date.now()
  instance = await agentInstance()
  const { agent, store } = await instance.open({ now: () => new Date(clock) })
  const settings = store.current.settings
  const apart = join(instance.folder, 'apart')
  await mkdir(apart)
  const [here, there] = [
    DatabaseName.parse(await instance.odoo.createSample()),
    DatabaseName.parse(await instance.odoo.createSample()),
  ]
  const retention = { daily: 1 } as const
  await agent.changeDatabaseSettings(here, { retention })
  const inVain = agent.tryDestination(there, { kind: 'directory', folder: join(apart, 'nowhere') })
  await expect(inVain).rejects.toMatchObject({ code: 'storage_refused' })
  await agent.tryDestination(there, { kind: 'directory', folder: apart })
  expect(await readdir(apart, { recursive: true, withFileTypes: true })).not.toContainEqual(
    expect.objectContaining({ isFile: expect.any(Function), name: expect.stringMatching(/-/) }),
  )
  const changed = await agent.changeDatabaseSettings(there, {
    retention,
    destination: { kind: 'directory', folder: apart },
  })
  expect(changed.destination).toEqual({ kind: 'directory', folder: apart })
  const backUp = async (database: DatabaseName) => {
    const done = await ended(agent, await agent.startBackup({ database }))
    expect(done).toMatchObject({ state: 'completed', warnings: [] })
    return done.backup ?? ''
  }
  const inBucket = async () => {
    const keys: string[] = []
    for await (const { key } of instance.storage.list(instance.prefix))
      keys.push(key.slice(instance.prefix.length))
    return keys
  }

  const [ours, theirs] = [await backUp(here), await backUp(there)]
  expect(await readdir(apart)).toEqual(expect.arrayContaining([theirs]))
  expect(await readdir(apart)).not.toContain(ours)
  expect((await inBucket()).filter(key => key.includes(there))).toEqual([])
  const names = async () => (await agent.backups()).map(({ name }) => name)
  expect((await names()).sort()).toEqual([ours, theirs].sort())
  expect(await agent.backup(theirs)).toMatchObject({ database: there })

  const target = NewDatabaseName.parse(`${there}_restored`)
  const restore = await agent.startRestore({
    source: { kind: 'stored', backup: theirs },
    database: target,
    copy: false,
    neutralise: false,
  })
  expect(await ended(agent, restore)).toMatchObject({ state: 'completed' })
  expect(await instance.fingerprint(target)).toEqual(await instance.fingerprint(there))
  expect(await ended(agent, await agent.startVerify(theirs))).toMatchObject({ state: 'completed' })

  await agent.setPinned(theirs, true)
  clock += 1000
  const second = await backUp(there)
  clock += 1000
  const third = await backUp(there)
  const rotation = await ended(agent, await agent.startRotate(there))
  expect(rotation).toMatchObject({ state: 'completed', warnings: [] })
  expect(await names()).not.toContain(second)
  expect((await agent.backups()).find(({ name }) => name === theirs)).toMatchObject({
    pinned: true,
    verification: { passed: true },
  })

  // The database moves; what lies in the old place stays in reach as long as another database uses it.
  await agent.changeDatabaseSettings(here, { destination: { kind: 'directory', folder: apart } })
  await agent.changeDatabaseSettings(there, {
    destination: {
      kind: 'own',
      endpoint: settings.aws_endpoint ?? '',
      bucket: settings.s3_bucket_name ?? '',
      region: settings.aws_region,
      pathStyle: true,
      folder: `${settings.private_s3_dir}/own`,
      accessKeyId: settings.aws_access_key_id ?? '',
      secretAccessKey: settings.aws_secret_access_key ?? '',
    },
  })
  clock += 1000
  const moved = await backUp(there)
  expect(await inBucket()).toContain(`own/${moved}`)
  expect((await names()).sort()).toEqual([ours, theirs, third, moved].sort())
  expect(await ended(agent, await agent.startDelete(third))).toMatchObject({ state: 'completed' })
  await agent.setPinned(theirs, false)
  expect(await ended(agent, await agent.startDelete(theirs))).toMatchObject({ state: 'completed' })
  expect(await readdir(apart)).not.toEqual(expect.arrayContaining([expect.stringContaining(there)]))
  expect((await names()).sort()).toEqual([ours, moved].sort())
  expect(JSON.stringify(await agent.databaseSettings())).not.toContain(settings.aws_secret_access_key)
})
