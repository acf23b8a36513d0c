import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DatabaseName, NewDatabaseName, type RestorePlan, RestorePlanRequest } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { Agent } from '../operations.ts'

const PASSWORD = 'kept elsewhere too'

let instance: AgentInstance
let agent: Agent
let database: string
let backup: string
/** Goes last: what is in the folder that both share goes with it. */
const others: AgentInstance[] = []

beforeAll(async () => {
  instance = await agentInstance()
  database = await instance.odoo.createSample()
  agent = (await instance.open()).agent
  backup = await backUp()
})
afterAll(async () => {
  for (const other of others) await other.close()
  await instance.close()
})

async function backUp(): Promise<string> {
  const made = await ended(agent, await agent.startBackup({ database: DatabaseName.parse(database) }))
  expect(made).toMatchObject({ state: 'completed' })
  return made.backup ?? ''
}

function plan(request: object, encryptionPassword?: string): Promise<RestorePlan> {
  const secrets = encryptionPassword === undefined ? {} : { encryptionPassword }
  return agent.planRestore(RestorePlanRequest.parse(request), secrets)
}

const stored = () => ({ kind: 'stored', backup })
const states = ({ checks }: RestorePlan) =>
  Object.fromEntries(checks.map(({ check, state }) => [check, state]))
const faults = ({ checks }: RestorePlan) =>
  checks.filter(({ state }) => state === 'fault').map(({ check }) => check)

test('a plan says what a restore would do, and a free name', async () => {
  const found = await plan({ source: stored() })
  expect(found).toMatchObject({
    database: `${database}-restored`,
    copy: true,
    neutralise: true,
    reason: 'original_here',
    ready: true,
    encrypted: false,
    format: 'zip',
    original: database,
    odooVersion: '16.0',
  })
  expect(found.files).toBeGreaterThan(0)
  expect(states(found)).toMatchObject({ archive: 'ok', name: 'ok', disk: 'ok', postgres: 'ok', odoo: 'ok' })
  expect((await agent.jobs()).filter(({ kind }) => kind === 'restore')).toEqual([])
})

test('how much room PostgreSQL has is told where Odoo’s role may see its directory, and nothing otherwise', async () => {
  const rooms = async () =>
    (await plan({ source: stored() })).checks.flatMap(({ text }) => ('purpose' in text ? [text.purpose] : []))
  const disks = async () => {
    const found: string[] = []
    for await (const { check } of agent.doctor()) if (check.includes('disk')) found.push(check)
    return found
  }
  expect(await rooms()).toEqual(['files'])
  expect(await disks()).toEqual(['disk'])
  const superuser = await instance.odoo.superuser()
  try {
    await superuser.query(`GRANT pg_read_all_settings TO ${instance.role.name}`)
    expect(await rooms()).toEqual(['files', 'database'])
    expect(await disks()).toEqual(['disk', 'postgres disk'])
    await superuser.query(`REVOKE pg_read_all_settings FROM ${instance.role.name}`)
  } finally {
    await superuser.end()
  }
})

test('a role that may not make databases is a fault, with the command for the superuser; files alone need none', async () => {
  const { name } = instance.role
  const superuser = await instance.odoo.superuser()
  try {
    await superuser.query(`ALTER ROLE ${name} NOCREATEDB`)
    const refused = await plan({ source: stored() })
    expect(faults(refused)).toEqual(['postgres'])
    expect(refused.checks.find(({ check }) => check === 'postgres')?.message).toContain(
      `As the superuser run: ALTER ROLE "${name}" CREATEDB;`,
    )
    const files = await plan({ source: stored(), database, parts: 'filestore', replace: true })
    expect(faults(files)).toEqual([])
  } finally {
    await superuser.query(`ALTER ROLE ${name} CREATEDB`)
    await superuser.end()
  }
})

test('a name that is taken is a fault, and a warning where it is to be replaced', async () => {
  const taken = await plan({ source: stored(), database })
  expect(taken).toMatchObject({ database, ready: false })
  expect(faults(taken)).toEqual(['name'])
  const replacing = await plan({ source: stored(), database, replace: true })
  expect(replacing).toMatchObject({ ready: true, copy: false, reason: 'original_gone' })
  expect(states(replacing).name).toBe('warning')
  expect(faults(await plan({ source: stored(), database: '-no name' }))).toEqual(['name'])
})

test('what is asked for is planned as it is asked for', async () => {
  expect(await plan({ source: stored(), copy: false })).toMatchObject({
    copy: false,
    neutralise: false,
    reason: 'chosen',
  })
  expect(await plan({ source: stored(), neutralise: false })).toMatchObject({
    copy: true,
    neutralise: false,
    reason: 'original_here',
  })
})

