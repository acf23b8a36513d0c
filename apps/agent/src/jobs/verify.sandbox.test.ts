import { mkdir, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DatabaseName, JobId, type JobView } from '@odoo-backup/protocol'
import { type AgentInstance, agentInstance, ended } from '../../../../test/fixtures/agent-instance.ts'
import type { OpenedAgent } from '../open-agent.ts'
import type { Agent } from '../operations.ts'

const PASSWORD = 'kept elsewhere too'
/** Where the time of the first entry stands in a zip: another value changes nothing but the bytes. */
const TIME_OF_FIRST_ENTRY = 10

let instance: AgentInstance
let opened: OpenedAgent
let agent: Agent
let database: string
/** Holds a function, and a trigger that it does not survive to be neutralised. */
let withCode: string
/** Go last: they share a folder of the bucket. */
const others: AgentInstance[] = []

beforeAll(async () => {
  instance = await agentInstance()
  database = await instance.odoo.createSample({ files: 3 })
  withCode = await instance.odoo.createSample({ files: 3 })
  await instance.odoo.rows(
    withCode,
    `CREATE FUNCTION stop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the trigger ran'; END $$;
     CREATE TRIGGER stop_it BEFORE UPDATE ON ir_cron FOR EACH ROW EXECUTE FUNCTION stop_it()`,
  )
  opened = await instance.open()
  agent = opened.agent
})
afterAll(async () => {
  for (const other of others) await other.close()
  await instance.close()
})

type Format = { readonly format: 'zip' | 'dump'; readonly encrypted: boolean }
const FORMATS: readonly Format[] = [
  { format: 'zip', encrypted: false },
  { format: 'zip', encrypted: true },
  { format: 'dump', encrypted: false },
  { format: 'dump', encrypted: true },
]

async function backUp(name: string, how: Format): Promise<string> {
  await agent.changeDatabaseSettings(name, {
    ...how,
    encryptionPassword: PASSWORD,
    passwordKeptElsewhere: true,
  })
  const job = await ended(agent, await agent.startBackup({ database: DatabaseName.parse(name) }))
  expect(job).toMatchObject({ state: 'completed' })
  return job.backup ?? ''
}

async function verified(backup: string, options: Parameters<Agent['startVerify']>[1] = {}): Promise<JobView> {
  return ended(agent, await agent.startVerify(backup, options))
}

const resultOf = async (backup: string) =>
  (await agent.backups()).find(({ name }) => name === backup)?.verification?.passed

async function change(key: string, edit: (bytes: Buffer) => Buffer): Promise<void> {
  const bytes = Buffer.concat(await (await instance.storage.get(instance.prefix + key)).toArray())
  await instance.storage.put(instance.prefix + key, edit(bytes))
}

const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.7))
const flip = (at: number) => (bytes: Buffer) => {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}
const flipMiddle = (bytes: Buffer) => flip(Math.floor(bytes.length / 2))(bytes)

describe.each(FORMATS)('a $format (encrypted: $encrypted)', how => {
  test.each([
    ['cut off', cut],
    ['changed in one bit', flipMiddle],
  ])('that is %s has failed, though it passed before', async (_, damage) => {
    const backup = await backUp(database, how)
    expect(await verified(backup)).toMatchObject({ state: 'completed' })
    expect(await resultOf(backup)).toBe(true)
    await change(backup, damage)
    expect(await verified(backup)).toMatchObject({ state: 'failed', failure: { code: 'backup_damaged' } })
    expect(await resultOf(backup)).toBe(false)
  })

  test('of this server that holds code is drilled with its code', async () => {
    const backup = await backUp(withCode, how)
    const job = await verified(backup)
    expect(job).toMatchObject({ state: 'completed' })
    // Its trigger would stop neutralising, where it has no say.
    expect(job.warnings).toEqual([])
    expect(await resultOf(backup)).toBe(true)
  })
})

