import { execFile } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DatabaseName, NewDatabaseName } from '@odoo-backup/protocol'
import { createUploads } from '../../apps/agent/src/http/api/uploads.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { writeBigFilestore } from './big-filestore.ts'

const run = promisify(execFile)
const MIB = 1024 * 1024

let instance: AgentInstance
let disk: string

/** A disk of its own, in memory, of a few MiB. Mounting takes root, as the sandbox does. */
beforeEach(async () => {
  instance = await agentInstance()
  disk = join(instance.folder, 'disk')
  await mkdir(disk)
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0755', 'tmpfs', disk])
})
afterEach(async () => {
  await run('umount', [disk])
  await instance.close()
})
const grow = () => run('mount', ['-o', 'remount,size=64m', disk])

test('a restore that fills the disk of the filestore leaves neither files nor database, and ends well once there is room', async () => {
  const database = DatabaseName.parse(await instance.odoo.createSample())
  await writeBigFilestore(instance.odoo, database, 8)
  const { agent: source } = await instance.open()
  const { backup = '' } = await ended(source, await source.startBackup({ database }))

  const target = await agentInstance(
    { private_s3_dir: instance.prefix.replace(/\/$/, '') },
    `data_dir = ${disk}\n`,
  )
  try {
    const { agent } = await target.open()
    const name = NewDatabaseName.parse(instance.odoo.name('_restored'))
    const restore = async () => {
      const id = await agent.startRestore({
        source: { kind: 'stored', backup },
        database: name,
        copy: false,
        neutralise: false,
      })
      return ended(agent, id)
    }
    expect(await restore()).toMatchObject({ state: 'failed', failure: { code: 'disk_full' } })
    expect(await instance.odoo.cluster.databaseExists(name)).toBe(false)
    expect(await readdir(disk, { recursive: true, withFileTypes: true }).then(filesOf)).toEqual([])
    await grow()
    expect(await restore()).toMatchObject({ state: 'completed' })
    const files = await readdir(join(disk, 'filestore', name), { recursive: true, withFileTypes: true })
    expect(filesOf(files).length).toBeGreaterThanOrEqual(8)
  } finally {
    await target.close()
  }
})

test('an upload that does not fit is refused before its first byte, and one that fills the disk leaves nothing', async () => {
  const uploads = createUploads(disk, Date.now)
  const mebibyte = new Uint8Array(MIB)
  const receive = (announced: number, sent: number) =>
    uploads.receive(Readable.from(Array(sent).fill(mebibyte)), announced * MIB, 'zip')
  await expect(receive(8, 8)).rejects.toMatchObject({ code: 'disk_full' })
  await expect(receive(3, 8)).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(await readdir(disk)).toEqual([])
  await grow()
  const { id } = await receive(8, 8)
  expect(await readdir(disk)).toEqual([id])
})

function filesOf(entries: readonly { name: string; isFile(): boolean }[]): string[] {
  return entries.filter(entry => entry.isFile()).map(({ name }) => name)
}
