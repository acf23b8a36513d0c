import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createNoticeBoard } from '../../apps/broker/src/notices/notice-board.ts'
import { openRegistryDatabase, type RegistryDatabase } from '../../apps/broker/src/registry/database.ts'
import { openTestRegistry, type TestRegistry } from '../fixtures/registry-database.ts'

let registry: TestRegistry
let databases: RegistryDatabase[]
beforeAll(async () => {
  registry = await openTestRegistry(2)
  databases = [0, 1].map(() =>
    openRegistryDatabase({
      databaseUrl: registry.databaseUrl,
      maxConnections: 5,
      onIdleError: () => undefined,
    }),
  )
})
afterAll(async () => {
  for (const database of databases) await database.close()
  await registry.drop()
})

const notice = {
  type: 'insufficient_credits',
  text: { code: 'payment_due', amount: '10', currency: 'credits', since: '2026-01-01' },
} as const
const told = {
  type: notice.type,
  message: expect.stringMatching(/^10 credits for backups have been due since 2026-01-01/),
}

test('two brokers that tell of a condition at once tell once; when it is over and comes back it is told anew', async () => {
  const { accountId } = await registry.newAccount()
  const boards = databases.map(({ prisma }) => createNoticeBoard(prisma, () => new Date()))
  const raiseTwiceEach = () =>
    Promise.all(
      [...boards, ...boards].map(board => board.raiseCondition(accountId, 'insufficient_credits', notice)),
    )
  const isTold = (answers: readonly boolean[]) => answers.filter(isNew => isNew).length
  const read = async (after?: string) => Promise.all(boards.map(board => board.list(accountId, after)))

  expect(isTold(await raiseTwiceEach())).toBe(1)
  const [first] = await read()
  expect(first?.notices).toMatchObject([told])
  expect(isTold(await raiseTwiceEach())).toBe(0)
  expect(await read()).toEqual([first, first])

  await Promise.all(boards.map(board => board.withdrawCondition(accountId, 'insufficient_credits')))
  expect((await read())[0]?.notices).toEqual([])
  expect(isTold(await raiseTwiceEach())).toBe(1)
  // Who has read the first one is told of the second.
  const [second] = await read(first?.cursor)
  expect(second?.notices).toMatchObject([told])
  expect(await read(second?.cursor)).toMatchObject([{ notices: [] }, { notices: [] }])
})

test('a cursor from before the registry was restored from an older copy hides nothing', async () => {
  const { accountId } = await registry.newAccount()
  const [database] = databases
  if (database === undefined) throw new Error('No database.')
  const board = createNoticeBoard(database.prisma, () => new Date())
  await board.raise(accountId, notice)
  const { cursor } = await board.list(accountId, undefined)
  expect(await board.list(accountId, cursor)).toEqual({ cursor, notices: [] })
  const fromLater = await board.list(accountId, String(BigInt(cursor) + 1_000_000n))
  expect(fromLater).toMatchObject({ cursor, notices: [told] })
  expect(await board.list(accountId, fromLater.cursor)).toEqual({ cursor, notices: [] })
})
