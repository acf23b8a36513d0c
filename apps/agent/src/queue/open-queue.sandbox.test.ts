import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { dropHiddenDatabase, OdooCluster, odooSettings } from '@odoo-backup/odoo'
import { DatabaseName } from '@odoo-backup/protocol'
import { Client } from 'pg'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import type { AgentError } from '../errors.ts'
import { openQueue } from './open-queue.ts'

const sandbox = sandboxEnvironment()

test('a role that may not create the queue’s database is told the one command, and with it all is well', async () => {
  const role = `test_no_createdb_${randomBytes(4).toString('hex')}`
  const database = `${role}_queue`
  const superuser = new Client({
    host: sandbox.pgHost,
    port: sandbox.pgPort,
    user: sandbox.pgSuperuser,
    password: sandbox.pgSuperuserPassword,
    database: 'postgres',
  })
  await superuser.connect()
  await superuser.query(`CREATE ROLE ${role} LOGIN NOCREATEDB PASSWORD 'x'`)
  const cluster = new OdooCluster(
    odooSettings(
      new Map([
        ['db_host', sandbox.pgHost],
        ['db_port', String(sandbox.pgPort)],
        ['db_user', role],
        ['db_password', 'x'],
      ]),
    ),
  )
  const open = () =>
    openQueue({
      queue: 'postgres',
      database,
      instanceId: role,
      cluster,
      retryDelayMs: 50,
      onError: () => undefined,
    })
  try {
    const refusal: AgentError = await open().then(
      () => {
        throw new Error('the role could create the database')
      },
      error => error,
    )
    expect(refusal.code).toBe('queue_database_missing')
    const [, command = ''] = /^ {2}sudo -u postgres psql -c '(.+)'$/m.exec(refusal.message) ?? []
    expect(refusal.message.match(/psql/g)).toHaveLength(1)
    await superuser.query(command)
    const queue = await open()
    await queue.add({ kind: 'delete', database: DatabaseName.parse('any'), backup: 'any.zip' })
    expect(await queue.jobs()).toHaveLength(1)
    await queue.close()
    await dropHiddenDatabase(cluster, database)
  } finally {
    await superuser.query(`DROP ROLE ${role}`)
    await superuser.end()
  }
})