test('a plain zip that is changed where none of its content lies has failed', async () => {
  const backup = await backUp(database, { format: 'zip', encrypted: false })
  await change(backup, flip(TIME_OF_FIRST_ENTRY))
  const job = await verified(backup)
  expect(job).toMatchObject({ state: 'failed', failure: { code: 'backup_damaged' } })
  expect(job.failure?.message).toMatch(/not what was stored/)
  expect(await resultOf(backup)).toBe(false)
})

test('no backup fails where it cannot be sealed', async () => {
  const other = await agentInstance()
  others.push(other)
  const name = await other.odoo.createSample({ files: 1 })
  await mkdir(`${other.configurationFile}.d`, { recursive: true })
  await writeFile(`${other.configurationFile}.d/seal`, 'in the way of the folder')
  const warnings: string[] = []
  const { agent: unsealed } = await other.open({ warn: message => warnings.push(message) })
  const id = await unsealed.startBackup({ database: DatabaseName.parse(name) })
  expect(await ended(unsealed, id)).toMatchObject({ state: 'completed' })
  expect(warnings.join()).toMatch(/could not be sealed/)
})

test('a password that is wrong says nothing of the backup', async () => {
  const backup = await backUp(database, { format: 'zip', encrypted: true })
  const job = await verified(backup, { encryptionPassword: 'wrong' })
  expect(job).toMatchObject({ state: 'failed', failure: { code: 'encryption_password_wrong' } })
  expect(await resultOf(backup)).toBeUndefined()
})

describe('code in a backup', () => {
  const plain: Format = { format: 'zip', encrypted: false }

  test('is not run when the archive is not what this server stored', async () => {
    const backup = await backUp(withCode, plain)
    await change(backup, flip(TIME_OF_FIRST_ENTRY))
    const job = await verified(backup)
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'backup_damaged' } })
    expect(job.failure?.message).toMatch(/not what was stored/)
    expect(await resultOf(backup)).toBe(false)
  })

  test('is not run when .info was changed along with the archive', async () => {
    const backup = await backUp(withCode, plain)
    await change(backup.replace(/\.zip$/, '.info'), bytes =>
      Buffer.from(bytes.toString().replace(/^(sha256 = )[0-9a-f]{4}/m, '$10000')),
    )
    const job = await verified(backup)
    expect(job).toMatchObject({ state: 'failed', failure: { code: 'dump_refused' } })
    expect(job.failure?.message).toMatch(/--trust-code/)
    expect(await resultOf(backup)).toBeUndefined()
  })

  test('of another server is run on the administrator’s word alone', async () => {
    const backup = await backUp(withCode, plain)
    const other = await agentInstance({ private_s3_dir: instance.prefix.slice(0, -1) })
    others.push(other)
    const elsewhere = (await other.open()).agent
    const refused = await ended(elsewhere, await elsewhere.startVerify(backup))
    expect(refused).toMatchObject({ state: 'failed', failure: { code: 'dump_refused' } })
    expect(await resultOf(backup)).toBeUndefined()
    const trusted = await ended(elsewhere, await elsewhere.startVerify(backup, { trustCode: true }))
    expect(trusted).toMatchObject({ state: 'completed' })
    expect(await resultOf(backup)).toBe(true)
  })
})

test('a scheduled drill takes the latest backup of its database that is this server’s own', async () => {
  const name = DatabaseName.parse(database)
  const earlier = await backUp(database, { format: 'dump', encrypted: false })
  const latest = await backUp(database, { format: 'zip', encrypted: false })
  const byItself = async () => {
    const data = { kind: 'verify', database: name, scheduled: true, trustCode: false } as const
    return ended(agent, JobId.parse(await (await opened.queue.get()).add(data)))
  }
  // As after its schedules were switched off while it waited.
  expect(await byItself()).toMatchObject({ state: 'cancelled' })
  expect(await resultOf(latest)).toBeUndefined()
  const drills = [{ kind: 'cron' as const, expression: '0 0 1 1 *', timeZone: 'UTC' }]
  await agent.changeDatabaseSettings(name, { drills })
  expect(await byItself()).toMatchObject({ state: 'completed', backup: latest })
  expect(await resultOf(latest)).toBe(true)
  expect(await resultOf(earlier)).toBeUndefined()
})
