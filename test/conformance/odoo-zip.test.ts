import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DatabaseName } from '@odoo-backup/protocol'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { ownerOf } from '../../infra/sandbox/s3-client.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'

// What is in the bucket, as anybody sees it who has a plain S3 client and unzip, and nothing of ours.

const sandbox = sandboxEnvironment()
let instance: AgentInstance
let folder: string
let database: string
let zip: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'odoo-zip-'))
  instance = await agentInstance()
  database = await instance.odoo.createSample()
  const { agent } = await instance.open()
  const { backup } = await ended(agent, await agent.startBackup({ database: DatabaseName.parse(database) }))
  zip = join(folder, 'backup.zip')
  await fetchObject(`${instance.prefix}${backup}`, zip)
})
afterAll(async () => {
  await instance.close()
  await rm(folder, { recursive: true })
})

async function fetchObject(Key: string, path: string): Promise<void> {
  const client = ownerOf('private', sandbox)
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: sandbox.privateBucket, Key }))
    if (!(Body instanceof Readable)) throw new Error(`${Key} has no body.`)
    await pipeline(Body, createWriteStream(path))
  } finally {
    client.destroy()
  }
}

async function unzip(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('unzip', args, { maxBuffer: 64 * 1024 ** 2 })
  return stdout
}

test('unzip finds every entry sound', async () => {
  expect(await unzip('-t', zip)).toContain('No errors detected')
})

test('the entries are dump.sql, manifest.json and the filestore, in this order and nothing else', async () => {
  const root = instance.odoo.filestore(database)
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => `filestore/${relative(root, join(entry.parentPath, entry.name))}`)
    .filter(name => !name.startsWith('filestore/checklist/'))
  const [first, second, ...rest] = (await unzip('-Z1', zip)).trimEnd().split('\n')
  expect([first, second]).toEqual(['dump.sql', 'manifest.json'])
  expect(rest.sort()).toEqual(files.sort())
  expect(files.length).toBeGreaterThan(3)
})

test('the manifest has every key of Odoo, written as Odoo writes it', async () => {
  const text = await unzip('-p', zip, 'manifest.json')
  const installed = await instance.odoo.rows<{ name: string; latest_version: string }>(
    database,
    "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed'",
  )
  const [server] = await instance.odoo.rows<{ major: number }>(
    database,
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  )
  const manifest = JSON.parse(text)
  expect(manifest).toEqual({
    odoo_dump: '1',
    db_name: database,
    version: '16.0',
    version_info: [16, 0, 0, 'final', 0, ''],
    major_version: '16.0',
    pg_version: `${server?.major}.0`,
    modules: Object.fromEntries(installed.map(module => [module.name, module.latest_version])),
  })
  expect(Object.keys(manifest.modules)).toContain('base')
  expect(text).toBe(JSON.stringify(manifest, null, 4))
})

test('the dump is plain SQL without owners, and complete', async () => {
  const sql = await unzip('-p', zip, 'dump.sql')
  expect(sql).toMatch(/^COPY public\.res_users /m)
  expect(sql).not.toMatch(/OWNER TO/)
  expect(sql.trimEnd()).toMatch(/-- PostgreSQL database dump complete\n--(?:\n\n\\unrestrict \w+)?$/)
})
