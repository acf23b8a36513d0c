import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { ownerOf } from '../../../../infra/sandbox/s3-client.ts'
import { until } from '../../../../test/faults/waiting.ts'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import { openUploads } from '../../../../test/fixtures/open-uploads.ts'
import { markOf, placeOfAgent } from '../config/place.ts'
import type { StartedArchive } from './job-data.ts'

const sandbox = sandboxEnvironment()
let instance: AgentInstance
let database: DatabaseName
let apart: string
beforeEach(async () => {
  instance = await agentInstance()
  database = DatabaseName.parse(await instance.odoo.createSample())
  apart = join(instance.folder, 'apart')
  await mkdir(apart)
})
afterEach(() => instance.close())

/** A run that began in the bucket and died, and the database's backups going elsewhere since. */
async function diedThere(started: (there: StartedArchive) => StartedArchive) {
  const { agent, queue, store, close } = await instance.open({ worker: 'never' })
  const archive = `${database}.2026-01-01_03-00-00.zip`
  const client = ownerOf('private', sandbox)
  const { UploadId = '' } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: sandbox.privateBucket, Key: instance.prefix + archive }),
  )
  client.destroy()
  await instance.storage.put(
    `${instance.prefix}_/instance/${archive}/${store.current.instanceId}`,
    new Uint8Array(),
  )
  const there = {
    prefix: instance.prefix,
    archive,
    info: archive.replace(/zip$/, 'info'),
    uploadId: UploadId,
    place: markOf(placeOfAgent(store.current.settings)),
  }
  const id = await (await queue.get()).add({
    kind: 'backup',
    database,
    scheduled: false,
    started: started(there),
  })
  await agent.changeDatabaseSettings(database, { destination: { kind: 'directory', folder: apart } })
  await close()
  return id
}

test('a backup whose destination changed between two runs is made in the new one, and leaves nothing open in the old one', async () => {
  const id = await diedThere(there => there)
  expect(await openUploads(instance.prefix)).toHaveLength(1)
  const { agent } = await instance.open()
  const job = (await agent.jobs()).find(known => known.id === id)
  const done = await ended(agent, job?.id ?? (await agent.startBackup({ database })))
  expect(done).toMatchObject({ id, state: 'completed', attempt: 1 })
  expect(await readdir(apart)).toContain(done.backup)
  expect(await openUploads(instance.prefix)).toEqual([])
  for await (const { key } of instance.storage.list(instance.prefix)) expect(key).toBe('nothing')
})

test('what lies in a bucket of which no keys are left is told, and holds up no backup', async () => {
  const told: string[] = []
  const id = await diedThere(there => ({
    ...there,
    place: { kind: 'own', bucket: 'former', region: 'x', endpoint: 'https://s3.invalid', pathStyle: true },
  }))
  const { agent, queue } = await instance.open({ warn: message => told.push(message) })
  const job = (await agent.jobs()).find(known => known.id === id)
  const done = await ended(agent, job?.id ?? (await agent.startBackup({ database })))
  expect(done).toMatchObject({ id, state: 'completed', attempt: 1 })
  await until(async () => (told.some(message => message.includes('the bucket former')) ? true : undefined))
  expect((await (await queue.get()).job(id))?.job.data).toMatchObject({ settled: true })
})
