import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { formatInfoName, parseBackupName } from '@odoo-backup/backup-format'
import { withDatabaseLock } from '@odoo-backup/odoo'
import { DatabaseName } from '@odoo-backup/protocol'
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

const sandbox = sandboxEnvironment()
let instance: AgentInstance
let proxy: FaultProxy
afterEach(async () => {
  await instance.close()
  await proxy.close()
})

async function agentBehind(choose: (request: SeenRequest) => Fault | undefined) {
  proxy = await startFaultProxy(sandbox.s3Endpoint, choose)
  instance = await agentInstance({ aws_endpoint: proxy.url })
  const { agent, close } = await instance.open()
  return { agent, close, database: DatabaseName.parse(await instance.odoo.createSample()) }
}

/** Requests so far that name something below the account's folder, in their order: `PUT file`. */
const requests = () =>
  proxy.requests.flatMap(line => {
    const [, method, path = ''] = /^(\w+) ([^? ]*)/.exec(line) ?? []
    const key = decodeURIComponent(path).split(instance.prefix)[1]
    return key === undefined || key === '' ? [] : [`${method} ${key}`]
  })
const isInfo = (request: string) => /^PUT .*\.info$/.test(request)
const isArchive = (request: string) => /^PUT [^_].*\.zip$/.test(request)

async function stored(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of instance.storage.list(instance.prefix))
    keys.push(key.slice(instance.prefix.length))
  return keys
}

describe('an archive that the listing shows otherwise than it was sent', () => {
  test.each<[string, (xml: string) => string]>([
    ['in size', xml => xml.replace(/<Size>(\d+)<\/Size>/, (_, size) => `<Size>${Number(size) - 1}</Size>`)],
    [
      'in content',
      xml => xml.replace(/([0-9a-f]{32})/, etag => (etag[0] === '0' ? '1' : '0') + etag.slice(1)),
    ],
  ])('%s is no backup: it is removed without .info, and made again', async (_what, body) => {
    let left = 1
    const { agent, database } = await agentBehind(({ query }) =>
      query.get('prefix')?.endsWith('.zip') && left-- > 0 ? { kind: 'rewrite', body } : undefined,
    )
    const done = await ended(agent, await agent.startBackup({ database }))
    expect(done).toMatchObject({ state: 'completed', attempt: 2 })
    const seen = requests()
    const archives = seen.filter(isArchive)
    expect(archives).toHaveLength(2)
    expect(seen.filter(isInfo)).toHaveLength(1)
    expect(seen.findIndex(isInfo)).toBeGreaterThan(seen.findLastIndex(isArchive))
    const [first = ''] = archives
    if (first !== `PUT ${done.backup}`) expect(await stored()).not.toContain(first.slice('PUT '.length))
    expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
  })
})

test('a .info that is there already is not written over', async () => {
  const written = gate()
  const { agent, database } = await agentBehind(({ method, path }) =>
    method === 'PUT' && path.endsWith('.zip') ? { kind: 'gate', before: 'answer', gate: written } : undefined,
  )
  const id = await agent.startBackup({ database })
  await written.reached
  const archive = (await stored()).find(key => key.endsWith('.zip') && !key.startsWith('_/')) ?? ''
  const name = parseBackupName(archive)
  if (name === undefined) throw new Error(`${archive} is no name of a backup.`)
  const info = instance.prefix + formatInfoName(name)
  await instance.storage.put(info, Buffer.from('of another'))
  written.open()
  await ended(agent, id)
  expect(String(Buffer.concat(await (await instance.storage.get(info)).toArray()))).toBe('of another')
})

/** A database that names a stored file which is not there. */
async function lackingFile(database: DatabaseName): Promise<string> {
  const [file] = await instance.odoo.rows<{ name: string }>(
    database,
    "SELECT store_fname AS name FROM ir_attachment WHERE store_fname <> '' ORDER BY id DESC LIMIT 1",
  )
  if (file === undefined) throw new Error('The database names no file.')
  await rm(join(instance.odoo.filestore(database), file.name))
  return file.name
}

