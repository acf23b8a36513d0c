import { afterEach, expect, test } from '@jest/globals'
import { type AgentInstance, agentInstance, ended } from '../fixtures/agent-instance.ts'
import { expectRecovered, victim } from './recovered.ts'

const HOUR = 3_600_000

let instance: AgentInstance
afterEach(() => instance.close())

test('a clock that jumps an hour forward and back again costs no backup but those that retention names', async () => {
  // Half past, so that an hour more or less is the next or the former hour of one day.
  const noon = Date.parse('2026-03-04T12:30:00Z')
  let clock = noon
  instance = await agentInstance()
  const opened = await instance.open({ now: () => new Date(clock) })
  const { agent } = opened
  const database = await victim(instance, agent, 1)
  const backUp = async (at: number) => {
    clock = at
    const done = await ended(agent, await agent.startBackup({ database }))
    expect(done).toMatchObject({ state: 'completed' })
    return done.backup ?? ''
  }
  const names = async () => (await agent.backups()).map(({ name }) => name).sort()
  const before = await backUp(noon)
  const ahead = await backUp(noon + HOUR)
  const after = await backUp(noon + 60_000)
  const again = await backUp(noon + 60_000)
  expect(new Set([before, ahead, after, again]).size).toBe(4)

  await agent.changeDatabaseSettings(database, { retention: { daily: 1 } })
  const rotate = async () =>
    expect(await ended(agent, await agent.startRotate(database))).toMatchObject({ state: 'completed' })
  // The clock is right again: what is dated after it is kept, and takes no place of one that is not.
  clock = noon + 120_000
  await rotate()
  expect(await names()).toEqual([ahead, again].sort())
  // Far ahead nothing else may go: the day's last is the day's last whatever the time is.
  clock = noon + 30 * 24 * HOUR
  await rotate()
  expect(await names()).toEqual([ahead])
  // And far back everything is dated after the clock.
  clock = noon - 30 * 24 * HOUR
  await rotate()
  expect(await names()).toEqual([ahead])
  await expectRecovered(instance, opened, database)
})

test('a clock that jumps moves no schedule: its next runs are those of the time that it shows', async () => {
  let clock = Date.parse('2026-03-04T12:30:00Z')
  instance = await agentInstance()
  const opened = await instance.open({ now: () => new Date(clock) })
  const { agent } = opened
  const database = await victim(instance, agent, 1)
  const set = await agent.changeDatabaseSettings(database, {
    schedules: [{ kind: 'every', every: 1, unit: 'days', at: '13:00', timeZone: 'UTC' }],
  })
  const next = async () =>
    (await agent.databaseSettings()).find(found => found.database === database)?.nextRuns[0]
  expect(set.nextRuns[0]).toBe('2026-03-04T13:00:00.000Z')
  clock += HOUR
  expect(await next()).toBe('2026-03-05T13:00:00.000Z')
  clock -= 2 * HOUR
  expect(await next()).toBe('2026-03-04T13:00:00.000Z')
  await expectRecovered(instance, opened, database)
})