test('a backup that is not there is refused', async () => {
  await expect(
    plan({ source: { kind: 'stored', backup: 'no.2026-01-01_00-00-00.zip' } }),
  ).rejects.toMatchObject({ code: 'backup_unknown' })
})

test('another server’s backup is planned, and restored, as a copy that does nothing outside', async () => {
  const other = await agentInstance({ private_s3_dir: instance.prefix.slice(0, -1) })
  others.push(other)
  await other.odoo.createSample()
  const elsewhere = (await other.open()).agent
  expect(await elsewhere.planRestore(RestorePlanRequest.parse({ source: stored() }))).toMatchObject({
    copy: true,
    neutralise: true,
    reason: 'other_server',
  })
  const name = NewDatabaseName.parse(other.odoo.name('_foreign'))
  const id = await elsewhere.startRestore({ source: { kind: 'stored', backup }, database: name })
  expect(await ended(elsewhere, id)).toMatchObject({ state: 'completed' })
  const neutralised = "SELECT FROM ir_config_parameter WHERE key = 'database.is_neutralized'"
  expect(await other.odoo.rows(name, neutralised)).toHaveLength(1)
  const uuid = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
  expect(await other.odoo.rows(name, uuid)).not.toEqual(await instance.odoo.rows(database, uuid))
})

test('a plan makes nothing, also where the server has no folder for files yet; the restore makes it', async () => {
  const dataDir = await mkdtemp(join(instance.folder, 'data-'))
  const empty = await agentInstance({ private_s3_dir: instance.prefix.slice(0, -1) }, '', { dataDir })
  others.push(empty)
  await rm(join(dataDir, 'filestore'), { recursive: true, force: true })
  const there = (await empty.open()).agent
  const found = await there.planRestore(RestorePlanRequest.parse({ source: stored() }))
  expect(states(found)).toMatchObject({ name: 'ok', disk: 'ok' })
  expect(await readdir(dataDir)).toEqual([])
  const name = NewDatabaseName.parse(empty.odoo.name('_first'))
  const id = await there.startRestore({ source: { kind: 'stored', backup }, database: name })
  expect(await ended(there, id)).toMatchObject({ state: 'completed' })
  expect(await readdir(join(dataDir, 'filestore'))).toEqual([name])
})

test('a file that is whole, cut off, or no backup is told apart before anything is begun', async () => {
  const { body } = await agent.openBackup(backup)
  const path = join(instance.folder, 'downloaded.zip')
  await writeFile(path, body)
  const file = { source: { kind: 'file', path } }
  expect(await plan(file)).toMatchObject({
    copy: true,
    reason: 'from_file',
    ready: true,
    original: database,
    odooVersion: '16.0',
  })
  await truncate(path, 20_000)
  expect(faults(await plan(file))).toEqual(['archive'])
  await writeFile(path, 'no backup')
  expect(faults(await plan(file))).toEqual(['archive'])
})

describe.each(['zip', 'dump'] as const)('an encrypted %s', format => {
  beforeAll(async () => {
    await agent.changeDatabaseSettings(database, {
      format,
      encrypted: true,
      encryptionPassword: PASSWORD,
      passwordKeptElsewhere: true,
    })
    backup = await backUp()
  })

  test('is planned with the password of the settings, or the one that is given', async () => {
    const known = await plan({ source: stored() })
    expect(known).toMatchObject({ ready: true, encrypted: true, format })
    expect(states(known).password).toBe('ok')
    const wrong = await plan({ source: stored() }, 'wrong')
    expect(wrong.ready).toBe(false)
    expect(faults(wrong)).toEqual(['password'])
    expect(JSON.stringify([known, wrong])).not.toContain(PASSWORD)
  })

  test('needs a password as a file', async () => {
    const { body } = await agent.openBackup(backup)
    const path = join(instance.folder, `downloaded.${format}.enc`)
    await writeFile(path, body)
    const name = `${database}.2026-01-31_04-00-00.${format}.enc`
    const file = { source: { kind: 'file', path, name } }
    const locked = await plan(file)
    expect(faults(locked)).toEqual(['password'])
    expect(locked.database).toBe(`${database}-restored`)
    expect(await plan(file, PASSWORD)).toMatchObject({
      ready: true,
      format,
      database: `${database}-restored`,
    })
  })

  test('says what a dump lacks', async () => {
    const found = await plan({ source: stored(), parts: 'filestore' })
    expect(faults(found)).toEqual(format === 'dump' ? ['parts'] : [])
  })
})
