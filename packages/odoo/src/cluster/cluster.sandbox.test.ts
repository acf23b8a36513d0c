import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { OdooCluster } from './cluster.ts'
import { createHiddenDatabase, dropHiddenDatabase } from './hidden-database.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

test('databases are listed as Odoo lists them, with size and version, also when list_db is off', async () => {
  const [sample, empty] = [await instance.createSample(), await instance.createEmpty()]
  const hidden = instance.name()
  await createHiddenDatabase(instance.cluster, hidden)
  const cluster = new OdooCluster({ ...instance.cluster.settings, listDb: false })
  const listed = await cluster.listDatabases()
  expect(listed.find(database => database.name === sample)).toEqual({
    name: sample,
    odooVersion: '16.0',
    sizeBytes: expect.any(Number),
  })
  expect(listed.find(database => database.name === empty)?.odooVersion).toBeUndefined()
  expect(listed.map(database => database.name)).not.toContain(hidden)
  expect(listed.every(database => database.sizeBytes > 1_000_000)).toBe(true)
})

test('a database that is being upgraded is listed, without its version, and holds up no other', async () => {
  const [upgraded, other] = [await instance.createSample(), await instance.createSample()]
  const upgrade = await instance.superuser(upgraded)
  try {
    await upgrade.query('BEGIN; LOCK TABLE ir_module_module IN ACCESS EXCLUSIVE MODE')
    const listed = await instance.cluster.listDatabases()
    const version = (wanted: string) => listed.find(({ name }) => name === wanted)?.odooVersion
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining([upgraded, other]))
    expect([version(upgraded), version(other)]).toEqual([undefined, '16.0'])
  } finally {
    await upgrade.end()
  }
})

test('db_name restricts the list when there is no filter', async () => {
  const name = await instance.createSample()
  const restricted = { ...instance.cluster.settings, dbNames: [name, 'not there'] }
  const names = async (settings: typeof restricted & { dbFilter?: string }) =>
    (await new OdooCluster(settings).listDatabases()).map(database => database.name)
  expect(await names(restricted)).toEqual([name])
  expect((await names({ ...restricted, dbFilter: '.*' })).length).toBeGreaterThan(0)
})

test('a hidden database is made once, and a visible one of that name is not taken for it', async () => {
  const name = instance.name(' "odd"')
  expect(await createHiddenDatabase(instance.cluster, name)).toBe('created')
  expect(await createHiddenDatabase(instance.cluster, name)).toBe('existed')
  expect(await instance.listedByOdoo()).not.toContain(name)
  const visitor = await instance.cluster.connect(name)
  await dropHiddenDatabase(instance.cluster, name)
  await dropHiddenDatabase(instance.cluster, name)
  await visitor.end().catch(() => {})
  expect(await instance.cluster.databaseExists(name)).toBe(false)
  const visible = await instance.createEmpty()
  await expect(createHiddenDatabase(instance.cluster, visible)).rejects.toMatchObject({
    code: 'database_exists',
  })
  await dropHiddenDatabase(instance.cluster, visible)
  expect(await instance.cluster.databaseExists(visible)).toBe(true)
})

test('programs that make the same hidden database at the same moment all find it made', async () => {
  const name = instance.name()
  const made = await Promise.all(
    Array.from({ length: 6 }, () => createHiddenDatabase(instance.cluster, name)),
  )
  expect(made.filter(outcome => outcome === 'created')).toHaveLength(1)
  expect(made.filter(outcome => outcome === 'existed')).toHaveLength(5)
})

test('a hidden database that cannot be dropped yet stays hidden, and is dropped the next time', async () => {
  const name = instance.name()
  await createHiddenDatabase(instance.cluster, name)
  // Such as a monitor's: Odoo's role may not end it.
  const superuser = await instance.superuser(name)
  try {
    await expect(dropHiddenDatabase(instance.cluster, name)).rejects.toMatchObject({ code: 'database_busy' })
    expect(
      await instance.rows('postgres', 'SELECT datistemplate AS hidden FROM pg_database WHERE datname = $1', [
        name,
      ]),
    ).toEqual([{ hidden: true }])
  } finally {
    await superuser.end()
  }
  await dropHiddenDatabase(instance.cluster, name)
  expect(await instance.cluster.databaseExists(name)).toBe(false)
})

test('a removal that was cut off in the middle is ended by the next one', async () => {
  const name = instance.name()
  await createHiddenDatabase(instance.cluster, name)
  await instance.rows('postgres', `ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`)
  await instance.rows('postgres', `ALTER DATABASE "${name}" IS_TEMPLATE false`)
  await dropHiddenDatabase(instance.cluster, name)
  expect(await instance.cluster.databaseExists(name)).toBe(false)
})

test('what is wrong with a connection is told, and what to do', async () => {
  const { settings } = instance.cluster
  const fails = (change: Partial<typeof settings>, database = 'postgres') =>
    expect(new OdooCluster({ ...settings, ...change }).connect(database)).rejects
  await fails({ dbPassword: 'wrong' }).toMatchObject({ code: 'postgres_refused', retryable: false })
  await fails({ dbPort: 1 }).toMatchObject({ code: 'postgres_unreachable', retryable: true })
  await fails({ dbHost: '/nowhere' }).toMatchObject({ code: 'postgres_unreachable' })
  await fails({ dbHost: 'no-such-host.invalid' }).toMatchObject({ code: 'postgres_unreachable' })
  await fails({}, instance.name()).toMatchObject({ code: 'database_missing' })
  const closed = await instance.createEmpty()
  await instance.rows('postgres', `ALTER DATABASE "${closed}" ALLOW_CONNECTIONS false`)
  await fails({}, closed).toMatchObject({ code: 'database_refused' })
})

test('a role that may not create databases gets the command that lets it', async () => {
  const superuser = await instance.superuser()
  const role = `test_odoo_role_${process.pid}`
  try {
    await superuser.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`)
    const cluster = new OdooCluster({ ...instance.cluster.settings, dbUser: role, dbPassword: 'x' })
    await expect(createHiddenDatabase(cluster, instance.name())).rejects.toMatchObject({
      code: 'role_lacks_right',
      message: expect.stringContaining(`ALTER ROLE "${role}" CREATEDB;`),
    })
  } finally {
    await superuser.query(`DROP ROLE IF EXISTS ${role}`)
    await superuser.end()
  }
})

test("the tools are of the server's own major version", async () => {
  const major = Math.floor((await instance.cluster.serverVersion()) / 10_000)
  for (const name of ['pg_dump', 'psql'] as const) {
    const tool = await instance.cluster.tool(name)
    expect(tool.major).toBe(major)
    const { stdout } = await promisify(execFile)(tool.path, ['--version'])
    expect(stdout).toContain(tool.version)
  }
})

test('psql finds a database by its name alone, even one that looks like a connection string', async () => {
  const name = await instance.createEmpty(instance.owns(`host=elsewhere user=x ${instance.name()}`))
  const tool = await instance.cluster.tool('psql')
  const { stdout } = await promisify(execFile)(tool.path, ['-XAtc', 'SELECT current_database()'], {
    env: await instance.cluster.toolEnvironment(name),
  })
  expect(stdout.trim()).toBe(name)
})
