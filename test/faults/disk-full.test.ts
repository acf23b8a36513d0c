import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, expect, test } from '@jest/globals'
import { NewDatabaseName } from '@odoo-backup/protocol'
import { createDirectoryStorage } from '@odoo-backup/storage'
import { createUploads } from '../../apps/agent/src/http/api/uploads.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { type FaultProxy, startFaultProxy } from '../fixtures/fault-proxy.ts'
import { gate } from '../fixtures/gate.ts'
import { type SmallDisk, smallDisk } from '../fixtures/small-disk.ts'
import { startAgentProcess } from './agent-process.ts'
import { expectRecovered, ownFilesIn, victim } from './recovered.ts'

const MIB = 1024 * 1024
const sandbox = sandboxEnvironment()

let disk: SmallDisk
let instance: AgentInstance | undefined
let proxy: FaultProxy | undefined
afterEach(async () => {
  await instance?.close()
  instance = undefined
  await proxy?.close()
  proxy = undefined
  await disk.close()
})

/**
 * A proxy before the store that stops the reading of an archive once: at its second window, or after 4 MiB of an
 * encrypted one, which is read in one piece.
 */
async function stoppedInTheMiddle() {
  const middle = gate()
  let windows = 0
  proxy = await startFaultProxy(sandbox.s3Endpoint, ({ method, path, headers }) => {
    if (method !== 'GET') return undefined
    if (path.endsWith('.zip.enc')) return { kind: 'gate', before: 'answer', bytes: 4 * MIB, gate: middle }
    const [, start = '0', end = '0'] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? []
    const isWindow = path.endsWith('.zip') && Number(end) - Number(start) > MIB
    return isWindow && ++windows === 2 ? { kind: 'gate', before: 'request', gate: middle } : undefined
  })
  return { endpoint: proxy.url, middle }
}

test('the disk of the filestore fills in the middle of a restore: neither files nor database stay, and once there is room it ends well', async () => {
  disk = await smallDisk(56)
  const { endpoint, middle } = await stoppedInTheMiddle()
  const made = await agentInstance({ aws_endpoint: endpoint }, '', { dataDir: join(disk.folder, 'odoo') })
  instance = made
  const opened = await made.open()
  const { agent } = opened
  const database = await victim(made, agent, 20)
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  const name = NewDatabaseName.parse(made.odoo.name('_restored'))
  const start = () =>
    agent.startRestore({
      source: { kind: 'stored', backup },
      database: name,
      copy: false,
      neutralise: false,
    })
  const id = await start()
  await middle.reached
  await disk.leave(0)
  middle.open()
  expect(await ended(agent, id)).toMatchObject({
    state: 'failed',
    attempt: 1,
    failure: { code: 'disk_full' },
  })
  await disk.empty()
  await expectRecovered(made, opened, database)
  expect(await ended(agent, await start())).toMatchObject({ state: 'completed' })
  expect(await made.fingerprint(name)).toEqual(await made.fingerprint(database))
})

test('a restore for which the disk has no room is refused before it begins', async () => {
  disk = await smallDisk(24)
  const made = await agentInstance({}, '', { dataDir: join(disk.folder, 'odoo') })
  instance = made
  const opened = await made.open()
  const { agent } = opened
  const database = await victim(made, agent, 4)
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  await disk.leave(2 * MIB)
  const id = await agent.startRestore({
    source: { kind: 'stored', backup },
    database: NewDatabaseName.parse(made.odoo.name('_restored')),
    copy: false,
    neutralise: false,
  })
  expect(await ended(agent, id)).toMatchObject({ state: 'failed', failure: { code: 'disk_full' } })
  await disk.empty()
  await expectRecovered(made, opened, database)
})

test('the folder that backups go to fills in the middle of one: nothing half stays there, and the next one is kept', async () => {
  disk = await smallDisk(44)
  const store = join(disk.folder, 'store')
  await mkdir(store)
  const bucketless = {
    s3_bucket_name: '',
    aws_access_key_id: '',
    aws_secret_access_key: '',
    aws_endpoint: '',
  }
  instance = await agentInstance({ ...bucketless, directory: store })
  const opened = await instance.open()
  const { agent } = opened
  const database = await victim(instance, agent, 12)
  await disk.leave(4 * MIB)
  const tried = await ended(agent, await agent.startBackup({ database }))
  expect(tried).toMatchObject({ state: 'failed', attempt: 1, failure: { code: 'storage_full' } })
  const files = (await readdir(store, { recursive: true, withFileTypes: true })).filter(file => file.isFile())
  expect(files.map(({ name }) => name)).toEqual([])
  expect(await agent.backups()).toEqual([])
  await disk.empty()
  const again = await ended(agent, await agent.startBackup({ database }))
  expect(again).toMatchObject({ state: 'completed', attempt: 1 })
  expect((await agent.backups()).map(({ name }) => name)).toEqual([again.backup])
  await expectRecovered(instance, opened, database, {
    storage: createDirectoryStorage({ folder: store }),
    prefix: instance.prefix,
    openUploads: async () => [],
  })
})

test('the disk for temporary files fills while an encrypted backup is being decrypted: nothing of it stays readable there', async () => {
  disk = await smallDisk(24)
  const { endpoint, middle } = await stoppedInTheMiddle()
  instance = await agentInstance({ aws_endpoint: endpoint })
  const { agent, close } = await instance.open()
  const database = await victim(instance, agent, 12)
  await agent.changeDatabaseSettings(database, {
    encrypted: true,
    encryptionPassword: 'kept elsewhere',
    passwordKeptElsewhere: true,
  })
  const { backup = '' } = await ended(agent, await agent.startBackup({ database }))
  await close()
  const service = await startAgentProcess(instance.configurationFile, { TMPDIR: disk.folder })
  try {
    const { agent: asking } = await instance.open({ worker: 'never' })
    const id = await asking.startRestore({
      source: { kind: 'stored', backup },
      database: NewDatabaseName.parse(instance.odoo.name('_restored')),
      copy: false,
      neutralise: false,
    })
    await middle.reached
    await disk.leave(0)
    middle.open()
    expect(await ended(asking, id)).toMatchObject({ state: 'failed', failure: { code: 'disk_full' } })
    await disk.empty()
    expect(await ownFilesIn(disk.folder)).toEqual([])
  } finally {
    await service.kill()
  }
  await expectRecovered(instance, await instance.open(), database)
})

test('an upload that does not fit is refused before its first byte, and one that fills the disk leaves nothing', async () => {
  disk = await smallDisk(16)
  const folder = join(disk.folder, 'uploads')
  await mkdir(folder)
  const uploads = createUploads(folder)
  const mebibyte = new Uint8Array(MIB)
  const receive = (announced: number, sent: number) =>
    uploads.receive(Readable.from(Array(sent).fill(mebibyte)), announced * MIB, 'zip')
  await disk.leave(4 * MIB)
  await expect(receive(8, 8)).rejects.toMatchObject({ code: 'disk_full' })
  await expect(receive(3, 8)).rejects.toMatchObject({ code: 'disk_full' })
  expect(await readdir(folder)).toEqual([])
  await disk.empty()
  const { id } = await receive(8, 8)
  expect(await readdir(folder)).toEqual([id])
})
