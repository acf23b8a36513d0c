import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openTestRegistry, type TestRegistry } from '../../../../test/fixtures/registry-database.ts'
import { openRegistryDatabase, type RegistryDatabase } from '../registry/database.ts'
import { namesIn } from './names.ts'

/** What a page calls those whom its rows name by their ids. */

let registry: TestRegistry
let database: RegistryDatabase
beforeAll(async () => {
  registry = await openTestRegistry()
  database = openRegistryDatabase({
    databaseUrl: registry.databaseUrl,
    maxConnections: 2,
    onIdleError: () => undefined,
  })
})
afterAll(async () => {
  await database?.close()
  await registry?.drop()
})

async function account(columns: { email?: string; display_name?: string; subject?: string }) {
  const { accountId, folder } = await registry.newAccount()
  for (const [column, value] of Object.entries(columns))
    await registry.pool.query(`UPDATE account SET ${column} = $2 WHERE id = $1`, [accountId, value])
  return { accountId, folder }
}

async function instance(accountId: string, name: string | null, origins: readonly string[]) {
  const id = randomUUID()
  await registry.pool.query(
    `INSERT INTO instance (id, key_hash, key_id, state, account_id, name) VALUES ($1, $2, 'k1', 'approved', $3, $4)`,
    [id, randomBytes(32), accountId, name],
  )
  for (const [index, origin] of origins.entries())
    await registry.pool.query(
      `INSERT INTO instance_origin (instance_id, origin, approved_at) VALUES ($1, $2, now() + $3 * interval '1 s')`,
      [id, origin, index],
    )
  return id
}

test('accounts, instances and operators are named by what tells them apart best', async () => {
  const mailed = await account({ email: 'shop@example.com', display_name: 'The shop' })
  const named = await account({ display_name: 'The mill' })
  const nameless = await account({})
  const operator = await account({ email: 'boss@example.com', subject: 'auth0|7:8' })
  const called = await instance(mailed.accountId, 'Head office', ['https://erp.example'])
  const reached = await instance(mailed.accountId, null, ['https://first.example', 'https://then.example'])
  const unknown = await instance(mailed.accountId, null, [])
  const nobody = randomUUID()
  const names = await namesIn(database.prisma, [
    { accountId: mailed.accountId, instanceId: called, actor: 'operator:odoo:auth0|7:8' },
    { accountId: null, instanceId: reached, actor: `account:${named.accountId}` },
    { accountId: nobody, instanceId: nobody, actor: `instance:${unknown}` },
    { accountId: nameless.accountId, actor: 'system' },
    { accountId: 'no id at all', instanceId: 'none either', actor: 'account:constructor' },
  ])
  expect(names).toEqual({
    accounts: new Map([
      [mailed.accountId, 'shop@example.com'],
      [named.accountId, 'The mill'],
      [nameless.accountId, nameless.folder],
      [operator.accountId, 'boss@example.com'],
    ]),
    instances: new Map([
      [called, 'Head office'],
      [reached, 'https://first.example'],
    ]),
    operators: expect.any(Map),
  })
  expect(names.operators.get('odoo:auth0|7:8')).toBe('boss@example.com')
})

test('of rows that name nobody there are no names', async () => {
  await account({ email: 'other@example.com' })
  const none = { accounts: new Map(), instances: new Map(), operators: new Map() }
  expect(await namesIn(database.prisma, [])).toEqual(none)
  expect(await namesIn(database.prisma, [{ accountId: null, instanceId: null, actor: 'stripe' }])).toEqual(
    none,
  )
})
