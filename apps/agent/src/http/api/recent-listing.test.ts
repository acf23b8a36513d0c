import { expect, test } from '@jest/globals'
import { type BackupView, JobView } from '@odoo-backup/protocol'
import { AgentInMemory } from '../../../../../test/fixtures/agent-in-memory.ts'
import type { Inventory, InventoryOptions, PastListing } from '../../operations.ts'
import { recentListing } from './recent-listing.ts'

const BEGUN = Date.parse('2026-01-31T06:00:00Z')

const nowhere = () => undefined

function inventoryOf(backups: readonly BackupView[]): Inventory {
  return { backups, loneArchives: [], answered: 1, unreachable: [], placeOf: nowhere }
}

/** A bucket that answers when the test says so, and a past listing of it. */
function stage() {
  const agent = new AgentInMemory()
  const old = agent.keep('shop.2026-01-30_04-00-00.zip', 'shop')
  const young = agent.keep('shop.2026-01-31_04-00-00.zip', 'shop')
  const asked: { answer(found: BackupView[]): void; fail(error: Error): void }[] = []
  const clock = { at: BEGUN }
  let last: PastListing | undefined
  agent.inventory = async () => inventoryOf(await new Promise((answer, fail) => asked.push({ answer, fail })))
  agent.lastListing = () => last
  // At once, where the agent lets what was asked together go first.
  const recent = recentListing(
    agent,
    () => clock.at,
    run => run(),
  )
  const listed = (backups: readonly BackupView[], at = clock.at) => {
    last = { inventory: inventoryOf(backups), at: new Date(at) }
  }
  return { agent, old, young, asked, clock, recent, listed }
}

const begun = async (asked: readonly unknown[], count: number) => {
  while (asked.length < count) await new Promise(resolve => setImmediate(resolve))
}

test('what is known is told at once with its moment, and what is there now as soon as it was listed', async () => {
  const { recent, listed, asked, clock, old, young } = stage()
  listed([old])
  clock.at += 60_000
  expect(await recent.known()).toEqual({ inventory: inventoryOf([old]), at: new Date(BEGUN) })
  asked[0]?.answer([young, old])
  expect(await recent.known()).toEqual({ inventory: inventoryOf([young, old]) })
  expect(asked).toHaveLength(1)
})

test('it is waited for where nothing is known, or what is known is old', async () => {
  const { recent, listed, asked, clock, old } = stage()
  const first = recent.known()
  await begun(asked, 1)
  asked[0]?.answer([old])
  expect(await first).toEqual({ inventory: inventoryOf([old]) })
  listed([])
  clock.at += 900_000
  const second = recent.known()
  await begun(asked, 2)
  asked[1]?.answer([old])
  expect(await second).toEqual({ inventory: inventoryOf([old]) })
})

test('what was listed before a job ended, or before a change, counts no more', async () => {
  const { agent, recent, listed, asked, clock, old } = stage()
  listed([])
  clock.at += 1000
  recent.forget()
  const afterChange = recent.known()
  await begun(asked, 1)
  asked[0]?.answer([old])
  expect(await afterChange).toEqual({ inventory: inventoryOf([old]) })

  clock.at += 60_000
  listed([])
  const [id, createdAt] = ['1', '2026-01-31T05:00:00Z']
  const finishedAt = new Date(clock.at).toISOString()
  agent.jobsMade.push(
    JobView.parse({
      id,
      kind: 'backup',
      database: 'shop',
      createdAt,
      finishedAt,
      attempt: 1,
      state: 'completed',
    }),
  )
  const afterJob = recent.known()
  await begun(asked, 2)
  asked[1]?.answer([old])
  expect(await afterJob).toEqual({ inventory: inventoryOf([old]) })
})

test('a listing under way is shared only where it began after the last change, and not too long ago', async () => {
  const { agent, clock, recent } = stage()
  const begunAfter: (number | undefined)[] = []
  agent.inventory = async (options?: InventoryOptions) => {
    begunAfter.push(options?.begunAfter?.getTime())
    return inventoryOf([])
  }
  await recent.inventory()
  clock.at += 60_000
  recent.forget()
  clock.at += 2000
  await recent.inventory()
  expect(begunAfter).toEqual([BEGUN - 10_000, BEGUN + 60_000])
})

test('a store that went away is told of at the next look, and heard again after', async () => {
  const { recent, listed, asked, clock, old } = stage()
  listed([old])
  clock.at += 60_000
  expect(await recent.known()).toMatchObject({ inventory: inventoryOf([old]) })
  asked[0]?.fail(new Error('away'))
  await new Promise(resolve => setImmediate(resolve))
  const next = recent.known()
  await begun(asked, 2)
  asked[1]?.fail(new Error('still away'))
  await expect(next).rejects.toThrow('still away')
  const back = recent.known()
  await begun(asked, 3)
  asked[2]?.answer([old])
  expect(await back).toEqual({ inventory: inventoryOf([old]) })
})
