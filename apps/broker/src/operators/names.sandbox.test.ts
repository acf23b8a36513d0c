import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openTestRegistry, type TestRegistry } from '../../../../test/fixtures/registry-database.ts'
import { openRegistryDatabase, type RegistryDatabase } from '../registry/database.ts'
import { NO_NAMES, namesIn } from './names.ts'

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
      [mailed.accountId, { called: 'shop@example.com', mark: mailed.folder }],
      [named.accountId, { called: 'The mill', mark: named.folder }],
      [nameless.accountId, { called: nameless.folder, mark: nameless.folder }],
      [operator.accountId, { called: 'boss@example.com', mark: operator.folder }],
    ]),
    instances: new Map([
      [called, { called: 'Head office', isOwnWord: true }],
      [reached, { called: 'https://first.example' }],
    ]),
    operators: new Map([['odoo:auth0|7:8', { called: 'boss@example.com', mark: 'odoo:auth0|7:8' }]]),
  })
})

test('many are named at once', async () => {
  const { rows } = await registry.pool.query<{ id: string }>(
    `INSERT INTO account (id, provider, subject, folder, payment_token, email)
     SELECT gen_random_uuid(), 'odoo', s, s, md5(s), s || '@example.com'
       FROM (SELECT (800000000000 + n)::text AS s FROM generate_series(1, 300) n) rows RETURNING id`,
  )
  const names = await namesIn(
    database.prisma,
    rows.map(({ id }) => ({ accountId: id })),
  )
  expect(names.accounts.size).toBe(300)
})

test('of rows that name nobody there are no names', async () => {
  await account({ email: 'other@example.com' })
  expect(await namesIn(database.prisma, [])).toEqual(NO_NAMES)
  expect(await namesIn(database.prisma, [{ accountId: null, instanceId: null, actor: 'stripe' }])).toEqual(
    NO_NAMES,
  )
})
