import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { formatArchiveName, formatInfoName, writeInfo } from '@odoo-backup/backup-format'
import { DatabaseName } from '@odoo-backup/protocol'
import type { OpenedAgent } from '../../apps/agent/src/open-agent.ts'
import type { Agent } from '../../apps/agent/src/operations.ts'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { expectRecovered, leapDays } from './recovered.ts'
import { goingJobs, until } from './waiting.ts'

let one: AgentInstance
let other: AgentInstance
let database: DatabaseName

/** Two instances of one account: one folder, a database of the same name, no knowledge of each other. */
beforeEach(async () => {
  one = await agentInstance()
  const folder = one.prefix.replace(/\/$/, '')
  other = await agentInstance({ private_s3_dir: folder }, '', { beside: one })
  database = DatabaseName.parse(await one.odoo.createSample())
})
afterEach(async () => {
  await other.close()
  await one.close()
})

const backUp = async (agent: Agent) => {
  const view = await ended(agent, await agent.startBackup({ database }))
  expect(view).toMatchObject({ state: 'completed' })
  return view.backup ?? ''
}
const names = async (agent: Agent) => (await agent.backups()).map(({ name }) => name).sort()

/** A schedule for each of them, and nothing of the one's disaster in what the other sees. */
const schedule = (agent: Agent) => agent.changeDatabaseSettings(database, { schedules: [leapDays] })
async function expectBothRecovered(first: OpenedAgent, second: OpenedAgent): Promise<void> {
  await schedule(first.agent)
  await schedule(second.agent)
  // The one whose rotation may go on after its last backup comes last.
  await expectRecovered(other, second, database)
  await expectRecovered(one, first, database)
}

/** A complete pair of an earlier time, as the former module left it: nobody's. */
async function putForeignBackup(takenAt: Date): Promise<string> {
  const archive = formatArchiveName({ database, takenAt, format: 'zip', encrypted: false })
  await one.storage.put(one.prefix + archive, Buffer.from('an archive'))
  const info = writeInfo({
    database,
    encrypted: false,
    takenAt,
    sizeBytes: 10,
    storageService: 'odoo_backup_sh',
  })
  await one.storage.put(one.prefix + formatInfoName({ database, takenAt }), Buffer.from(info))
  return archive
}

test('the rotation of one touches no backup of the other, and none that nobody owns', async () => {
  const [ours, theirs] = [await one.open(), await other.open()]
  const [first, second] = [ours.agent, theirs.agent]
  const foreign = await putForeignBackup(new Date('2020-01-01T00:00:00Z'))
  const kept = await backUp(second)
  const rotated = await backUp(first)
  const newest = await backUp(first)
  // The rotation that follows a backup must not go by the limits that come now.
  await until(async () => ((await goingJobs(first)).length === 0 ? true : undefined))
  await first.changeDatabaseSettings(database, { retention: { daily: 1 } })

  const plan = await first.rotationPlan(database)
  expect(plan.rotated.map(({ backup }) => backup.name)).toEqual([rotated])
  expect(plan.kept.map(({ backup }) => backup.name)).toEqual([newest])
  expect(await names(first)).toEqual([foreign, kept, rotated, newest].sort())
  const ofOthers = (await first.backups()).filter(backup => backup.foreign === true)
  expect(ofOthers.map(({ name }) => name)).toEqual([kept])

  expect(await ended(first, await first.startRotate(database))).toMatchObject({ state: 'completed' })
  expect(await names(second)).toEqual([foreign, kept, newest].sort())
  await expectBothRecovered(ours, theirs)
})

test('what nobody owns is rotated once the administrator has adopted it, and a pin keeps it', async () => {
  const { agent } = await one.open()
  const old = await putForeignBackup(new Date('2020-01-01T00:00:00Z'))
  const pinned = await putForeignBackup(new Date('2020-01-02T00:00:00Z'))
  const newest = await backUp(agent)
  await agent.changeDatabaseSettings(database, { retention: { daily: 1 } })
  await agent.setPinned(pinned, true)
  expect(await agent.adoptBackups(database)).toBe(2)
  expect(await agent.adoptBackups(database)).toBe(0)
  expect(await ended(agent, await agent.startRotate(database))).toMatchObject({ state: 'completed' })
  expect(await names(agent)).toEqual([pinned, newest].sort())
  expect(old).not.toBe(pinned)
})

test('both back the same database up at the same time: one after the other, both whole', async () => {
  const [ours, theirs] = [await one.open(), await other.open()]
  const [first, second] = [ours.agent, theirs.agent]
  const made = await Promise.all([backUp(first), backUp(second)])
  expect(new Set(made).size).toBe(2)
  expect(await names(first)).toEqual([...made].sort())
  await expectBothRecovered(ours, theirs)
})

test('both are due in the same second: each keeps a name of its own, and what it wrote', async () => {
  const at = new Date('2026-01-01T03:00:00.250Z')
  const [ours, theirs] = [await one.open({ now: () => at }), await other.open({ now: () => at })]
  const [first, second] = [ours.agent, theirs.agent]
  const made = await Promise.all([backUp(first), backUp(second)])
  expect(new Set(made).size).toBe(2)
  for (const [agent, name, instance] of [
    [first, made[0], one],
    [second, made[1], other],
  ] as const) {
    const opened = await instance.open({ worker: 'never' })
    expect((await agent.backup(name ?? '')).instanceId).toBe(opened.store.current.instanceId)
    expect((await agent.backup(name ?? '')).takenAt.slice(0, 16)).toBe('2026-01-01T03:00')
  }
  await expectBothRecovered(ours, theirs)
})

test('a backup is followed by rotation when the settings of its database ask for it', async () => {
  const { agent } = await one.open()
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  await backUp(agent)
  const newest = await backUp(agent)
  for (const job of await agent.jobs()) await ended(agent, job.id)
  expect((await agent.jobs()).filter(({ kind }) => kind === 'rotate')).toHaveLength(2)
  expect(await names(agent)).toEqual([newest])
})

test('a backup that is named a second ahead, as its own is taken, counts as the newest when rotation follows', async () => {
  const at = new Date('2026-01-01T03:00:00.250Z')
  const { agent } = await one.open({ now: () => at })
  await agent.changeDatabaseSettings(database, { retention: { hourly: 1 } })
  await backUp(agent)
  const newest = await backUp(agent)
  expect((await agent.backup(newest)).takenAt).toBe('2026-01-01T03:00:01.000Z')
  await until(async () => ((await goingJobs(agent)).length === 0 ? true : undefined))
  expect(await names(agent)).toEqual([newest])
})

test('an archive without .info that is ours goes with rotation after two days, not before, and no other does', async () => {
  const lone = async (instance: AgentInstance) => {
    const opened = await instance.open()
    const name = await backUp(opened.agent)
    const takenAt = new Date((await opened.agent.backup(name)).takenAt)
    await one.storage.delete([one.prefix + formatInfoName({ database, takenAt })])
    await opened.close()
    return name
  }
  const [ours, theirs] = [await lone(one), await lone(other)]
  const leftAfter = async (days: number) => {
    const { agent, close } = await one.open({ now: () => new Date(Date.now() + days * 86_400_000) })
    // Everything is kept here: rotation after a backup clears up behind dead runs all the same.
    await backUp(agent)
    for (const job of await agent.jobs())
      expect(await ended(agent, job.id)).toMatchObject({ state: 'completed' })
    const left = (await agent.loneArchives()).map(({ name }) => name).sort()
    await close()
    return left
  }
  expect(await leftAfter(1.9)).toEqual([ours, theirs].sort())
  expect(await leftAfter(2.1)).toEqual([theirs])
})
