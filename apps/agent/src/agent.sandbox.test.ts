import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DatabaseName, JobId, NewDatabaseName } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../infra/sandbox/environment.ts'
import {
  type AgentInstance,
  agentInstance,
  ended,
  MASTER_PASSWORD,
} from '../../../test/fixtures/agent-instance.ts'
import { AgentError } from './errors.ts'
import type { OpenedAgent } from './open-agent.ts'
import type { Agent } from './operations.ts'

const sandbox = sandboxEnvironment()

describe.each([
  ['PostgreSQL', 'postgres'],
  ['Redis', sandbox.redisUrl],
])('an agent with its queue in %s', (_name, queue) => {
  let instance: AgentInstance
  let opened: OpenedAgent
  let agent: Agent
  let database: string

  beforeAll(async () => {
    instance = await agentInstance({ queue })
    database = await instance.odoo.createSample()
    opened = await instance.open()
    agent = opened.agent
  })
  afterAll(() => instance.close())

  const backUp = async () => {
    const [found] = (await agent.databases()).filter(({ name }) => name === database)
    if (found === undefined) throw new Error('the database is not listed')
    return ended(agent, await agent.startBackup({ database: found.name }))
  }

  test('a database is backed up, listed and restored under another name, identical', async () => {
    const done = await backUp()
    expect(done).toMatchObject({ state: 'completed', kind: 'backup', database })
    const [backup] = await agent.backups({ database })
    expect(backup).toMatchObject({ name: done.backup, encrypted: false, format: 'zip' })
    const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
    const id = await agent.startRestore({
      source: { kind: 'stored', backup: backup?.name ?? '' },
      database: name,
      copy: false,
      neutralise: false,
    })
    expect(await ended(agent, id)).toMatchObject({ state: 'completed', kind: 'restore', database: name })
    expect(await instance.fingerprint(name)).toEqual(await instance.fingerprint(database))
  })

  test('a job tells its phases with their times, and keeps a log to be read afterwards', async () => {
    const done = await backUp()
    const phases = done.phases.map(({ phase }) => phase)
    expect(phases).toEqual(['waiting', 'snapshot', 'dump', 'files', 'upload', 'verify'])
    const times = done.phases.flatMap(({ startedAt, finishedAt = '' }) => [startedAt, finishedAt])
    expect(times).toEqual([...times].sort())
    expect(done.phases.find(({ phase }) => phase === 'files')?.files).toBeGreaterThan(0)
    const { lines, full } = await agent.jobLog(done.id)
    const texts = lines.map(({ text }) => text)
    expect(full).toBe(false)
    expect(texts[0]).toBe('The job begins.')
    expect(texts.join('\n')).toContain(`go to ${done.backup}`)
    expect(texts.at(-1)).toBe('Done.')
    await expect(agent.jobLog(JobId.parse('none'))).rejects.toMatchObject({ code: 'job_unknown' })
  })

  test('beside its original a backup becomes a copy that does nothing outside, where its original is gone it is moved', async () => {
    const { backup = '' } = await backUp()
    const uuidOf = async (name: string) =>
      (
        await instance.odoo.rows<{ value: string }>(
          name,
          "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'",
        )
      )[0]?.value
    const neutralised = async (name: string) =>
      (
        await instance.odoo.rows(
          name,
          "SELECT FROM ir_config_parameter WHERE key = 'database.is_neutralized' AND value = 'true'",
        )
      ).length
    const original = await uuidOf(database)
    const restored = async () => {
      const name = NewDatabaseName.parse(instance.odoo.name('_default'))
      const id = await agent.startRestore({ source: { kind: 'stored', backup }, database: name })
      expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
      return name
    }
    const beside = await restored()
    expect(await uuidOf(beside)).not.toBe(original)
    expect(await neutralised(beside)).toBe(1)

    const gone = `${database}_gone`
    const rename = (from: string, to: string) =>
      instance.odoo.cluster.withMaintenance(client =>
        client.query(`ALTER DATABASE "${from}" RENAME TO "${to}"`),
      )
    await rename(database, gone)
    try {
      const moved = await restored()
      expect(await uuidOf(moved)).toBe(original)
      expect(await neutralised(moved)).toBe(0)
    } finally {
      await rename(gone, database)
    }
  })

  test('the pair in the bucket says whose it is, and .info holds what is known of it', async () => {
    const done = await backUp()
    expect(await agent.backup(done.backup ?? '')).toMatchObject({
      instanceId: opened.store.current.instanceId,
      odooVersion: '16.0',
      missingFiles: 0,
    })
    const keys: string[] = []
    for await (const { key } of instance.storage.list(instance.prefix))
      keys.push(key.slice(instance.prefix.length))
    expect(keys).toContain(done.backup?.replace(/\.zip$/, '.info'))
    expect(keys).toContain(`_/instance/${done.backup}/${opened.store.current.instanceId}`)
  })

  test('what cannot be done is refused before anything is queued', async () => {
    const done = await backUp()
    const before = (await agent.jobs()).length
    const restore = (backup: string, name: string) =>
      agent.startRestore({
        source: { kind: 'stored', backup },
        database: NewDatabaseName.parse(name),
        copy: true,
        neutralise: false,
      })
    await expect(restore('nothing.2026-01-01_00-00-00.zip', 'new_name')).rejects.toMatchObject({
      code: 'backup_unknown',
      status: 404,
    })
    await expect(restore(done.backup ?? '', database)).rejects.toMatchObject({
      code: 'database_exists',
      status: 409,
    })
    await expect(agent.job(JobId.parse('backup-none'))).rejects.toMatchObject({ code: 'job_unknown' })
    expect(await agent.jobs()).toHaveLength(before)
    expect(await agent.isMasterPassword(MASTER_PASSWORD)).toBe(true)
    expect(await agent.isMasterPassword('wrong')).toBe(false)
  })

  test('a pinned backup is shown as such, is not deleted, and is deleted once it is unpinned', async () => {
    const name = (await backUp()).backup ?? ''
    await agent.setPinned(name, true)
    expect((await agent.backups()).find(backup => backup.name === name)?.pinned).toBe(true)
    await expect(agent.startDelete(name)).rejects.toMatchObject({ code: 'backup_pinned' })
    await agent.setPinned(name, false)
    expect(await ended(agent, await agent.startDelete(name))).toMatchObject({ state: 'completed' })
    const left: string[] = []
    for await (const { key } of instance.storage.list(instance.prefix)) left.push(key)
    expect(left.filter(key => key.includes(name.replace(/\.zip$/, '')))).toEqual([])
  })

  test('a drill restores a backup where nobody sees it, and its result stands beside the backup', async () => {
    const name = (await backUp()).backup ?? ''
    const before = await instance.odoo.listedByOdoo()
    const id = await agent.startVerify(name)
    expect(await ended(agent, id)).toMatchObject({ state: 'completed' })
    const verified = (await agent.backups()).find(backup => backup.name === name)
    expect(verified?.verification?.passed).toBe(true)
    expect(await instance.odoo.listedByOdoo()).toEqual(before)
    const { data } = (await (await opened.queue.get()).job(id))?.job ?? {}
    const scratch = data?.kind === 'verify' ? data.scratch : undefined
    expect(scratch).toBeDefined()
    expect(
      await instance.odoo.rows('postgres', 'SELECT FROM pg_database WHERE datname = $1', [scratch]),
    ).toEqual([])
  })

  test('storage is tried as it was entered, before anything is saved, and nothing of the trial stays', async () => {
    const { store } = opened
    const before = await readFile(store.path, 'utf8')
    const folder = `${instance.prefix}trial`
    expect(await agent.tryStorage({ kind: 'own', folder })).toEqual({ folder })
    await expect(agent.tryStorage({ kind: 'own', secretAccessKey: 'wrong' })).rejects.toMatchObject({
      code: 'storage_refused',
      message: expect.stringMatching(/^Writing a small object failed\. Could not store it: /),
    })
    await expect(agent.tryStorage({ kind: 'own', bucket: 'no-such-bucket-here' })).rejects.toMatchObject({
      code: 'storage_refused',
      message: expect.stringContaining('Could not store it: there is no such bucket. Check the keys'),
    })
    await expect(agent.tryStorage({ kind: 'own', bucket: null })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    await expect(agent.tryStorage({ kind: 'directory', folder: '/nowhere' })).rejects.toBeInstanceOf(
      AgentError,
    )
    const directory = await mkdtemp(join(instance.folder, 'backups-'))
    await agent.tryStorage({ kind: 'directory', folder: directory })
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    expect(entries.filter(entry => entry.isFile())).toEqual([])
    const left: string[] = []
    for await (const { key } of instance.storage.list(folder)) left.push(key)
    expect(left).toEqual([])
    expect(await readFile(store.path, 'utf8')).toBe(before)
  })

  test('what unsaved limits would delete is what rotation deletes once they are saved', async () => {
    await backUp()
    const { backup: newest } = await backUp()
    // The rotations that follow the backups must not go by the limits that come now.
    for (const job of await agent.jobs()) await ended(agent, job.id)
    expect((await agent.rotationPlan(database)).rotated).toEqual([])
    const proposed = await agent.rotationPlan(database, { hourly: 1 })
    expect(proposed.kept.map(({ backup }) => backup.name)).toEqual([newest])
    expect((await agent.rotationPlan(database)).rotated).toEqual([])
    await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
    expect(await agent.rotationPlan(database)).toEqual(proposed)
    expect(await ended(agent, await agent.startRotate(database))).toMatchObject({ state: 'completed' })
    expect((await agent.backups({ database })).map(({ name }) => name)).toEqual([newest])
    await agent.changeDatabaseSettings(database, { retention: { hourly: 'off' } })
  })
})

test('watching a job ends with the agent, not only with the job', async () => {
  const instance = await agentInstance()
  try {
    const database = DatabaseName.parse(await instance.odoo.createSample())
    const opened = await instance.open({ worker: 'never' })
    const watched = opened.agent.follow(await opened.agent.startBackup({ database }))[Symbol.asyncIterator]()
    expect((await watched.next()).value).toMatchObject({ state: 'waiting' })
    const next = watched.next()
    await opened.close()
    await expect(next).rejects.toMatchObject({ code: 'queue_unreachable' })
  } finally {
    await instance.close()
  }
})
