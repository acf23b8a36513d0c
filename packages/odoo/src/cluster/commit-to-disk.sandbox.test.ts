import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sandboxEnvironment } from '../../../../infra/sandbox/environment.ts'
import { TestInstance } from '../testing/instance.ts'
import { commitToDisk } from './commit-to-disk.ts'

let instance: TestInstance
beforeAll(async () => {
  instance = await TestInstance.open(sandboxEnvironment())
})
afterAll(() => instance.close())

test.each([
  ['off', 'on'],
  ['local', 'local'],
  ['on', 'on'],
  ['remote_write', 'remote_write'],
  ['remote_apply', 'remote_apply'],
])(
  'where the administrator says synchronous_commit = %s it is %s: stronger is never made weaker',
  async (said, effective) => {
    await instance.cluster.withMaintenance(async client => {
      await client.query(`SET synchronous_commit = ${said}`)
      await commitToDisk(client)
      const { rows } = await client.query('SHOW synchronous_commit')
      expect(rows).toEqual([{ synchronous_commit: effective }])
    })
  },
)