test('an archive that is whole becomes a backup although the queue takes no note of what it found', async () => {
  const listed = gate()
  let release = async () => {}
  const { agent, database } = await agentBehind(({ method, path, query }) => {
    if (method === 'PUT' && path.endsWith('.info')) void release()
    return method === 'GET' && query.get('prefix')?.endsWith('.zip')
      ? { kind: 'gate', before: 'answer', gate: listed }
      : undefined
  })
  const id = await agent.startBackup({ database })
  await listed.reached
  const [, queue = ''] =
    /queue_database = (\S+)/.exec(await readFile(instance.configurationFile, 'utf8')) ?? []
  const holder = await instance.odoo.superuser(queue)
  release = async () => void (await holder.query('ROLLBACK'))
  try {
    await holder.query('BEGIN')
    // Reads go on, and no note of this job is taken.
    const held = await holder.query('SELECT id FROM bullmq.job WHERE id = $1 FOR UPDATE', [id])
    expect(held.rows).toEqual([{ id }])
    listed.open()
    const done = await ended(agent, id)
    expect(done).toMatchObject({ state: 'completed', attempt: 1 })
    expect((await agent.backups()).map(({ name }) => name)).toEqual([done.backup])
    expect(requests().filter(isArchive)).toHaveLength(1)
  } finally {
    await holder.end()
  }
})

test('what a backup found is told though its worker ended right after .info was written', async () => {
  const written = gate()
  const { agent, close, database } = await agentBehind(({ method, path }) =>
    method === 'PUT' && path.endsWith('.info')
      ? { kind: 'gate', before: 'answer', gate: written }
      : undefined,
  )
  const path = await lackingFile(database)
  const id = await agent.startBackup({ database })
  await written.reached
  await close()
  written.open()
  const next = await instance.open()
  const done = await ended(next.agent, id)
  expect(done).toMatchObject({ state: 'completed', warnings: [{ text: { code: 'file_missing', path } }] })
  expect(requests().filter(isArchive)).toEqual([`PUT ${done.backup}`])
  expect((await next.agent.backups()).map(({ name }) => name)).toEqual([done.backup])
})

test('files that a backup lacks are told by an agent that may not read what it stored', async () => {
  const { agent, database } = await agentBehind(({ method, path }) =>
    method === 'GET' && path.endsWith('.info') ? { kind: 'answer', status: 403 } : undefined,
  )
  await lackingFile(database)
  const done = await ended(agent, await agent.startBackup({ database }))
  await expect(agent.backup(done.backup ?? '')).rejects.toMatchObject({ code: 'storage_refused' })
  expect(await agent.withMissingFiles(await agent.backups())).toMatchObject([
    { name: done.backup, missingFiles: 1 },
  ])
})

test('of a backup that is deleted .info goes first, then the archive, then what is known of it', async () => {
  const { agent, database } = await agentBehind(() => undefined)
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  expect(await ended(agent, await agent.startVerify(backup))).toMatchObject({ state: 'completed' })
  expect(await ended(agent, await agent.startDelete(backup))).toMatchObject({ state: 'completed' })
  const deleted = requests().filter(request => request.startsWith('DELETE '))
  const at = (matches: RegExp) => deleted.findIndex(request => matches.test(request))
  expect(at(/\.info$/)).toBe(0)
  expect(at(/^DELETE [^_].*\.zip$/)).toBe(1)
  expect(at(/^DELETE _\//)).toBe(2)
  expect(await stored()).toEqual([])
})

test('while another works on the database a backup waits, and stores nothing', async () => {
  const { agent, database } = await agentBehind(() => undefined)
  const id = await withDatabaseLock(instance.odoo.cluster, database, async () => {
    const started = await agent.startBackup({ database })
    await until(async () => {
      const { state, progress } = await agent.job(started)
      return state === 'waiting' && progress?.phase === 'waiting' ? true : undefined
    })
    expect(requests()).toEqual([])
    return started
  })
  const done = await ended(agent, id)
  expect(done).toMatchObject({ state: 'completed', attempt: 1 })
})

test('a password that was changed in the file, and not confirmed, encrypts nothing', async () => {
  const { agent, database } = await agentBehind(() => undefined)
  await agent.changeDatabaseSettings(database, {
    encrypted: true,
    encryptionPassword: 'the one that is kept elsewhere',
    passwordKeptElsewhere: true,
  })
  const { backup } = await ended(agent, await agent.startBackup({ database }))
  const before = await stored()
  const text = await readFile(instance.configurationFile, 'utf8')
  await writeFile(
    instance.configurationFile,
    text.replace('the one that is kept elsewhere', 'one with a slip of the pen'),
  )
  const done = await ended(agent, await agent.startBackup({ database }))
  expect(done).toMatchObject({ state: 'failed', attempt: 1, failure: { code: 'encryption_unconfirmed' } })
  expect(await stored()).toEqual(before)
  expect((await agent.backups()).map(({ name }) => name)).toEqual([backup])
})
