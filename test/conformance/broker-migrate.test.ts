import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { withClient } from '../../infra/odoo-instance/create.ts'
import { dropDatabase } from '../../infra/sandbox/drop-database.ts'
import { sandboxEnvironment } from '../../infra/sandbox/environment.ts'
import { noteOutput, noteSecret } from '../fixtures/run-records.ts'

// `npm run migrate` as an operator types it, before the first start and after an update.

const root = join(import.meta.dirname, '../..')
const database = `test_broker_migrate_${randomBytes(6).toString('hex')}`
const admin = { connectionString: sandboxEnvironment().brokerDatabaseUrl }
const url = new URL(admin.connectionString)
url.pathname = `/${database}`
noteSecret('the address of a registry', url.href)

beforeAll(() => withClient(admin, client => client.query(`CREATE DATABASE ${database}`)))
afterAll(() => withClient(admin, client => dropDatabase(client, database)))

async function migrate(environment: Record<string, string>) {
  const options = { cwd: root, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment } }
  const running = promisify(execFile)(process.execPath, ['infra/bootstrap/run.mjs', 'migrate'], options)
  noteOutput('a migration', running.child.stdout, running.child.stderr)
  return running
}

test('an empty database gets every migration in order, and a second run finds nothing to do', async () => {
  const entries = await readdir(join(root, 'prisma/migrations'), { withFileTypes: true })
  const all = entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
  const first = await migrate({ BROKER_DATABASE_URL: url.href })
  expect(first.stdout.match(/(?<=^Applied ).*$/gm)).toEqual(all.sort())
  const { rows } = await withClient({ connectionString: url.href }, client =>
    client.query("SELECT FROM pg_tables WHERE tablename IN ('account', 'instance')"),
  )
  expect(rows).toHaveLength(2)
  const second = await migrate({ BROKER_DATABASE_URL: url.href })
  expect(second.stdout).toBe('The registry is up to date.\n')
})

test('without the address of the database it says what is missing, and where a secret may be kept', async () => {
  await expect(migrate({})).rejects.toMatchObject({
    // As the service itself ends: whatever runs it sees that trying again does not help.
    code: 78,
    stderr: expect.stringMatching(/BROKER_DATABASE_URL: is not set.*BROKER_DATABASE_URL_FILE/),
  })
})
