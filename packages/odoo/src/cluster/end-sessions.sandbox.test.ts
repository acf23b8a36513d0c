import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { endSessions } from './end-sessions.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

test('ends the sessions of our role, and lets those be that PostgreSQL would not let it end', async () => {
  const database = await instance.createEmpty()
  const own = await instance.cluster.connect(database)
  own.on('error', () => {})
  const ended = new Promise<void>(resolve => own.on('end', () => resolve()))
  const superuser = await instance.superuser(database)
  try {
    await instance.cluster.withMaintenance(client => endSessions(client, database))
    await ended
    expect((await superuser.query('SELECT 1 AS here')).rows).toEqual([{ here: 1 }])
  } finally {
    await superuser.end()
  }
})
